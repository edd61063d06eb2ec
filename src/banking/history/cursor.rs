//! Cursors: the place of the last row shown, sealed under the person's key, so
//! that a cursor in a URL tells nothing and cannot be made up.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use plaid::CivilDate;
use serde::{Deserialize, Serialize};
use vault::{Reveal, SystemPurpose};

use super::{Filter, order};
use crate::{
    id::{RowId, TransactionId, hex},
    problem::{Problem, Result},
    store::{
        engine::{SealedBytes, Value},
        keys::UserKeys,
        record::{Record, Sealable},
        table::Table,
    },
};

#[cfg(any(test, fuzzing))]
pub(crate) mod law;

/// The longest cursor there is, in characters.
const MAX_LENGTH: usize = 512;

/// The place of a row in the list.
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub(super) date: CivilDate,
    pub(super) id: RowId,
}

/// What a cursor holds.
#[derive(Serialize, Deserialize)]
struct CursorRecord {
    date: CivilDate,
    id: RowId,
    /// Of the filter it was made with.
    filter: String,
}

impl Sealable for CursorRecord {
    const TABLE: Table = Table::Cursor;
}

impl Record for CursorRecord {}

/// A cursor is no row: its place is the person's own.
fn place(keys: &UserKeys) -> RowId {
    RowId(*keys.user().as_bytes())
}

impl Position {
    /// As a cursor.
    pub(super) fn seal(self, keys: &UserKeys, filter: &Filter) -> Result<String> {
        let record = CursorRecord {
            date: self.date,
            id: self.id,
            filter: hex(&filter.fingerprint()),
        };
        match keys.seal(place(keys), 0, &record)? {
            Value::Sealed(bytes) => Ok(URL_SAFE_NO_PAD.encode(bytes)),
            _ => Err(Problem::internal("a cursor that is not sealed")),
        }
    }

    /// From a cursor of hers, made with this filter.
    pub(super) fn open(keys: &UserKeys, filter: &Filter, cursor: &str) -> Result<Self> {
        let refused = || {
            Problem::invalid_field(
                "cursor",
                "cursor",
                "This cursor is not one of yours for these filters: start without one.",
            )
        };
        if cursor.len() > MAX_LENGTH {
            return Err(refused());
        }
        let sealed = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
        let record: CursorRecord = keys
            .open(place(keys), 0, SealedBytes(sealed))
            .map_err(|_| refused())?
            .reveal(&Reveal::system(SystemPurpose::LookUp))
            .map_err(|_| refused())?;
        if record.filter != hex(&filter.fingerprint()) {
            return Err(refused());
        }
        Ok(Self {
            date: record.date,
            id: record.id,
        })
    }

    /// Whether a row comes after this place.
    pub(super) fn precedes(&self, date: &CivilDate, id: TransactionId) -> bool {
        order((&self.date, self.id), (date, id.0)).is_lt()
    }
}
