//! What this console saw of a log the last time: its key, its checkpoint, and the hashes of its
//! leaves, so that a later look can say which one is another.

use anyhow::{Context as _, Result};
use tlog::{Checkpoint, Hash, SignedNote, Tiles, VerifierKey};

use super::log::Head;
use crate::state::State;

const KEY: &str = "key";
const CHECKPOINT: &str = "checkpoint";
const LEAVES: &str = "leaves";

/// Of one origin.
pub(super) struct Kept {
    pub(super) key: VerifierKey,
    pub(super) checkpoint: Checkpoint,
    pub(super) note: String,
    /// None where they are not those of the checkpoint.
    pub(super) leaves: Vec<Hash>,
}

impl Kept {
    /// What there is, where there is something.
    pub(super) fn read(state: &State) -> Result<Option<Self>> {
        let (Some(key), Some(note)) = (state.read(KEY)?, state.read(CHECKPOINT)?) else {
            return Ok(None);
        };
        let damaged = "what was kept of this log is damaged: take it away, and begin anew";
        let key = String::from_utf8(key).context(damaged)?;
        let key = VerifierKey::parse(&key).context(damaged)?;
        let note = SignedNote::parse(&note).context(damaged)?;
        let checkpoint = Checkpoint::parse(note.text()).context(damaged)?;
        let bytes = state.read(LEAVES)?.unwrap_or_default();
        let (leaves, _) = bytes.as_chunks::<32>();
        let mut leaves: Vec<_> = leaves.iter().copied().map(Hash).collect();
        // A run that was interrupted left more of them than its checkpoint has.
        leaves.truncate(usize::try_from(checkpoint.size).unwrap_or(usize::MAX));
        if Tiles::of_leaves(&leaves).root(checkpoint.size) != Some(checkpoint.root) {
            leaves.clear();
        }
        Ok(Some(Self {
            key,
            checkpoint,
            note: note.to_string(),
            leaves,
        }))
    }

    /// Keeps what holds. The checkpoint last: it is what the rest is measured by.
    pub(super) fn write(
        state: &State,
        key: &VerifierKey,
        head: &Head,
        leaves: &[Hash],
    ) -> Result<()> {
        state.write(KEY, key.to_string().as_bytes())?;
        let hashes: Vec<u8> = leaves.iter().flat_map(|hash| hash.0).collect();
        state.write(LEAVES, &hashes)?;
        state.write(CHECKPOINT, head.note.as_bytes())
    }
}
