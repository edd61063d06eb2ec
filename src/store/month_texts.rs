//! What is searched in a month: the words of each transaction, folded, in one sealed row.
//! Made when a search first needs it, and good as long as the month has not changed since
//! ([`super::months::Month::version`]): looking through it costs a tenth of opening every row.

use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{OnConflict, SealedBytes, Select, Statement},
    keys::UserKeys,
    record::{Record, Sealable},
    table::{Table, index},
};
use crate::{
    id::{PersonId, RowId},
    problem::Result,
};

/// Transactions of one month that a row holds at most: it stays below an engine's limit.
pub(crate) const MOST: u32 = 8_000;

/// The private part.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct MonthTextRecord {
    /// "YYYY-MM".
    pub(crate) month: String,
    /// The month's version that they are of.
    pub(crate) version: u32,
    /// Newest first.
    pub(crate) words: Vec<Words>,
}

/// A transaction, its day of the month, and its words.
pub(crate) type Words = (RowId, u8, String);

impl Sealable for MonthTextRecord {
    const TABLE: Table = Table::MonthText;
}

impl Record for MonthTextRecord {}

/// Its row.
#[derive(Deserialize)]
pub(crate) struct MonthTextRow {
    id: RowId,
    rev: u32,
    sealed: SealedBytes,
}

impl MonthTextRow {
    /// Opens the private part.
    pub(crate) fn open(self, keys: &UserKeys) -> Result<Sensitive<MonthTextRecord>> {
        keys.open(self.id, self.rev, self.sealed)
    }
}

/// The row of "YYYY-MM".
fn id_of(keys: &UserKeys, month: &str) -> RowId {
    keys.blind(index::MONTH_TEXT, month.as_bytes())
}

/// That of "YYYY-MM".
pub(crate) fn of_month(keys: &UserKeys, person: PersonId, month: &str) -> Statement {
    const OF: Select = Select {
        columns: &["id", "rev", "sealed"],
        from: "FROM month_text WHERE user_id=? AND id=?",
    };
    Statement::read(OF, [person.0.into(), id_of(keys, month).into()])
}

/// Keeps a month's. `rev` is the version it is of, which only grows; the caller guards
/// that the directory is still the one it was made by.
pub(crate) fn put(keys: &UserKeys, record: &MonthTextRecord) -> Result<Statement> {
    let id = id_of(keys, &record.month);
    let sealed = keys.seal(id, record.version, record)?;
    Ok(Statement::insert_all(
        "month_text",
        &["user_id", "id", "rev", "sealed"],
        vec![vec![
            RowId(*keys.user().as_bytes()).into(),
            id.into(),
            record.version.into(),
            sealed,
        ]],
        OnConflict::Replace {
            key: &["user_id", "id"],
        },
    ))
}

/// Deletes a person's: they are made anew from what there is. For where transactions of
/// hers are deleted.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write("DELETE FROM month_text WHERE user_id=?", [person.0.into()])
}
