//! Where a sealed value lives: whose it is, under which key, in which cell, at
//! which revision. All of it is authenticated with the ciphertext, so a value
//! moved anywhere else no longer opens.

use core::fmt;

/// A person, or the system itself. Not secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId([u8; 16]);

impl UserId {
    /// The owner of what belongs to no person: look-ups made without a session,
    /// pending sign-ups, erasure tasks.
    pub const SYSTEM: Self = Self([0; 16]);

    /// The id with these bytes (a UUID's, for a person).
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes of the id.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserId(")?;
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}

/// Which of a user's data keys: 0 for blind indexes, from 1 for rows. A new
/// generation begins when the user's key is rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u16);

impl Generation {
    /// The key of blind indexes and month tokens. It seals no row and rotation
    /// leaves it alone, or nothing could be found again.
    pub const INDEX: Self = Self(0);
}

/// A table's number, never used again for another table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableId(pub u16);

/// A column's number within its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnId(pub u16);

impl ColumnId {
    /// The row as a whole, which is how rows are sealed.
    pub const ROW: Self = Self(0);
}

/// How the payload is encoded: which shape of the table's row to decode. It is
/// stored beside the ciphertext, so old rows need no migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaVersion(pub u16);

/// The cell a sealed value belongs to, and its revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The table, the same as the cipher's.
    pub table: TableId,
    /// The column, [`ColumnId::ROW`] for a whole row.
    pub column: ColumnId,
    /// The row's primary key.
    pub row_id: [u8; 16],
    /// The row's revision, raised by each write, so that a ciphertext cannot be
    /// paired with another revision's plain columns.
    pub rev: u32,
}
