//! Records: what a sealed row holds, as a type. One way to seal a row, one way
//! to open it.

use serde::{Serialize, de::DeserializeOwned};
use vault::{ColumnId, Opened, Place, SchemaVersion, Sensitive};

use super::{
    engine::{SealedBytes, Value},
    keys::UserKeys,
    table::Table,
};
use crate::{
    id::RowId,
    platform::random,
    problem::{Problem, Result},
};

/// What can be sealed as a row of one table.
pub(crate) trait Sealable: Serialize {
    const TABLE: Table;
    /// Which shape [`Serialize`] gives it. Raise it with a change that an older
    /// reader could not read, and teach [`Record::decode`] the older shape.
    const SCHEMA: SchemaVersion = SchemaVersion(1);
}

/// The private part of a row of one table, owned.
pub(crate) trait Record: Sealable + DeserializeOwned {
    /// From the sealed bytes of any schema this table ever had.
    fn decode(schema: SchemaVersion, payload: &[u8]) -> Option<Self> {
        if schema == Self::SCHEMA {
            serde_json::from_slice(payload).ok()
        } else {
            None
        }
    }
}

const fn place(table: Table, row: RowId, rev: u32) -> Place {
    Place {
        table: table.id(),
        column: ColumnId::ROW,
        row_id: row.0,
        rev,
    }
}

impl UserKeys {
    /// Seals `record` for its place, under the newest generation.
    pub(crate) fn seal<R: Sealable>(&self, row: RowId, rev: u32, record: &R) -> Result<Value> {
        self.seal_with(row, rev, record, random::bytes()?)
    }

    /// As [`Self::seal`], with a nonce drawn beforehand: for rows by the thousand.
    pub(crate) fn seal_with<R: Sealable>(
        &self,
        row: RowId,
        rev: u32,
        record: &R,
        nonce: [u8; 12],
    ) -> Result<Value> {
        let payload = serde_json::to_vec(record)
            .map(zeroize::Zeroizing::new)
            .map_err(|_| Problem::internal("a record did not serialize"))?;
        self.cipher(R::TABLE)?
            .seal(R::SCHEMA, &place(R::TABLE, row, rev), &payload, nonce)
            .map(Value::Sealed)
            .map_err(|_| Problem::internal("a record could not be sealed"))
    }

    /// Opens a row; what comes back is still the owner's to reveal.
    pub(crate) fn open<R: Record>(
        &self,
        row: RowId,
        rev: u32,
        sealed: SealedBytes,
    ) -> Result<Sensitive<R>> {
        self.open_bytes(R::TABLE, row, rev, sealed)?
            .try_map(|opened| {
                R::decode(opened.schema(), opened.payload())
                    .ok_or_else(|| Problem::internal("a sealed row of an unknown shape"))
            })
    }

    /// As [`Self::open`], for a reader that borrows from the bytes.
    pub(crate) fn open_bytes(
        &self,
        table: Table,
        row: RowId,
        rev: u32,
        sealed: SealedBytes,
    ) -> Result<Sensitive<Opened>> {
        let damaged = |_| Problem::internal("a sealed row did not open at its place");
        let generation = vault::RowCipher::generation_of(&sealed.0).map_err(damaged)?;
        self.cipher_of(generation, table)?
            .open_sensitive(&place(table, row, rev), sealed.0)
            .map_err(damaged)
    }
}
