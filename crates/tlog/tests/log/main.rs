//! What this crate promises: to the standard's numbers, to another's code for the same
//! formats, and against whoever edits, takes out or swaps.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fixture that is not as written is a fault of the test"
)]

mod another;
mod checkpoints;
mod entries;
mod proofs;
mod tiles;
mod tree;

use tlog::{Hash, leaf_hash};

/// The hashes of so many leaves, each its own number.
fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}
