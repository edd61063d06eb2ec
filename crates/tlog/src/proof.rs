//! Proofs that a leaf is in a tree (RFC 9162, 2.1.3) and that one tree is the beginning
//! of another (2.1.4).

use thiserror::Error;

use crate::{
    hash::{EMPTY_ROOT, Hash, node_hash},
    span::Span,
    tiles::Tiles,
};

/// Why a proof does not hold.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ProofError {
    /// A leaf behind the last, or an older tree that is larger.
    #[error("there is no such leaf or tree")]
    OutOfRange,
    /// Too few hashes, or too many.
    #[error("a proof of another length")]
    Length,
    /// It leads to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// The spans whose hashes prove leaf `index` of a tree of `size`, from the leaf upwards.
/// None where there is no such leaf.
#[must_use]
pub fn inclusion_spans(index: u64, size: u64) -> Option<Vec<Span>> {
    if index >= size {
        return None;
    }
    let mut spans = Vec::new();
    let mut span = Span::of_tree(size);
    while let Some((left, right)) = span.split() {
        let (inside, beside) = if index < left.end {
            (left, right)
        } else {
            (right, left)
        };
        spans.push(beside);
        span = inside;
    }
    spans.reverse();
    Some(spans)
}

/// The spans whose hashes prove that the tree of `old` leaves began that of `size`. None
/// where it is larger; empty where there is nothing to prove.
#[must_use]
pub fn consistency_spans(old: u64, size: u64) -> Option<Vec<Span>> {
    if old > size {
        return None;
    }
    let mut spans = Vec::new();
    if old == 0 || old == size {
        return Some(spans);
    }
    let mut span = Span::of_tree(size);
    // Down to the subtree that ends where the old tree did.
    while span.end != old {
        let (left, right) = span.split()?;
        if old <= left.end {
            spans.push(right);
            span = left;
        } else {
            spans.push(left);
            span = right;
        }
    }
    // The old tree itself is known to whoever asks.
    if span.start != 0 {
        spans.push(span);
    }
    spans.reverse();
    Some(spans)
}

/// A proof that leaf `index` is in the tree of `size` leaves. None where there is no such
/// leaf, or a tile is missing.
#[must_use]
pub fn inclusion_proof(tiles: &Tiles, index: u64, size: u64) -> Option<Vec<Hash>> {
    let spans = inclusion_spans(index, size)?;
    spans.into_iter().map(|span| tiles.hash(span)).collect()
}

/// A proof that the tree of `old` leaves began that of `size`. None where it is larger, or
/// a tile is missing.
#[must_use]
pub fn consistency_proof(tiles: &Tiles, old: u64, size: u64) -> Option<Vec<Hash>> {
    let spans = consistency_spans(old, size)?;
    spans.into_iter().map(|span| tiles.hash(span)).collect()
}

/// Checks that a leaf is number `index` of the tree of `size` leaves with this root.
///
/// # Errors
/// [`ProofError`].
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange);
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for beside in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(beside, &hash);
            while node.is_multiple_of(2) && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, beside);
        }
        node >>= 1;
        last >>= 1;
    }
    match (last, hash == root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::Root),
        _ => Err(ProofError::Length),
    }
}

/// Checks that the tree of `old` leaves with `old_root` began that of `size` with `root`.
///
/// # Errors
/// [`ProofError`].
pub fn verify_consistency(
    old: u64,
    old_root: Hash,
    size: u64,
    root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old > size {
        return Err(ProofError::OutOfRange);
    }
    if old == 0 || old == size {
        let expected = if old == 0 { EMPTY_ROOT } else { root };
        return match (proof, old_root == expected) {
            ([], true) => Ok(()),
            ([], false) => Err(ProofError::Root),
            _ => Err(ProofError::Length),
        };
    }
    let (mut node, mut last) = (old - 1, size - 1);
    while node % 2 == 1 {
        node >>= 1;
        last >>= 1;
    }
    // A whole subtree begins with the old root itself, which is not in the proof.
    let (first, proof) = if old.is_power_of_two() {
        (old_root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(ProofError::Length)?;
        (*first, rest)
    };
    let (mut old_hash, mut hash) = (first, first);
    for beside in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node % 2 == 1 || node == last {
            old_hash = node_hash(beside, &old_hash);
            hash = node_hash(beside, &hash);
            while node.is_multiple_of(2) && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, beside);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if old_hash == old_root && hash == root {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}
