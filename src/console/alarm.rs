//! The alarm that a review is late: everyone who may decide is mailed, once for each session
//! that has become the oldest to wait.

use vault::{Reveal, SystemPurpose};

use super::mails;
use crate::{
    app::App,
    id::PersonId,
    platform::log,
    problem::{Problem, Result},
    store::operators::{self, OperatorRow, Role},
};

const SUBJECT: &str = "A review at Balance is late";

/// Raises it. A mail that cannot be sent keeps none of the others back. A batch, and four for
/// each operator.
pub(super) async fn raise(app: &App, since: &str) -> Result<()> {
    let text = format!(
        "A session of the console that began at {since} has waited for its review for more than a\n\
         week. Everyone can see that it does. After two weeks nothing is revealed to anybody until\n\
         the reviews are made.\n\n\
         To decide about it, if it is not your own:\n\n\
         balance-console review list --pending"
    );
    let system = app.system_keys().await?;
    let [rows] = app.db.batch([operators::all()]).await?;
    let rows: Vec<OperatorRow> = rows.rows()?.all()?;
    for row in rows {
        let account = row.account_id.map(PersonId);
        let record = row
            .open(&system)?
            .reveal(&Reveal::system(SystemPurpose::SendMail))
            .map_err(|_| Problem::internal("no right to an operator"))?;
        if record.role == Role::Contractor {
            continue;
        }
        let keys = match account {
            Some(account) => app.keys.of(&app.db, account.vault()).await?,
            None => None,
        };
        if let Some(keys) = keys
            && mails::send(app, &keys, SUBJECT, &text).await.is_err()
        {
            log::warn("mail", "an alarm could not be sent");
        }
    }
    Ok(())
}
