//! A transparency log: what was appended can be shown to anyone, and what was changed or
//! taken out afterwards shows.
//!
//! - [`Hash`], [`Tiles`]: the Merkle tree of RFC 6962 (RFC 9162, 2.1), kept as tiles of
//!   256 hashes (<https://c2sp.org/tlog-tiles>).
//! - [`Checkpoint`], [`SignedNote`]: the tree's head, signed
//!   (<https://c2sp.org/tlog-checkpoint>, <https://c2sp.org/signed-note>).
//! - [`inclusion_proof`], [`consistency_proof`] and their verification.
//! - [`Entry`]: what a leaf of Balance's audit log says, and what it only commits to.
//!
//! ```
//! use tlog::{Tiles, leaf_hash, verify_inclusion};
//!
//! let leaves: Vec<_> = ["a", "b", "c"].map(|leaf| leaf_hash(leaf.as_bytes())).into();
//! let tiles = Tiles::of_leaves(&leaves);
//! let root = tiles.root(3).unwrap();
//! let proof = tlog::inclusion_proof(&tiles, 1, 3).unwrap();
//! verify_inclusion(leaves[1], 1, 3, &proof, root).unwrap();
//! ```
//!
//! What the caller does: bring the tiles that [`Span::tiles`] names, and sign
//! ([`Checkpoint::note`]) with Ed25519: no key enters here.
//!
//! Invariant: the tree is a function of its leaves. Whoever has the leaves has the root.

mod checkpoint;
mod entry;
mod hash;
mod note;
mod proof;
mod span;
mod tile;
mod tiles;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use entry::{Commitment, Entry, EntryError, Kind, MAX_ENTRY_BYTES, Part, commit};
pub use hash::{EMPTY_ROOT, Hash, leaf_hash, node_hash};
pub use note::{MAX_NOTE_BYTES, NoteError, Signature, SignedNote, VerifierKey};
pub use proof::{
    ProofError, consistency_proof, consistency_spans, inclusion_proof, inclusion_spans,
    verify_consistency, verify_inclusion,
};
pub use span::Span;
pub use tile::{BundleError, MAX_TREE_SIZE, TILE_WIDTH, Tile, bundle, entries_of};
pub use tiles::Tiles;
