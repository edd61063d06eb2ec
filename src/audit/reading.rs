//! What everyone may read of the log: checkpoints, tiles, entries. Only what has been
//! signed is served: a tile that reaches behind the last checkpoint is none yet.

use tlog::{Checkpoint, EMPTY_ROOT, Hash, SignedNote, TILE_WIDTH, Tile, Tiles, bundle, leaf_hash};

use super::signer;
use crate::{
    app::App,
    problem::{Problem, Result},
    store::{
        audit_log::{self, CheckpointRow, HashesRow},
        engine::{Rows, Statement},
    },
};

/// The newest signed head. One batch.
pub(crate) async fn checkpoint(app: &App) -> Result<String> {
    let [row] = app.db.batch([audit_log::last_checkpoint()]).await?;
    match row.rows()?.first::<CheckpointRow>()? {
        Some(row) => Ok(row.note),
        None => signer::note(app, &nothing_yet(app)).await,
    }
}

/// The newest head with all that there is, for a mail: so that heads leave our hands. Two
/// batches, or six.
pub(crate) async fn head_for_a_mail(app: &App) -> Result<String> {
    super::grow(app).await?;
    let head = checkpoint(app).await?;
    Ok(format!(
        "The audit log as it is now; keep it, and verify.py shows that the log only grew:\n\n{head}"
    ))
}

/// The head of a log without leaves.
fn nothing_yet(app: &App) -> Checkpoint {
    Checkpoint {
        origin: signer::origin(app),
        size: 0,
        root: EMPTY_ROOT,
    }
}

/// The head out of a row of it.
pub(super) fn head(app: &App, rows: &Rows) -> Result<Checkpoint> {
    let Some(row) = rows.first::<CheckpointRow>()? else {
        return Ok(nothing_yet(app));
    };
    let note = SignedNote::parse(row.note.as_bytes());
    note.ok()
        .and_then(|note| Checkpoint::parse(note.text()).ok())
        .ok_or_else(|| Problem::internal("a checkpoint that is none"))
}

/// The tile that a path names. `None`: there is no such tile, or not yet. One batch.
pub(crate) async fn tile(app: &App, path: &str) -> Result<Option<Vec<u8>>> {
    let Some((tile, entries)) = Tile::parse(path) else {
        return Ok(None);
    };
    let rows = if entries {
        leaves_of(&tile)
    } else {
        hashes_of(&tile)
    };
    let [last, rows] = app.db.batch([audit_log::last_checkpoint(), rows]).await?;
    let signed = last.rows()?.first::<CheckpointRow>()?;
    if !tile.is_in(signed.map_or(0, |row| row.size)) {
        return Ok(None);
    }
    let rows = rows.rows()?;
    let body = if entries {
        let leaves: Vec<(String,)> = rows.all()?;
        if leaves.len() != usize::from(tile.width) {
            return Err(Problem::internal("the audit log lacks a leaf"));
        }
        bundle(leaves.iter().map(|(leaf,)| leaf.as_bytes()))
            .map_err(|_| Problem::internal("a leaf that is too long"))?
    } else {
        let hashes = read(&tile, &rows)?;
        hashes.into_iter().flat_map(|hash| hash.0).collect()
    };
    Ok(Some(body))
}

/// These tiles, at the cost of one batch.
pub(super) async fn tiles_of(app: &App, wanted: Vec<Tile>) -> Result<Tiles> {
    let mut tiles = Tiles::new();
    if wanted.is_empty() {
        return Ok(tiles);
    }
    let batch: Vec<Statement> = wanted.iter().map(hashes_of).collect();
    let outcomes = app.db.batch_all(&batch).await?;
    for (tile, outcome) in wanted.iter().zip(outcomes) {
        tiles.put(tile.level, tile.index, read(tile, &outcome.rows()?)?);
    }
    Ok(tiles)
}

fn leaves_of(tile: &Tile) -> Statement {
    let first = tile.index * TILE_WIDTH;
    audit_log::leaves(first, first + u64::from(tile.width))
}

/// The statement that brings a tile's hashes: of a full one as it was kept, of another
/// what it is made of.
fn hashes_of(tile: &Tile) -> Statement {
    let first = tile.index * TILE_WIDTH;
    match tile.level {
        level if tile.is_full() => audit_log::tile(level, tile.index),
        0 => leaves_of(tile),
        level => audit_log::roots(level - 1, first, first + u64::from(tile.width)),
    }
}

fn read(tile: &Tile, rows: &Rows) -> Result<Vec<Hash>> {
    let hashes = if tile.level == 0 && !tile.is_full() {
        let leaves: Vec<(String,)> = rows.all()?;
        let hash = |(leaf,): &(String,)| leaf_hash(leaf.as_bytes());
        leaves.iter().map(hash).collect()
    } else {
        joined(rows)?
    };
    if hashes.len() == usize::from(tile.width) {
        Ok(hashes)
    } else {
        Err(Problem::internal("the audit log lacks a leaf or a tile"))
    }
}

/// The hashes of all rows.
pub(super) fn joined(rows: &Rows) -> Result<Vec<Hash>> {
    let rows: Vec<HashesRow> = rows.all()?;
    let mut hashes = Vec::new();
    for row in &rows {
        hashes.extend(row.hashes()?);
    }
    Ok(hashes)
}
