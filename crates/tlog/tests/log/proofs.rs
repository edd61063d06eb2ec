//! Proofs hold for what they are made for, and for nothing else.

use proptest::prelude::*;
use tlog::{
    EMPTY_ROOT, Hash, ProofError, Tiles, consistency_proof, inclusion_proof, leaf_hash,
    verify_consistency, verify_inclusion,
};

use crate::leaves;

#[test]
fn every_leaf_of_every_small_tree_is_proven() {
    let leaves = leaves(70);
    let tiles = Tiles::of_leaves(&leaves);
    for size in 1..=70 {
        let root = tiles.root(size).unwrap();
        for index in 0..size {
            let proof = inclusion_proof(&tiles, index, size).unwrap();
            let leaf = leaves[usize::try_from(index).unwrap()];
            assert_eq!(verify_inclusion(leaf, index, size, &proof, root), Ok(()));
            for other in (0..size).filter(|other| *other != index) {
                assert!(verify_inclusion(leaf, other, size, &proof, root).is_err());
            }
        }
        assert_eq!(inclusion_proof(&tiles, size, size), None);
        assert_eq!(
            verify_inclusion(leaves[0], size, size, &[], root),
            Err(ProofError::OutOfRange)
        );
    }
}

#[test]
fn every_small_tree_is_the_beginning_of_every_larger_one() {
    let tiles = Tiles::of_leaves(&leaves(70));
    for size in 0..=70 {
        let root = tiles.root(size).unwrap();
        for old in 0..=size {
            let old_root = tiles.root(old).unwrap();
            let proof = consistency_proof(&tiles, old, size).unwrap();
            assert_eq!(
                verify_consistency(old, old_root, size, root, &proof),
                Ok(()),
                "{old} {size}"
            );
        }
        assert_eq!(consistency_proof(&tiles, size + 1, size), None);
        assert_eq!(
            verify_consistency(size + 1, root, size, root, &[]),
            Err(ProofError::OutOfRange)
        );
    }
}

#[test]
fn a_past_that_was_rewritten_has_no_proof() {
    let before = leaves(40);
    let old_root = Tiles::of_leaves(&before).root(40).unwrap();
    let mut rewritten = leaves(60);
    rewritten[11] = leaf_hash(b"rewritten");
    let tiles = Tiles::of_leaves(&rewritten);
    let root = tiles.root(60).unwrap();
    let proof = consistency_proof(&tiles, 40, 60).unwrap();
    assert_eq!(
        verify_consistency(40, old_root, 60, root, &proof),
        Err(ProofError::Root)
    );
}

#[test]
fn nothing_is_the_beginning_of_everything_and_needs_no_proof() {
    let root = Tiles::of_leaves(&leaves(3)).root(3).unwrap();
    assert_eq!(verify_consistency(0, EMPTY_ROOT, 3, root, &[]), Ok(()));
    assert_eq!(
        verify_consistency(0, root, 3, root, &[]),
        Err(ProofError::Root)
    );
    assert_eq!(
        verify_consistency(0, EMPTY_ROOT, 3, root, &[root]),
        Err(ProofError::Length)
    );
}

#[test]
fn without_its_tiles_there_is_no_proof() {
    let tiles = Tiles::new();
    assert_eq!(inclusion_proof(&tiles, 0, 2), None);
    assert_eq!(consistency_proof(&tiles, 1, 2), None);
    assert_eq!(tiles.root(1), None);
}

/// A proof with one thing changed.
fn spoiled(proof: &[Hash], how: usize, at: usize) -> Vec<Hash> {
    let mut spoiled = proof.to_vec();
    match how {
        0 => spoiled.push(leaf_hash(b"one more")),
        1 => {
            spoiled.pop();
        }
        2 if spoiled.len() > 1 => {
            let at = at % (spoiled.len() - 1);
            spoiled.swap(at, at + 1);
        }
        _ => {
            let at = at % spoiled.len();
            spoiled[at].0[at % 32] ^= 1;
        }
    }
    spoiled
}

proptest! {
    #[test]
    fn a_spoiled_proof_does_not_hold(
        size in 2_u64..700,
        index in any::<prop::sample::Index>(),
        how in 0_usize..4,
        at in any::<usize>(),
    ) {
        let leaves = leaves(size);
        let tiles = Tiles::of_leaves(&leaves);
        let root = tiles.root(size).unwrap();
        let index = index.index(leaves.len());
        let number = index as u64;
        let proof = inclusion_proof(&tiles, number, size).unwrap();
        prop_assert_eq!(verify_inclusion(leaves[index], number, size, &proof, root), Ok(()));
        let wrong = spoiled(&proof, how, at);
        prop_assert!(verify_inclusion(leaves[index], number, size, &wrong, root).is_err());

        let old = number.max(1);
        let old_root = tiles.root(old).unwrap();
        let proof = consistency_proof(&tiles, old, size).unwrap();
        prop_assert_eq!(verify_consistency(old, old_root, size, root, &proof), Ok(()));
        if old < size {
            let wrong = spoiled(&proof, how, at);
            prop_assert!(verify_consistency(old, old_root, size, root, &wrong).is_err());
        }
    }
}
