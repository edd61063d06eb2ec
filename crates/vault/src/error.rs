//! Why something could not be sealed or opened, in the caller's terms. No
//! variant carries a byte of key or payload.

use crate::{Generation, TableId, padding::MAX_PAYLOAD};

/// Why a row or a wrapped key was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Not an envelope of the expected kind: other first bytes, another format
    /// version, or a length that the format does not produce.
    #[error("not a BAL1 envelope")]
    Malformed,
    /// The keyring does not hold the key this was wrapped under.
    #[error("wrapped under version {0}, which the keyring does not hold")]
    UnknownKeyVersion(u16),
    /// The row was sealed under another generation's key than the cipher's:
    /// pick it with [`RowCipher::generation_of`](crate::RowCipher::generation_of).
    #[error("sealed under generation {}, opened with generation {}", sealed.0, cipher.0)]
    OtherGeneration {
        /// The generation the row names.
        sealed: Generation,
        /// The generation of the cipher it was given to.
        cipher: Generation,
    },
    /// The cipher is another table's.
    #[error("a row of table {}, opened with the cipher of table {}", place.0, cipher.0)]
    OtherTable {
        /// The table of the place asked for.
        place: TableId,
        /// The table of the cipher.
        cipher: TableId,
    },
    /// Wrong key, altered, or moved from another user, place or revision: these
    /// cannot be told apart.
    #[error("not authentic for this user and place")]
    NotAuthentic,
    /// The wrapped key is authentic but is not the key it commits to.
    #[error("the data key does not match its commitment")]
    Commitment,
    /// Authentic, but not padded as the format says: a faulty writer.
    #[error("the padding is not the format's")]
    Padding,
}

/// Why a row was not sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The payload is longer than [`MAX_PAYLOAD`].
    #[error("a payload of {length} bytes, over the limit of {MAX_PAYLOAD}")]
    TooLong {
        /// The payload's length.
        length: usize,
    },
    /// The cipher is another table's.
    #[error("a row of table {}, sealed with the cipher of table {}", place.0, cipher.0)]
    OtherTable {
        /// The table of the place asked for.
        place: TableId,
        /// The table of the cipher.
        cipher: TableId,
    },
    /// Generation 0 is the index key, which seals no row.
    #[error("generation 0 is for blind indexes and seals no row")]
    IndexGeneration,
}
