//! What operators and auditors read of a leaf: its public entry, and what it commits to for
//! them, held against each other.

use serde_json::Value;
use tlog::{Entry, Kind, Part};
use vault::{Reveal, SystemPurpose};

use crate::{
    platform::Timestamp,
    problem::{Problem, Result},
    store::{audit_log::PartRow, keys::UserKeys},
};

/// A leaf, and what it is about.
pub(crate) struct Told {
    pub(crate) index: u64,
    pub(crate) kind: Kind,
    pub(crate) at: Timestamp,
    body: Value,
}

impl Told {
    /// Opens the operators' part of a leaf. An error where it is not what the leaf commits to:
    /// somebody changed the log.
    pub(crate) fn open(system: &UserKeys, row: PartRow) -> Result<Self> {
        let changed = || Problem::internal("a part of the audit log was changed");
        let index = row.index;
        let entry = Entry::parse(row.leaf.as_bytes()).map_err(|_| changed())?;
        let part = row
            .open(system)?
            .reveal(&Reveal::system(SystemPurpose::RecordAudit))
            .map_err(|_| Problem::internal("no right to a part of the log"))?;
        let salt = part.salt().ok_or_else(changed)?;
        if !entry.holds(Part::Operator, &salt, part.body.as_bytes()) {
            return Err(changed());
        }
        Ok(Self {
            index,
            kind: entry.kind,
            at: Timestamp::from_unix((entry.time / 1_000).cast_signed()),
            body: serde_json::from_str(&part.body).map_err(|_| changed())?,
        })
    }

    /// Takes what stands at a path of names out of the body; null where nothing does.
    pub(crate) fn take(&mut self, path: &[&str]) -> Value {
        let mut at = &mut self.body;
        for name in path {
            match at.get_mut(*name) {
                Some(value) => at = value,
                None => return Value::Null,
            }
        }
        at.take()
    }
}
