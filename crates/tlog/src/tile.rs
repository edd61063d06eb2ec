//! Tiles: 256 hashes of one level, eight levels of the tree apart, and bundles of the
//! entries below them; their paths (<https://c2sp.org/tlog-tiles>).

use std::fmt;

use thiserror::Error;

/// Hashes of a full tile.
pub const TILE_WIDTH: u64 = 256;
/// Leaves of the largest tree: what an index in JSON can name exactly.
pub const MAX_TREE_SIZE: u64 = 1 << 53;
/// Levels of tiles that such a tree has.
const LEVELS: u8 = 7;

/// A tile: hashes `index * 256` and on of the tree's level `level * 8`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tile {
    /// 0 has the hashes of leaves.
    pub level: u8,
    /// Its place among those of its level.
    pub index: u64,
    /// 1 to 256 hashes; 256 is a full tile, which never changes again.
    pub width: u16,
}

impl Tile {
    /// How much of a tile a tree of `size` leaves has. `None`: nothing.
    #[must_use]
    pub fn of_tree(level: u8, index: u64, size: u64) -> Option<Self> {
        if level >= LEVELS || size > MAX_TREE_SIZE {
            return None;
        }
        let hashes = size >> (8 * u32::from(level));
        let first = index.checked_mul(TILE_WIDTH)?;
        let width = hashes.checked_sub(first)?.min(TILE_WIDTH);
        let width = u16::try_from(width).ok().filter(|width| *width > 0)?;
        Some(Self {
            level,
            index,
            width,
        })
    }

    /// Whether it is full.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.width == 256
    }

    /// Whether a tree of `size` leaves has all of it.
    #[must_use]
    pub fn is_in(&self, size: u64) -> bool {
        Self::of_tree(self.level, self.index, size).is_some_and(|tile| tile.width >= self.width)
    }

    /// The path below the log's prefix: `tile/0/x001/067`, `tile/1/000.p/3`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("tile/{}/{}", self.level, Place(self.index, self.width))
    }

    /// The path of the bundle of its entries, for a tile of level 0.
    #[must_use]
    pub fn entries_path(&self) -> String {
        format!("tile/entries/{}", Place(self.index, self.width))
    }

    /// The tile that a path names, and whether its entries are meant. Only the one
    /// spelling of each is taken.
    #[must_use]
    pub fn parse(path: &str) -> Option<(Self, bool)> {
        let rest = path.strip_prefix("tile/")?;
        let (level, place) = rest.split_once('/')?;
        let (level, entries) = match level {
            "entries" => (0, true),
            level => (level.parse().ok()?, false),
        };
        let (place, width) = match place.rsplit_once(".p/") {
            Some((place, width)) => (place, width.parse().ok()?),
            None => (place, 256),
        };
        let mut index: u64 = 0;
        for part in place.split('/') {
            let digits = part.strip_prefix('x').unwrap_or(part);
            if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            index = index
                .checked_mul(1_000)?
                .checked_add(digits.parse().ok()?)?;
        }
        let tile = Self {
            level,
            index,
            width,
        };
        let spelled = if entries {
            tile.entries_path()
        } else {
            tile.path()
        };
        let fits = level < LEVELS && (1..=256).contains(&width) && tile.is_in(MAX_TREE_SIZE);
        (fits && spelled == path).then_some((tile, entries))
    }
}

/// An index in groups of three digits, and a width where it is not the full one.
struct Place(u64, u16);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut groups = Vec::new();
        let mut rest = self.0;
        loop {
            groups.push(rest % 1_000);
            rest /= 1_000;
            if rest == 0 {
                break;
            }
        }
        for (at, group) in groups.iter().enumerate().rev() {
            if at == 0 {
                write!(f, "{group:03}")?;
            } else {
                write!(f, "x{group:03}/")?;
            }
        }
        if self.1 < 256 {
            write!(f, ".p/{}", self.1)?;
        }
        Ok(())
    }
}

/// Why bytes are no bundle.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum BundleError {
    /// An entry is cut off.
    #[error("an entry is cut off")]
    Truncated,
    /// An entry has more bytes than its length can say.
    #[error("an entry is over 65,535 bytes")]
    TooLong,
    /// More entries than a tile has.
    #[error("over 256 entries")]
    TooMany,
}

/// Entries as one body: each behind its length, two bytes, big-endian.
///
/// # Errors
/// [`BundleError::TooLong`].
pub fn bundle<'e>(entries: impl IntoIterator<Item = &'e [u8]>) -> Result<Vec<u8>, BundleError> {
    let mut body = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::TooLong)?;
        body.extend_from_slice(&length.to_be_bytes());
        body.extend_from_slice(entry);
    }
    Ok(body)
}

/// The entries of a bundle.
///
/// # Errors
/// [`BundleError::Truncated`], [`BundleError::TooMany`].
pub fn entries_of(mut body: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = body.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, rest) = rest
            .split_at_checked(length)
            .ok_or(BundleError::Truncated)?;
        if entries.len() == 256 {
            return Err(BundleError::TooMany);
        }
        entries.push(entry);
        body = rest;
    }
    if body.is_empty() {
        Ok(entries)
    } else {
        Err(BundleError::Truncated)
    }
}
