//! What the bank knows of an Item's transactions, and the order in which it came to know it.
//! `/transactions/sync` is a reading of this book: every change takes the next number, a row carries
//! the number of its last change, and a cursor is a number up to which a client has read.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;

use super::transaction::Transaction;

/// One transaction through its life.
pub(super) struct Record {
    pub(super) id: String,
    pub(super) account_id: String,
    /// The serialized transaction as it now stands, ready for a page.
    pub(super) row: Bytes,
    pub(super) original_description: Option<String>,
    pub(super) pending: bool,
    added: u64,
    changed: u64,
    removed: bool,
}

/// What a change is to a client that has read up to some number.
pub(super) enum Change<'a> {
    Added(&'a Record),
    Modified(&'a Record),
    Removed(&'a Record),
}

/// The book.
#[derive(Default)]
pub(super) struct Ledger {
    records: Vec<Record>,
    by_id: HashMap<String, usize>,
    /// The last change of each record, by number.
    by_change: BTreeMap<u64, usize>,
    last_change: u64,
}

/// A change that the book does not allow.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadChange {
    #[error("transaction {0} exists or has existed")]
    Exists(String),
    #[error("no such transaction: {0}")]
    Unknown(String),
    #[error("transaction {0} is not pending")]
    NotPending(String),
}

impl Ledger {
    /// The number of the last change: the version of the book.
    pub(super) fn version(&self) -> u64 {
        self.last_change
    }

    pub(super) fn add(&mut self, transaction: &Transaction) -> Result<(), BadChange> {
        let id = transaction.transaction_id.clone();
        if self.by_id.contains_key(&id) {
            return Err(BadChange::Exists(id));
        }
        self.last_change += 1;
        let index = self.records.len();
        self.by_id.insert(id.clone(), index);
        self.by_change.insert(self.last_change, index);
        self.records.push(Record {
            id,
            account_id: transaction.account_id.clone(),
            row: transaction.row(),
            original_description: transaction.original_description.clone(),
            pending: transaction.pending,
            added: self.last_change,
            changed: self.last_change,
            removed: false,
        });
        Ok(())
    }

    /// Puts `transaction` in place of the one with its id.
    pub(super) fn modify(&mut self, transaction: &Transaction) -> Result<(), BadChange> {
        let record = self.touch(&transaction.transaction_id)?;
        record.account_id.clone_from(&transaction.account_id);
        record.row = transaction.row();
        record
            .original_description
            .clone_from(&transaction.original_description);
        record.pending = transaction.pending;
        Ok(())
    }

    pub(super) fn remove(&mut self, id: &str) -> Result<(), BadChange> {
        self.touch(id)?.removed = true;
        Ok(())
    }

    /// The transaction as it now stands.
    pub(super) fn transaction(&self, id: &str) -> Result<Transaction, BadChange> {
        self.live(id).map(Transaction::from_record)
    }

    /// A pending transaction as it now stands.
    pub(super) fn pending(&self, id: &str) -> Result<Transaction, BadChange> {
        let record = self.live(id)?;
        if record.pending {
            Ok(Transaction::from_record(record))
        } else {
            Err(BadChange::NotPending(id.to_owned()))
        }
    }

    fn live(&self, id: &str) -> Result<&Record, BadChange> {
        self.by_id
            .get(id)
            .and_then(|index| self.records.get(*index))
            .filter(|record| !record.removed)
            .ok_or_else(|| BadChange::Unknown(id.to_owned()))
    }

    fn touch(&mut self, id: &str) -> Result<&mut Record, BadChange> {
        let unknown = || BadChange::Unknown(id.to_owned());
        let index = *self.by_id.get(id).ok_or_else(unknown)?;
        let record = self.records.get_mut(index).ok_or_else(unknown)?;
        if record.removed {
            return Err(unknown());
        }
        self.last_change += 1;
        self.by_change.remove(&record.changed);
        self.by_change.insert(self.last_change, index);
        record.changed = self.last_change;
        Ok(record)
    }

    /// What changed after `from` and up to `upto`, in order, each with its number, as a client sees
    /// it that had read up to `start`. What was added and removed since then is nothing to it.
    pub(super) fn changes(
        &self,
        start: u64,
        from: u64,
        upto: u64,
    ) -> impl Iterator<Item = (u64, Change<'_>)> {
        let range = (from < upto).then(|| self.by_change.range(from + 1..=upto));
        range
            .into_iter()
            .flatten()
            .filter_map(move |(number, index)| {
                let record = self.records.get(*index)?;
                let change = match (record.added > start, record.removed) {
                    (true, true) => return None,
                    (true, false) => Change::Added(record),
                    (false, false) => Change::Modified(record),
                    (false, true) => Change::Removed(record),
                };
                Some((*number, change))
            })
    }

    /// Everything that now stands.
    pub(super) fn standing(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(|record| !record.removed)
    }

    /// The ids of everything that was ever taken back.
    pub(super) fn removed(&self) -> impl Iterator<Item = &str> {
        self.records
            .iter()
            .filter(|record| record.removed)
            .map(|record| record.id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn book(ids: &[&str]) -> Ledger {
        let mut ledger = Ledger::default();
        for id in ids {
            ledger.add(&Transaction::sample(id)).unwrap();
        }
        ledger
    }

    fn seen(ledger: &Ledger, start: u64) -> Vec<String> {
        ledger
            .changes(start, start, ledger.version())
            .map(|(_, change)| match change {
                Change::Added(record) => format!("+{}", record.id),
                Change::Modified(record) => format!("~{}", record.id),
                Change::Removed(record) => format!("-{}", record.id),
            })
            .collect()
    }

    #[test]
    fn a_row_changed_since_the_cursor_is_modified_and_one_new_since_is_added_however_often_it_changed()
     {
        let mut ledger = book(&["a", "b"]);
        let cursor = ledger.version();
        ledger.add(&Transaction::sample("c")).unwrap();
        ledger.modify(&Transaction::sample("c")).unwrap();
        ledger.modify(&Transaction::sample("a")).unwrap();
        assert_eq!(seen(&ledger, cursor), ["+c", "~a"]);
        assert_eq!(seen(&ledger, 0), ["+b", "+c", "+a"]);
    }

    #[test]
    fn what_came_and_went_since_the_cursor_is_not_mentioned() {
        let mut ledger = book(&["a"]);
        let cursor = ledger.version();
        ledger.add(&Transaction::sample("b")).unwrap();
        ledger.remove("b").unwrap();
        ledger.remove("a").unwrap();
        assert_eq!(seen(&ledger, cursor), ["-a"]);
        assert!(seen(&ledger, 0).is_empty());
    }

    #[test]
    fn a_removed_id_is_not_used_again() {
        let mut ledger = book(&["a"]);
        ledger.remove("a").unwrap();
        assert!(matches!(
            ledger.add(&Transaction::sample("a")),
            Err(BadChange::Exists(_))
        ));
        assert!(matches!(ledger.remove("a"), Err(BadChange::Unknown(_))));
    }

    proptest! {
        /// Whatever happens, and wherever a client stops reading, it ends with what stands.
        #[test]
        fn reading_from_any_cursor_ends_with_what_stands(
            steps in prop::collection::vec((0_u8..3, 0_usize..12), 0..60),
            stops in prop::collection::vec(0_usize..60, 0..5),
        ) {
            let mut ledger = Ledger::default();
            let (mut client, mut cursor) = (BTreeSet::new(), 0);
            for (turn, (step, index)) in steps.iter().enumerate() {
                let id = format!("t{index}");
                let _ = match step {
                    0 => ledger.add(&Transaction::sample(&id)),
                    1 => ledger.modify(&Transaction::sample(&id)),
                    _ => ledger.remove(&id),
                };
                if stops.contains(&turn) {
                    cursor = read(&ledger, cursor, &mut client);
                }
            }
            read(&ledger, cursor, &mut client);
            let standing: BTreeSet<_> = ledger.standing().map(|record| record.id.clone()).collect();
            prop_assert_eq!(client, standing);
        }
    }

    fn read(ledger: &Ledger, cursor: u64, client: &mut BTreeSet<String>) -> u64 {
        for (_, change) in ledger.changes(cursor, cursor, ledger.version()) {
            match change {
                Change::Added(record) => assert!(client.insert(record.id.clone())),
                Change::Modified(record) => assert!(client.contains(&record.id)),
                Change::Removed(record) => assert!(client.remove(&record.id)),
            }
        }
        ledger.version()
    }
}
