//! The Merkle tree hash.

use proptest::prelude::*;
use tlog::{EMPTY_ROOT, Hash, Span, Tiles, leaf_hash, node_hash};

use crate::leaves;

/// RFC 9162, 2.1.1, as it is written there: nothing of tiles.
fn by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => EMPTY_ROOT,
        [leaf] => *leaf,
        leaves => {
            let k = (leaves.len() - 1).ilog2();
            let (left, right) = leaves.split_at(1 << k);
            node_hash(&by_definition(left), &by_definition(right))
        }
    }
}

/// Inputs and roots of the reference implementation of Certificate Transparency.
const INPUTS: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn roots_are_those_of_the_reference_implementation() {
    let leaves: Vec<Hash> = INPUTS
        .map(|input| leaf_hash(&hex::decode(input).unwrap()))
        .into();
    let tiles = Tiles::of_leaves(&leaves);
    for (size, root) in (1..).zip(ROOTS) {
        assert_eq!(hex::encode(tiles.root(size).unwrap().0), root, "{size}");
    }
    assert_eq!(Tiles::new().root(0), Some(EMPTY_ROOT));
}

#[test]
fn a_root_is_the_same_by_tiles_and_by_the_definition() {
    let leaves = leaves(1_100);
    let tiles = Tiles::of_leaves(&leaves);
    for size in [
        1,
        2,
        3,
        255,
        256,
        257,
        511,
        512,
        513,
        768,
        1_000,
        1_100_usize,
    ] {
        let root = tiles.root(size as u64);
        assert_eq!(root, Some(by_definition(&leaves[..size])), "{size}");
    }
}

#[test]
fn a_large_tree_has_three_levels_of_tiles() {
    let leaves = leaves(66_000);
    let tiles = Tiles::of_leaves(&leaves);
    assert_eq!(tiles.root(66_000), Some(by_definition(&leaves)));
    let needed = Span::of_tree(66_000).tiles(66_000);
    assert_eq!(
        needed.iter().map(|tile| tile.level).max(),
        Some(2),
        "{needed:?}"
    );
}

proptest! {
    #[test]
    fn the_tiles_that_are_named_are_enough(size in 1_u64..900, part in 0.0_f64..1.0) {
        let leaves = leaves(size);
        let all = Tiles::of_leaves(&leaves);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let middle = (size as f64 * part) as u64;
        for span in [Span::of_tree(size), Span { start: middle, end: size }] {
            let mut some = Tiles::new();
            for tile in span.tiles(size) {
                some.put(tile.level, tile.index, all.get(&tile).unwrap().to_vec());
            }
            prop_assert_eq!(some.hash(span), all.hash(span));
        }
    }

    #[test]
    fn another_leaf_or_another_order_is_another_root(size in 2_u64..600, at in any::<prop::sample::Index>()) {
        let leaves = leaves(size);
        let root = Tiles::of_leaves(&leaves).root(size).unwrap();
        let at = at.index(leaves.len() - 1);
        let mut edited = leaves.clone();
        edited[at] = leaf_hash(b"another");
        prop_assert_ne!(Tiles::of_leaves(&edited).root(size).unwrap(), root);
        let mut reordered = leaves.clone();
        reordered.swap(at, at + 1);
        prop_assert_ne!(Tiles::of_leaves(&reordered).root(size).unwrap(), root);
        let mut removed = leaves;
        removed.remove(at);
        prop_assert_ne!(Tiles::of_leaves(&removed).root(size - 1).unwrap(), root);
    }
}
