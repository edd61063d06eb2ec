//! What a person says of herself: her name.

use super::{Signed, enrolment::account, factors::Factors, sign_up::checked_name};
use crate::{
    app::App,
    problem::Result,
    store::people::{self, PersonRecord},
};

/// Sets the name, or takes it away. Two batches.
pub(crate) async fn rename(
    app: &App,
    signed: &Signed,
    name: Option<&str>,
) -> Result<(PersonRecord, Factors)> {
    let name = name.map(checked_name).transpose()?;
    let (factors, rev, mut record) = account(app, signed).await?;
    record.name = name;
    let batch = people::replace(&signed.keys, signed.person, rev, &record)?;
    app.db.batch(batch).await?;
    Ok((record, factors))
}
