//! A checkpoint (<https://c2sp.org/tlog-checkpoint>): which log, how many leaves, which
//! root. As the text of a signed note it commits whoever signed to all leaves at once.

use std::fmt;

use thiserror::Error;

use crate::{
    hash::Hash,
    note::{Signature, SignedNote},
    tile::MAX_TREE_SIZE,
};

/// The head of a tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// Which log: a name without a scheme.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// Why a text is no checkpoint.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum CheckpointError {
    /// Not as the specification says.
    #[error("not a checkpoint")]
    Malformed,
    /// Over [`MAX_TREE_SIZE`].
    #[error("a tree of more leaves than can be")]
    TooLarge,
}

impl Checkpoint {
    /// From the text of a note. Lines behind the third are other people's extensions.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let malformed = CheckpointError::Malformed;
        let Some(body) = text.strip_suffix('\n') else {
            return Err(malformed);
        };
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(malformed);
        };
        let has_empty_line = lines.any(str::is_empty);
        let is_decimal = size.bytes().all(|byte| byte.is_ascii_digit());
        if origin.is_empty() || has_empty_line || !is_decimal {
            return Err(malformed);
        }
        let leaves: u64 = size.parse().map_err(|_| CheckpointError::Malformed)?;
        if leaves > MAX_TREE_SIZE {
            return Err(CheckpointError::TooLarge);
        }
        let root = Hash::from_base64(root).ok_or(CheckpointError::Malformed)?;
        // No leading zeros: one spelling of one head.
        if leaves.to_string() != size {
            return Err(CheckpointError::Malformed);
        }
        Ok(Self {
            origin: origin.to_owned(),
            size: leaves,
            root,
        })
    }

    /// The note that its signature, over its text ([`fmt::Display`]), makes of it. `None`
    /// where the origin has a line's end.
    #[must_use]
    pub fn note(&self, signature: Signature) -> Option<SignedNote> {
        let text = self.to_string();
        (Self::parse(&text).as_ref() == Ok(self))
            .then(|| SignedNote::new(text, signature))
            .flatten()
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root.base64())
    }
}
