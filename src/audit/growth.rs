//! How the log grows: once a minute what was appended since becomes tiles and a signed
//! head. Two that do it at once come to the same.

use tlog::{Checkpoint, Hash, TILE_WIDTH, Tile, leaf_hash};

use super::{reading, signer};
use crate::{
    app::App,
    problem::{Problem, Result},
    store::audit_log::{self, CheckpointRow},
};

/// Leaves that one run takes in; the next goes on.
const LEAVES: u64 = 4_096;

/// Takes in what was appended, and signs. Nothing where nothing was. One batch, or five.
pub(crate) async fn grow(app: &App) -> Result<()> {
    let [size, last] = app
        .db
        .batch([audit_log::size(), audit_log::last_checkpoint()])
        .await?;
    let (size,): (u64,) = size.rows()?.first()?.unwrap_or_default();
    let signed = last.rows()?.first::<CheckpointRow>()?;
    let signed = signed.map_or(0, |row| row.size);
    // A head that counts fewer leaves than were signed has been tampered with.
    if size < signed {
        return Err(Problem::internal("the audit log is shorter than it was"));
    }
    let size = size.min(signed + LEAVES);
    if size == signed {
        return Ok(());
    }
    fill(app, signed, size).await?;
    let tiles = reading::tiles_of(app, tlog::Span::of_tree(size).tiles(size)).await?;
    let root = tiles
        .root(size)
        .ok_or_else(|| Problem::internal("the audit log lacks a leaf"))?;
    let checkpoint = Checkpoint {
        origin: signer::origin(app),
        size,
        root,
    };
    let note = signer::note(app, &checkpoint).await?;
    app.db
        .batch([audit_log::put_checkpoint(&checkpoint, note)])
        .await?;
    Ok(())
}

/// Keeps the tiles that become full between two sizes.
async fn fill(app: &App, from: u64, size: u64) -> Result<()> {
    let first = from / TILE_WIDTH;
    let end = size / TILE_WIDTH;
    if first == end {
        return Ok(());
    }
    let [rows] = app
        .db
        .batch([audit_log::leaves(first * TILE_WIDTH, end * TILE_WIDTH)])
        .await?;
    let leaves: Vec<(String,)> = rows.rows()?.all()?;
    let hashes: Vec<Hash> = leaves
        .iter()
        .map(|(leaf,)| leaf_hash(leaf.as_bytes()))
        .collect();
    keep(app, 0, first, &hashes).await?;
    // A tile of the next level is full once in 65,536 leaves: looked for by its number.
    let (mut level, mut from, mut size) = (1, first, end);
    while from / TILE_WIDTH < size / TILE_WIDTH {
        let (first, end) = (from / TILE_WIDTH, size / TILE_WIDTH);
        let [rows] = app
            .db
            .batch([audit_log::roots(
                level - 1,
                first * TILE_WIDTH,
                end * TILE_WIDTH,
            )])
            .await?;
        let hashes = reading::joined(&rows.rows()?)?;
        keep(app, level, first, &hashes).await?;
        (level, from, size) = (level + 1, first, end);
    }
    Ok(())
}

/// Keeps full tiles of a level, from the `first` on.
async fn keep(app: &App, level: u8, first: u64, hashes: &[Hash]) -> Result<()> {
    let full = |(index, hashes): (u64, &[Hash])| {
        let root =
            Tile::root(hashes).ok_or_else(|| Problem::internal("the audit log lacks a leaf"))?;
        Ok((level, index, root, hashes.to_vec()))
    };
    let tiles: Vec<_> = (first..)
        .zip(hashes.chunks(256))
        .map(full)
        .collect::<Result<_>>()?;
    app.db.batch([audit_log::put_tiles(&tiles)]).await?;
    Ok(())
}
