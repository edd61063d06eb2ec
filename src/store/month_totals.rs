//! Totals of a month, by account, category and currency: an aggregate of the month's
//! transactions, sealed, made when it is first asked for and good as long as the month
//! has not changed since ([`super::months::Month::version`]).

use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{OnConflict, SealedBytes, Select, Statement, Value},
    keys::UserKeys,
    record::{Record, Sealable},
    table::{Table, index},
};
use crate::{
    id::{PersonId, RowId},
    problem::Result,
};

/// The private part.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct MonthTotalRecord {
    /// "YYYY-MM".
    pub(crate) month: String,
    /// The month's version that they are of.
    pub(crate) version: u32,
    pub(crate) totals: Vec<Total>,
}

/// What went in and out of one account, in one category and currency. Exact.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Total {
    pub(crate) account: RowId,
    pub(crate) category: Option<String>,
    pub(crate) currency: String,
    pub(crate) scale: u8,
    /// In minor units; both are positive. As text where they are written: they may be
    /// larger than what JSON's readers hold exactly.
    pub(crate) into: i128,
    pub(crate) out: i128,
    pub(crate) count: u32,
}

impl Sealable for MonthTotalRecord {
    const TABLE: Table = Table::MonthTotal;
}

impl Record for MonthTotalRecord {}

/// Its row.
#[derive(Deserialize)]
pub(crate) struct MonthTotalRow {
    id: RowId,
    rev: u32,
    sealed: SealedBytes,
}

impl MonthTotalRow {
    /// Opens the private part.
    pub(crate) fn open(self, keys: &UserKeys) -> Result<Sensitive<MonthTotalRecord>> {
        keys.open(self.id, self.rev, self.sealed)
    }
}

/// The row of "YYYY-MM".
fn id_of(keys: &UserKeys, month: &str) -> RowId {
    keys.blind(index::MONTH_TOTAL, month.as_bytes())
}

/// Those of some months.
pub(crate) fn of_months(keys: &UserKeys, person: PersonId, months: &[String]) -> Statement {
    const OF: Select = Select {
        columns: &["id", "rev", "sealed"],
        from: "FROM month_total WHERE user_id=? AND id IN ?*",
    };
    let ids = months.iter().map(|month| id_of(keys, month).into());
    Statement::read(OF, [person.0.into(), Value::List(ids.collect())])
}

/// Keeps totals. `rev` is the version they are of, which only grows; the caller guards
/// that the directory is still the one they were made by.
pub(crate) fn put(keys: &UserKeys, records: &[MonthTotalRecord]) -> Result<Statement> {
    let user = RowId(*keys.user().as_bytes());
    let rows: Result<Vec<_>> = records
        .iter()
        .map(|record| {
            let id = id_of(keys, &record.month);
            let sealed = keys.seal(id, record.version, record)?;
            Ok(vec![user.into(), id.into(), record.version.into(), sealed])
        })
        .collect();
    Ok(Statement::insert_all(
        "month_total",
        &["user_id", "id", "rev", "sealed"],
        rows?,
        OnConflict::Replace {
            key: &["user_id", "id"],
        },
    ))
}

/// Deletes a person's: they are made anew from what there is. For where transactions of
/// hers are deleted.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write("DELETE FROM month_total WHERE user_id=?", [person.0.into()])
}
