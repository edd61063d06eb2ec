//! Spans of leaves, and the complete subtrees that their hash is made of.

use crate::tile::{TILE_WIDTH, Tile};

/// The leaves from `start` up to `end`. What proofs are made of, and whole trees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// The first.
    pub start: u64,
    /// One behind the last.
    pub end: u64,
}

/// A complete subtree: the `index`th of `2^height` leaves each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Subtree {
    pub(crate) height: u32,
    pub(crate) index: u64,
}

impl Span {
    /// All leaves of a tree.
    #[must_use]
    pub const fn of_tree(size: u64) -> Self {
        Self {
            start: 0,
            end: size,
        }
    }

    pub(crate) const fn len(self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// The two parts that its hash is made of (RFC 9162, 2.1.1): `k` leaves, the largest
    /// power of two below its length, and the others. None for a single leaf.
    pub(crate) fn split(self) -> Option<(Self, Self)> {
        let length = self.len();
        if length < 2 {
            return None;
        }
        let middle = self.start + (1 << (u64::BITS - 1 - (length - 1).leading_zeros()));
        let left = Self {
            start: self.start,
            end: middle,
        };
        let right = Self {
            start: middle,
            end: self.end,
        };
        Some((left, right))
    }

    /// Itself, where it is a complete subtree.
    pub(crate) fn subtree(self) -> Option<Subtree> {
        let length = self.len();
        let is_complete = length.is_power_of_two() && self.start.is_multiple_of(length);
        is_complete.then(|| Subtree {
            height: length.trailing_zeros(),
            index: self.start / length,
        })
    }

    /// The complete subtrees that it is made of, from the left.
    pub(crate) fn subtrees(self) -> Vec<Subtree> {
        match (self.subtree(), self.split()) {
            (Some(subtree), _) => vec![subtree],
            (None, Some((left, right))) => {
                let mut all = left.subtrees();
                all.extend(right.subtrees());
                all
            }
            (None, None) => Vec::new(),
        }
    }

    /// The tiles of a tree of `size` leaves that its hash is made from.
    #[must_use]
    pub fn tiles(self, size: u64) -> Vec<Tile> {
        let of = |subtree: Subtree| subtree.tile(size);
        let mut tiles: Vec<Tile> = self.subtrees().into_iter().filter_map(of).collect();
        tiles.sort_unstable();
        tiles.dedup();
        tiles
    }
}

impl Subtree {
    /// The level of the tile that has its hashes, the first of them in that level, and how
    /// many there are, as a power of two.
    pub(crate) fn hashes(self) -> (u8, u64, u32) {
        let (level, height) = (self.height / 8, self.height % 8);
        // A tree of 2^53 leaves has no height over 53.
        (
            u8::try_from(level).unwrap_or(u8::MAX),
            self.index << height,
            height,
        )
    }

    fn tile(self, size: u64) -> Option<Tile> {
        let (level, first, _) = self.hashes();
        Tile::of_tree(level, first / TILE_WIDTH, size)
    }
}
