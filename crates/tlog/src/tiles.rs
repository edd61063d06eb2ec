//! Tiles at hand, and the hashes that can be made from them.

use std::collections::BTreeMap;

use crate::{
    hash::{EMPTY_ROOT, Hash, node_hash},
    span::{Span, Subtree},
    tile::{TILE_WIDTH, Tile},
};

/// Some tiles of a tree.
#[derive(Default, Clone)]
pub struct Tiles {
    hashes: BTreeMap<(u8, u64), Vec<Hash>>,
}

impl Tiles {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All tiles of a tree, by the hashes of its leaves.
    #[must_use]
    pub fn of_leaves(leaves: &[Hash]) -> Self {
        let mut tiles = Self::new();
        let mut level = 0;
        let mut hashes = leaves.to_vec();
        while !hashes.is_empty() {
            let mut above = Vec::new();
            for (index, tile) in (0..).zip(hashes.chunks(256)) {
                tiles.put(level, index, tile.to_vec());
                above.extend(full_root(tile));
            }
            hashes = above;
            level += 1;
        }
        tiles
    }

    /// Brings a tile; one of the same place is replaced.
    pub fn put(&mut self, level: u8, index: u64, hashes: Vec<Hash>) {
        self.hashes.insert((level, index), hashes);
    }

    /// The hashes of a tile. None where they are not at hand.
    #[must_use]
    pub fn get(&self, tile: &Tile) -> Option<&[Hash]> {
        let hashes = self.hashes.get(&(tile.level, tile.index))?;
        hashes.get(..usize::from(tile.width))
    }

    /// The root of the tree of the first `size` leaves. None where a tile is missing.
    #[must_use]
    pub fn root(&self, size: u64) -> Option<Hash> {
        if size == 0 {
            return Some(EMPTY_ROOT);
        }
        self.hash(Span::of_tree(size))
    }

    /// The hash over a span of leaves. None where a tile is missing, or it is empty.
    #[must_use]
    pub fn hash(&self, span: Span) -> Option<Hash> {
        if let Some(subtree) = span.subtree() {
            return self.subtree(subtree);
        }
        let (left, right) = span.split()?;
        Some(node_hash(&self.hash(left)?, &self.hash(right)?))
    }

    fn subtree(&self, subtree: Subtree) -> Option<Hash> {
        let (level, first, height) = subtree.hashes();
        let tile = self.hashes.get(&(level, first / TILE_WIDTH))?;
        let first = usize::try_from(first % TILE_WIDTH).ok()?;
        fold(tile.get(first..first + (1 << height))?)
    }
}

/// The root of a full tile, which is one hash of the level above. None for others.
#[must_use]
pub(crate) fn full_root(hashes: &[Hash]) -> Option<Hash> {
    if hashes.len() == 256 {
        fold(hashes)
    } else {
        None
    }
}

/// The hash above a power of two of hashes.
fn fold(hashes: &[Hash]) -> Option<Hash> {
    match hashes {
        [] => None,
        [hash] => Some(*hash),
        hashes => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            Some(node_hash(&fold(left)?, &fold(right)?))
        }
    }
}

impl Tile {
    /// What its root is, where it is full: one hash of the level above.
    #[must_use]
    pub fn root(hashes: &[Hash]) -> Option<Hash> {
        full_root(hashes)
    }
}
