//! What a person says of her transactions: a category of her own, a note, tags. A row has
//! the id of its transaction, and outlives it: what the bank takes back may come again,
//! and a posted transaction takes over what was said of its pending one.
//!
//! Invariant: whoever writes one replaces the month directory in the same batch, so that
//! no sync promotes between a look at these rows and the write.

use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{OnConflict, SealedBytes, Select, Statement, Value},
    keys::UserKeys,
    record::{Record, Sealable},
    table::Table,
    transactions::MonthToken,
};
use crate::{
    id::{ItemId, PersonId, RowId, TransactionId},
    problem::Result,
};

/// The private part.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AnnotationRecord {
    /// The account of the transaction: what is said goes with it.
    pub(crate) account: Option<RowId>,
    /// In place of the bank's.
    pub(crate) category: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) tags: Vec<String>,
}

impl AnnotationRecord {
    /// Whether nothing is said.
    pub(crate) fn is_empty(&self) -> bool {
        self.category.is_none() && self.note.is_none() && self.tags.is_empty()
    }
}

impl Sealable for AnnotationRecord {
    const TABLE: Table = Table::Annotation;
}

impl Record for AnnotationRecord {}

/// An annotation's row.
#[derive(Deserialize)]
pub(crate) struct AnnotationRow {
    pub(crate) id: RowId,
    pub(crate) rev: u32,
    sealed: SealedBytes,
}

impl AnnotationRow {
    /// Opens the private part.
    pub(crate) fn open(self, keys: &UserKeys) -> Result<Sensitive<AnnotationRecord>> {
        keys.open(self.id, self.rev, self.sealed)
    }
}

const COLUMNS: &[&str] = &["id", "rev", "sealed"];

/// What is said of transactions of these months. Costs by how much she has said, not by
/// how many transactions there are.
pub(crate) fn of_months(person: PersonId, months: &[MonthToken]) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM annotation WHERE user_id=? AND EXISTS (SELECT 1 FROM txn \
               WHERE txn.user_id=annotation.user_id AND txn.id=annotation.id AND txn.month IN ?*)",
    };
    let months = months.iter().copied().map(Value::from).collect();
    Statement::read(OF, [person.0.into(), Value::List(months)])
}

/// What is said of these transactions.
pub(crate) fn of_transactions(person: PersonId, ids: &[RowId]) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM annotation WHERE user_id=? AND id IN ?*",
    };
    let ids = ids.iter().copied().map(Value::from).collect();
    Statement::read(OF, [person.0.into(), Value::List(ids)])
}

/// What is said of one transaction.
pub(crate) fn of_transaction(person: PersonId, transaction: TransactionId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM annotation WHERE user_id=? AND id=?",
    };
    Statement::read(OF, [person.0.into(), transaction.0.into()])
}

/// Rows that an export or a removal reads at a time.
pub(crate) const ROWS_PER_STATEMENT: u32 = 500;

/// All that she has said, behind `after`, in the order of ids.
pub(crate) fn of_person(person: PersonId, after: RowId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM annotation WHERE user_id=? AND id>? ORDER BY id LIMIT ?",
    };
    Statement::read(
        OF,
        [person.0.into(), after.into(), ROWS_PER_STATEMENT.into()],
    )
}

/// An annotation that a staged transaction takes over, and that transaction.
#[derive(Deserialize)]
pub(crate) struct Inherited {
    pub(crate) id: RowId,
    pub(crate) item_id: RowId,
    pub(crate) rev: u32,
    sealed: SealedBytes,
    pub(crate) heir: RowId,
}

impl Inherited {
    /// Takes the private part out and opens it.
    pub(crate) fn take(&mut self, keys: &UserKeys) -> Result<Sensitive<AnnotationRecord>> {
        let sealed = SealedBytes(std::mem::take(&mut self.sealed.0));
        keys.open(self.id, self.rev, sealed)
    }
}

/// What was said of pending transactions that an attempt's staged ones replace.
pub(crate) fn inherited(person: PersonId, item: ItemId, attempt: u32) -> Statement {
    const OF: Select = Select {
        columns: &["a.id", "a.item_id", "a.rev", "a.sealed", "s.id"],
        from: "FROM txn_stage AS s JOIN annotation AS a ON a.user_id=s.user_id AND a.id=s.predecessor \
               WHERE s.user_id=? AND s.item_id=? AND s.attempt=? AND s.predecessor IS NOT NULL",
    };
    Statement::read(OF, [person.0.into(), item.0.into(), attempt.into()])
}

/// Writes one, over whatever was there: the directory's guard says that it is what was read.
pub(crate) fn put(
    keys: &UserKeys,
    item: RowId,
    transaction: TransactionId,
    rev: u32,
    record: &AnnotationRecord,
) -> Result<Statement> {
    let sealed = keys.seal(transaction.0, rev, record)?;
    Ok(Statement::insert_all(
        "annotation",
        &["user_id", "id", "item_id", "rev", "sealed"],
        vec![vec![
            RowId(*keys.user().as_bytes()).into(),
            transaction.0.into(),
            item.into(),
            rev.into(),
            sealed,
        ]],
        OnConflict::Replace {
            key: &["user_id", "id"],
        },
    ))
}

/// Gives what was said of pending transactions to those that replace them. An heir of which
/// something is said already keeps that.
pub(crate) fn hand_over(
    keys: &UserKeys,
    person: PersonId,
    heirs: Vec<(Inherited, AnnotationRecord)>,
) -> Result<Vec<Statement>> {
    if heirs.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = Vec::with_capacity(heirs.len());
    let mut left = Vec::with_capacity(heirs.len());
    for (inherited, record) in heirs {
        let sealed = keys.seal(inherited.heir, inherited.rev, &record)?;
        left.push(inherited.id.into());
        rows.push(vec![
            person.0.into(),
            inherited.heir.into(),
            inherited.item_id.into(),
            inherited.rev.into(),
            sealed,
        ]);
    }
    Ok(vec![
        Statement::insert_all(
            "annotation",
            &["user_id", "id", "item_id", "rev", "sealed"],
            rows,
            OnConflict::Keep,
        ),
        Statement::write(
            "DELETE FROM annotation WHERE user_id=? AND id IN ?*",
            [person.0.into(), Value::List(left)],
        ),
    ])
}

/// Takes back what was said of these.
pub(crate) fn delete(person: PersonId, ids: &[RowId]) -> Statement {
    let ids = ids.iter().copied().map(Value::from).collect();
    Statement::write(
        "DELETE FROM annotation WHERE user_id=? AND id IN ?*",
        [person.0.into(), Value::List(ids)],
    )
}

/// Deletes what was said of an Item's transactions.
pub(crate) fn delete_of_item(person: PersonId, item: ItemId) -> Statement {
    Statement::write(
        "DELETE FROM annotation WHERE user_id=? AND item_id=?",
        [person.0.into(), item.0.into()],
    )
}

/// Deletes all that this person said.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write("DELETE FROM annotation WHERE user_id=?", [person.0.into()])
}
