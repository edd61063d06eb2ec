//! Blind indexes: finding a row by a value that the database must not see.
//!
//! HMAC-SHA256 cut to 16 bytes, under a key per user, table and column. Equal
//! values give equal indexes; without the key nothing can be tried. The caller
//! normalises the value: what should be found as one must be the same bytes.

use crate::kdf::HmacKey;

/// Makes the blind indexes of one column. The key schedule is computed once, so
/// thousands of indexes cost one hash each. Zeroized on drop.
pub struct BlindIndexer(HmacKey);

impl BlindIndexer {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(HmacKey::new(key))
    }

    /// The index of a normalised value.
    #[must_use]
    pub fn index(&self, value: &[u8]) -> [u8; 16] {
        self.cut(value)
    }

    /// The first 8 bytes of the index: for tokens that many rows share, such as
    /// a transaction's month.
    #[must_use]
    pub fn token(&self, value: &[u8]) -> [u8; 8] {
        self.cut(value)
    }

    fn cut<const N: usize>(&self, value: &[u8]) -> [u8; N] {
        const { assert!(N <= 32, "a tag has 32 bytes") };
        let mut index = [0; N];
        for (slot, byte) in index.iter_mut().zip(*self.0.tag(&[value])) {
            *slot = byte;
        }
        index
    }
}
