//! One transaction, and what its owner says of it: a category of her own, a note, tags.
//!
//! Whoever says something replaces the month directory in the same batch: so no sync
//! promotes in between, and the month's totals are made anew.

use vault::Opened;

use super::history::{Shown, open_annotations};
use crate::{
    app::App,
    id::TransactionId,
    identity::{Access, Caller, Signed},
    problem::{Problem, Result},
    store::{
        annotations::{self, AnnotationRecord, AnnotationRow},
        engine::{EngineError, Outcome, Statement},
        months,
        transactions::{self, MonthToken, TransactionOfItemRow, TransactionRecord, TransactionRow},
    },
};

/// How often it is tried against syncs that land.
const TRIES: u32 = 8;

/// What is to be said from now on. `None` leaves the tags as they are.
pub(crate) struct AnnotationChange {
    pub(crate) category: Said,
    pub(crate) note: Said,
    pub(crate) tags: Option<Vec<String>>,
}

/// A part of it.
#[derive(Default)]
pub(crate) enum Said {
    /// As before.
    #[default]
    Same,
    Nothing,
    This(String),
}

impl Said {
    fn apply(&self, to: &mut Option<String>) {
        match self {
            Self::Same => {}
            Self::Nothing => *to = None,
            Self::This(text) => *to = Some(text.clone()),
        }
    }
}

/// A transaction as it was read, and where it stands.
struct Found {
    opened: Opened,
    month: MonthToken,
    item: crate::id::RowId,
    own: Option<(u32, AnnotationRecord)>,
}

/// One transaction. One batch.
pub(crate) async fn show<A: Access>(
    caller: Caller<A>,
    transaction: TransactionId,
) -> Result<Shown> {
    let (signed, [row, own]) = caller.read(|signed| Ok(both(signed, transaction))).await?;
    let own = open_annotations(&signed, &own.rows()?)?.remove(&transaction.0);
    let (opened, ..) = open(&signed, row)?;
    Shown::new(transaction, opened, own)
}

/// Says something of a transaction. Two batches; more where syncs land meanwhile.
pub(crate) async fn annotate<A: Access>(
    app: &App,
    caller: Caller<A>,
    transaction: TransactionId,
    change: &AnnotationChange,
) -> Result<Shown> {
    let (signed, outcomes) = caller.read(|signed| Ok(three(signed, transaction))).await?;
    let mut outcomes = outcomes;
    for _ in 0..TRIES {
        let [row, own, directory] = outcomes;
        let found = find(&signed, row, own)?;
        let directory = signed.keys.directory(&directory.rows()?)?;
        let (rev, before) = found.own.unwrap_or_default();
        let after = change.apply(before.clone(), &found.opened)?;
        if after == before {
            return Shown::new(transaction, found.opened, said(after));
        }
        let touched = directory.touched(found.month);
        let mut batch = months::replace(&signed.keys, directory.rev, &touched)?;
        batch.push(if after.is_empty() {
            annotations::delete(signed.person, &[transaction.0])
        } else {
            annotations::put(&signed.keys, found.item, transaction, rev + 1, &after)?
        });
        match app.db.batch_all(&batch).await {
            Ok(_) => return Shown::new(transaction, found.opened, said(after)),
            Err(EngineError::Guard | EngineError::Duplicate) => {}
            Err(error) => return Err(error.into()),
        }
        outcomes = app.db.batch(three(&signed, transaction)).await?;
    }
    Err(Problem::unavailable(
        "Transactions keep coming; try again.",
        "a directory under contention",
    ))
}

fn both(signed: &Signed, transaction: TransactionId) -> [Statement; 2] {
    [
        transactions::of_person_by_id(signed.person, transaction),
        annotations::of_transaction(signed.person, transaction),
    ]
}

fn three(signed: &Signed, transaction: TransactionId) -> [Statement; 3] {
    let [row, own] = both(signed, transaction);
    [row, own, months::of_person(signed.person)]
}

fn open(signed: &Signed, row: Outcome) -> Result<(Opened, MonthToken, crate::id::RowId)> {
    let rows = row.rows()?;
    let row: Option<TransactionOfItemRow> = rows.first()?;
    let row = row.ok_or_else(Problem::not_found)?;
    let (month, item) = (row.month, row.item_id);
    let row = TransactionRow {
        id: row.id,
        month,
        rev: row.rev,
        sealed: row.sealed,
    };
    let opened = super::history::reveal(row, signed)?;
    Ok((opened, month, item))
}

fn find(signed: &Signed, row: Outcome, own: Outcome) -> Result<Found> {
    let (opened, month, item) = open(signed, row)?;
    let own: Option<AnnotationRow> = own.rows()?.first()?;
    let own = own.map(|row| {
        let rev = row.rev;
        let record = row.open(&signed.keys)?.reveal(&signed.reveal);
        let record = record.map_err(|_| Problem::internal("a note of someone else's"))?;
        Ok::<_, Problem>((rev, record))
    });
    Ok(Found {
        opened,
        month,
        item,
        own: own.transpose()?,
    })
}

fn said(record: AnnotationRecord) -> Option<AnnotationRecord> {
    Some(record).filter(|record| !record.is_empty())
}

impl AnnotationChange {
    fn apply(&self, before: AnnotationRecord, opened: &Opened) -> Result<AnnotationRecord> {
        let mut after = before;
        self.category.apply(&mut after.category);
        self.note.apply(&mut after.note);
        if let Some(tags) = &self.tags {
            after.tags.clone_from(tags);
        }
        if !after.is_empty() {
            after.account = Some(TransactionRecord::decode(opened)?.account);
        }
        Ok(after)
    }
}
