//! What does not hold about a log, in words that name the leaf. Empty: everything does.

use anyhow::Result;
use tlog::{Checkpoint, Hash, TILE_WIDTH, Tile, Tiles, consistency_proof, verify_consistency};

use super::kept::Kept;
use super::log::Log;

/// Levels of tiles that the largest tree has.
const LEVELS: u8 = 7;
/// Findings of one sort that are written out.
const MOST: usize = 10;

/// Whether the log of this head begins with what was kept of it.
pub(super) fn grown(head: &Checkpoint, leaves: &[Hash], kept: Option<&Kept>) -> Vec<String> {
    let Some(kept) = kept else {
        return Vec::new();
    };
    let old = &kept.checkpoint;
    let others: Vec<usize> = kept
        .leaves
        .iter()
        .zip(leaves)
        .enumerate()
        .filter_map(|(index, (before, now))| (before != now).then_some(index))
        .collect();
    let mut wrong: Vec<String> = others
        .iter()
        .take(MOST)
        .map(|index| format!("leaf {index} is another than the last time"))
        .collect();
    wrong.extend(rest_of(others.len()));
    if old.size > head.size {
        wrong.push(format!(
            "the log shrank: it has {} leaves, and had {} the last time",
            head.size, old.size
        ));
    } else if old.size == head.size && old.root != head.root {
        wrong.push(format!(
            "a fork: two checkpoints of {} leaves with different roots",
            head.size
        ));
    } else if old.size < head.size && !begins_with(head, leaves, old) {
        wrong.push(format!(
            "a fork: the log of {} leaves does not begin with the {} of the last time",
            head.size, old.size
        ));
    }
    wrong
}

/// Whether the tree of these leaves begins with an older one (RFC 9162, 2.1.4).
fn begins_with(head: &Checkpoint, leaves: &[Hash], old: &Checkpoint) -> bool {
    let tiles = Tiles::of_leaves(leaves);
    let (Some(root), Some(proof)) = (
        tiles.root(head.size),
        consistency_proof(&tiles, old.size, head.size),
    ) else {
        return false;
    };
    verify_consistency(old.size, old.root, head.size, root, &proof).is_ok()
}

/// Whether the tiles that are served are those of the entries, and lead to the signed root.
///
/// # Errors
/// A tile that is not there, or has another length.
pub(super) fn stored(log: &Log<'_>, head: &Checkpoint, leaves: &[Hash]) -> Result<Vec<String>> {
    let own = Tiles::of_leaves(leaves);
    let mut served = Tiles::new();
    let mut others = Vec::new();
    for level in 0..LEVELS {
        for tile in (0..).map_while(|index| Tile::of_tree(level, index, head.size)) {
            let hashes = log.tile(&tile)?;
            let ours = own.get(&tile).unwrap_or_default();
            let first = tile.index * TILE_WIDTH;
            let differ = (first..)
                .zip(hashes.iter().zip(ours))
                .filter(|(_, (served, ours))| served != ours);
            others.extend(differ.map(|(at, _)| (level, at)));
            served.put(level, tile.index, hashes);
        }
    }
    let of_entries = own.root(head.size) == Some(head.root);
    let of_tiles = served.root(head.size) == Some(head.root);
    // Which of the two was signed says which of the two was touched.
    let what = match (of_entries, of_tiles) {
        (true, _) => "the stored tile has another hash than its entry, which is as it was signed",
        (false, true) => "the entry is another than the one that was signed",
        (false, false) => "entry and stored tile differ, and neither leads to the signed root",
    };
    let named = others.iter().take(MOST).map(|(level, at)| {
        let width = 1_u64 << (8 * u32::from(*level));
        match level {
            0 => format!("leaf {at}: {what}"),
            _ => format!(
                "leaves {} to {}: the stored hash over them is not theirs",
                at * width,
                at * width + (width - 1)
            ),
        }
    });
    let mut wrong: Vec<String> = named.collect();
    wrong.extend(rest_of(others.len()));
    // Where only entries were touched, the leaves that are named say it all.
    let is_named = of_tiles && others.iter().any(|(level, _)| *level == 0);
    if !of_entries && !is_named {
        wrong.push("the entries lead to another root than the one that was signed".to_owned());
    }
    Ok(wrong)
}

fn rest_of(found: usize) -> Option<String> {
    let more = found.saturating_sub(MOST);
    (more > 0).then(|| format!("… and {more} more"))
}
