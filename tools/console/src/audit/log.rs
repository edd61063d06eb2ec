//! The log's files over HTTP (<https://c2sp.org/tlog-tiles>), each checked for its own form.

use anyhow::{Context as _, Result, bail};
use ed25519_dalek::{Signature, VerifyingKey};
use tlog::{Checkpoint, Entry, Hash, SignedNote, Tile, VerifierKey, entries_of, leaf_hash};

use crate::http::Client;

/// The log of a service.
pub(super) struct Log<'a>(pub(super) &'a Client);

/// A checkpoint whose signature holds, and the note that says so.
pub(super) struct Head {
    pub(super) checkpoint: Checkpoint,
    pub(super) note: String,
}

/// All leaves.
pub(super) struct Leaves {
    pub(super) hashes: Vec<Hash>,
    /// How many of them are no entries that this console knows.
    pub(super) unknown: usize,
}

impl Log<'_> {
    fn file(&self, path: &str) -> Result<Vec<u8>> {
        let path = format!("/audit/log/{path}");
        let reply = self.0.get(&path)?;
        match reply.status {
            200 => Ok(reply.body),
            status => bail!("{path} is missing: the service answered {status}"),
        }
    }

    /// The key that it says is its own.
    pub(super) fn key(&self) -> Result<VerifierKey> {
        let text = String::from_utf8(self.file("key")?).unwrap_or_default();
        VerifierKey::parse(text.trim_end()).context("/audit/log/key")
    }

    /// Its head, signed with this key.
    pub(super) fn head(&self, key: &VerifierKey) -> Result<Head> {
        let note = SignedNote::parse(&self.file("checkpoint")?).context("/audit/log/checkpoint")?;
        let signature = note
            .signature_of(key)
            .context("the checkpoint is not signed with the log's key")?;
        let public = VerifyingKey::from_bytes(key.public()).context("the log's key")?;
        public
            .verify_strict(note.text().as_bytes(), &Signature::from_bytes(signature))
            .context("the checkpoint's signature does not hold")?;
        let checkpoint = Checkpoint::parse(note.text()).context("/audit/log/checkpoint")?;
        if checkpoint.origin != key.name() {
            bail!(
                "the checkpoint is of another log: {} in place of {}",
                checkpoint.origin,
                key.name()
            );
        }
        Ok(Head {
            checkpoint,
            note: note.to_string(),
        })
    }

    /// Every entry, as its leaf's hash.
    pub(super) fn leaves(&self, size: u64) -> Result<Leaves> {
        let mut leaves = Leaves {
            hashes: Vec::new(),
            unknown: 0,
        };
        for tile in (0..).map_while(|index| Tile::of_tree(0, index, size)) {
            let path = tile.entries_path();
            let bundle = self.file(&path)?;
            let entries = entries_of(&bundle).with_context(|| path.clone())?;
            if entries.len() != usize::from(tile.width) {
                bail!("{path} has {} entries, not {}", entries.len(), tile.width);
            }
            for entry in entries {
                leaves.hashes.push(leaf_hash(entry));
                leaves.unknown += usize::from(Entry::parse(entry).is_err());
            }
            if tile.index % 64 == 63 {
                eprintln!("  {} of {size}", leaves.hashes.len());
            }
        }
        Ok(leaves)
    }

    /// A tile's hashes.
    pub(super) fn tile(&self, tile: &Tile) -> Result<Vec<Hash>> {
        let path = tile.path();
        let body = self.file(&path)?;
        let (hashes, rest) = body.as_chunks::<32>();
        if !rest.is_empty() || hashes.len() != usize::from(tile.width) {
            bail!("{path} has {} bytes, not 32 × {}", body.len(), tile.width);
        }
        Ok(hashes.iter().copied().map(Hash).collect())
    }
}
