//! What one user's data key of one generation gives: a cipher per table and a
//! blind index per column. Each is derived for its own use and no other.

use zeroize::Zeroizing;

use crate::{
    BlindIndexer, ColumnId, DataKey, Generation, RowCipher, TableId, UserId, aead::Cipher, kdf::Prk,
};

/// The root of a user's keys of one generation, zeroized on drop.
///
/// Deriving a cipher or an indexer costs a few hashes and a key schedule: keep
/// what it returns for as long as rows of that table are handled.
pub struct GenerationKeys {
    user: UserId,
    generation: Generation,
    prk: Prk,
}

impl GenerationKeys {
    /// The keys that `user` has from her data key of `generation`.
    #[must_use]
    pub fn derive(user: UserId, generation: Generation, key: &DataKey) -> Self {
        Self {
            user,
            generation,
            prk: key.extract(user),
        }
    }

    /// Whose keys these are.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    /// The generation of the data key.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// The cipher of this user's rows in `table`.
    #[must_use]
    pub fn row_cipher(&self, table: TableId) -> RowCipher {
        let key = self.expand(b"balance/v1/enc/", table, ColumnId::ROW);
        RowCipher::new(Cipher::new(&key), self.user, self.generation, table)
    }

    /// The indexer of one column. For anything that must be found again after a
    /// key rotation these must be the keys of [`Generation::INDEX`].
    #[must_use]
    pub fn indexer(&self, table: TableId, column: ColumnId) -> BlindIndexer {
        BlindIndexer::new(&self.expand(b"balance/v1/idx/", table, column))
    }

    /// One blind index of a normalised value; for many, keep an
    /// [`indexer`](Self::indexer).
    #[must_use]
    pub fn blind_index(&self, table: TableId, column: ColumnId, value: &[u8]) -> [u8; 16] {
        self.indexer(table, column).index(value)
    }

    fn expand(&self, label: &[u8], table: TableId, column: ColumnId) -> Zeroizing<[u8; 32]> {
        let ([t0, t1], [c0, c1]) = (table.0.to_be_bytes(), column.0.to_be_bytes());
        self.prk.expand(label, &[t0, t1, c0, c1])
    }
}
