//! Where a sync that goes on over several messages stands. Sealed: a cursor is
//! Plaid's, and tells when the bank was last read.

use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{OnConflict, SealedBytes, Select, Statement},
    items::Spent,
    keys::UserKeys,
    record::{Record, Sealable},
    table::Table,
};
use crate::{
    id::{ItemId, PersonId, RowId},
    problem::Result,
};

/// The progress of one attempt.
#[derive(Serialize, Deserialize)]
pub(crate) struct AttemptRecord {
    /// Who holds the lease for it.
    pub(crate) holder: RowId,
    /// `wanted` when it began.
    pub(crate) wanted: u32,
    /// Where the batch began: where it starts again after a mutation.
    pub(crate) start: Option<String>,
    /// Where the next page starts.
    pub(crate) next: Option<String>,
    /// How often it had to start again.
    pub(crate) restarts: u32,
    /// Started from none though a cursor was stored: what it does not bring goes.
    pub(crate) whole: bool,
    /// The months it has seen rows in.
    pub(crate) months: Vec<String>,
    /// What Plaid was asked by then.
    #[serde(default)]
    pub(crate) spent: Spent,
}

impl Sealable for AttemptRecord {
    const TABLE: Table = Table::SyncAttempt;
}

impl Record for AttemptRecord {}

/// An attempt's row.
#[derive(Deserialize)]
pub(crate) struct AttemptRow {
    pub(crate) item_id: RowId,
    pub(crate) rev: u32,
    pub(crate) sealed: SealedBytes,
}

impl AttemptRow {
    /// Opens the private part.
    pub(crate) fn open(self, keys: &UserKeys) -> Result<Sensitive<AttemptRecord>> {
        keys.open(self.item_id, self.rev, self.sealed)
    }
}

/// The attempt under way for an Item; `rev` is its number.
pub(crate) fn of_item(item: ItemId) -> Statement {
    const OF: Select = Select {
        columns: &["item_id", "rev", "sealed"],
        from: "FROM sync_attempt WHERE item_id=?",
    };
    Statement::read(OF, [item.0.into()])
}

/// Keeps where the attempt stands.
pub(crate) fn keep(
    keys: &UserKeys,
    item: ItemId,
    attempt: u32,
    record: &AttemptRecord,
) -> Result<Statement> {
    let person = PersonId(RowId(*keys.user().as_bytes()));
    let sealed = keys.seal(item.0, attempt, record)?;
    Ok(Statement::insert_all(
        "sync_attempt",
        &["item_id", "user_id", "rev", "sealed"],
        vec![vec![item.0.into(), person.0.into(), attempt.into(), sealed]],
        OnConflict::Replace { key: &["item_id"] },
    ))
}

/// Forgets it.
pub(crate) fn clear(item: ItemId) -> Statement {
    Statement::write("DELETE FROM sync_attempt WHERE item_id=?", [item.0.into()])
}

/// Forgets every attempt of this person's Items. No index is by person: the table has
/// a row for each sync that is under way.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write(
        "DELETE FROM sync_attempt WHERE user_id=?",
        [person.0.into()],
    )
}
