//! What a bank said last of one topic (holdings, debts, recurring payments), whole, in as
//! many rows as it takes. A row does not say which topic it is of but by a blind token.
//!
//! Invariant: the rows of an Item and a topic are replaced together, by the holder of the
//! Item's lease.

mod debt;
mod holding;
mod recurring;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use vault::Sensitive;

use super::{
    engine::{SealedBytes, Select, Statement, Value},
    keys::UserKeys,
    record::{Record, Sealable},
    table::{Table, index},
};
use crate::{
    id::{ItemId, PersonId, RowId, hex},
    problem::Result,
};

pub(crate) use debt::{Dated, DebtEntry, DebtKind};
pub(crate) use holding::{HoldingEntry, SecurityEntry};
pub(crate) use recurring::{Direction, RecurringEntry};

/// Entries of one row: it stays far below an engine's limit.
const ENTRIES: usize = 200;

/// What a snapshot is of.
pub(crate) trait Entry: Serialize + DeserializeOwned + Clone {
    /// What its token is made of.
    const TOPIC: &'static str;

    /// The account it is about.
    fn account(&self) -> RowId;
}

/// A row's private part.
#[derive(Serialize, Deserialize)]
#[serde(bound(deserialize = "E: DeserializeOwned"))]
pub(crate) struct Page<E: Entry> {
    pub(crate) entries: Vec<E>,
}

impl<E: Entry> Sealable for Page<E> {
    const TABLE: Table = Table::Snapshot;
}

impl<E: Entry> Record for Page<E> {}

/// A row.
#[derive(Deserialize)]
pub(crate) struct SnapshotRow {
    id: RowId,
    pub(crate) item_id: RowId,
    rev: u32,
    sealed: SealedBytes,
}

impl SnapshotRow {
    /// Opens the private part.
    pub(crate) fn open<E: Entry>(self, keys: &UserKeys) -> Result<Sensitive<Page<E>>> {
        keys.open(self.id, self.rev, self.sealed)
    }
}

fn topic<E: Entry>(keys: &UserKeys) -> Value {
    let token = keys.blind(index::SNAPSHOT_TOPIC, E::TOPIC.as_bytes());
    hex(token.0.get(..8).unwrap_or_default()).into()
}

const COLUMNS: &[&str] = &["id", "item_id", "rev", "sealed"];

/// A person's of one topic, in the order that they were given in.
pub(crate) fn of_person<E: Entry>(keys: &UserKeys, person: PersonId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM snapshot WHERE user_id=? AND topic=? ORDER BY item_id, id",
    };
    Statement::read(OF, [person.0.into(), topic::<E>(keys)])
}

/// Replaces an Item's of one topic. `rev` is the attempt's number.
pub(crate) fn replace<E: Entry>(
    keys: &UserKeys,
    item: ItemId,
    rev: u32,
    entries: &[E],
) -> Result<Vec<Statement>> {
    let user = RowId(*keys.user().as_bytes());
    let mut batch = vec![Statement::write(
        "DELETE FROM snapshot WHERE user_id=? AND item_id=? AND topic=?",
        [user.into(), item.0.into(), topic::<E>(keys)],
    )];
    let first = RowId::new()?;
    for (number, entries) in (0..).zip(entries.chunks(ENTRIES)) {
        let id = first.numbered(number);
        let page = Page {
            entries: entries.to_vec(),
        };
        let sealed = keys.seal(id, rev, &page)?;
        batch.push(Statement::insert(
            "snapshot",
            &["user_id", "id", "item_id", "topic", "rev", "sealed"],
            [
                user.into(),
                id.into(),
                item.0.into(),
                topic::<E>(keys),
                rev.into(),
                sealed,
            ],
        ));
    }
    Ok(batch)
}

/// Deletes an Item's, of every topic.
pub(crate) fn delete_of_item(person: PersonId, item: ItemId) -> Statement {
    Statement::write(
        "DELETE FROM snapshot WHERE user_id=? AND item_id=?",
        [person.0.into(), item.0.into()],
    )
}

/// Deletes all of this person's.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write("DELETE FROM snapshot WHERE user_id=?", [person.0.into()])
}
