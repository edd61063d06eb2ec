//! What a backup is: its segments by name and digest, the columns of its tables, the backups it
//! builds on. Encrypted as they are; its own digest stands in the audit log, and beside it in a note
//! (<https://c2sp.org/signed-note>) that the log's key signed: whoever can write to the bucket, and
//! knows whom backups are for, makes no backup of ours.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{
    Backup,
    segment::FORMAT,
    source::{HERS, KEYS, MONTH, SHARED, Source},
};
use crate::{
    app::App,
    audit,
    id::hex,
    platform::Timestamp,
    problem::{Problem, Result},
    store::backups::{self, BackupRow, SegmentRow},
};

/// Segments that are read at once.
const PAGE: u32 = 1_000;
/// The newest migration, which says what a database must be to take the rows.
pub(super) const SCHEMA: &str = "0007_backup";

#[derive(Serialize)]
struct Manifest<'a> {
    format: &'static str,
    backup: u32,
    /// The whole one that it builds on; itself where it is whole.
    base: u32,
    /// The one before: all from `base` on are needed. None where it is whole.
    previous: Option<u32>,
    started_at: String,
    finished_at: String,
    engine: &'static str,
    schema: &'static str,
    deployment: Option<&'a str>,
    /// How many leaves of the audit log it has.
    log_size: u64,
    /// Who can open it.
    recipients: Vec<String>,
    columns: BTreeMap<&'static str, &'static [&'static str]>,
    segments: Vec<Segment>,
}

#[derive(Serialize)]
struct Segment {
    name: String,
    /// Of the object as it is stored, in hex.
    sha256: String,
    bytes: u64,
    lines: u64,
}

impl From<SegmentRow> for Segment {
    fn from(row: SegmentRow) -> Self {
        Self {
            name: row.name,
            sha256: row.sha256,
            bytes: row.bytes,
            lines: row.units,
        }
    }
}

/// A manifest that is stored.
pub(super) struct Stored {
    pub(super) name: String,
    /// Of the object, in hex.
    pub(super) sha256: String,
    /// Of all the segments.
    pub(super) bytes: u64,
}

/// Stores the manifest of a backup that has `count` segments. A batch for each thousand of them,
/// and two requests.
pub(super) async fn store(
    app: &App,
    backup: &Backup,
    row: &BackupRow,
    previous: Option<u32>,
    count: u32,
) -> Result<Stored> {
    let mut segments: Vec<Segment> = Vec::new();
    while segments.len() < count as usize {
        let from = u32::try_from(segments.len()).unwrap_or(u32::MAX);
        let [rows] = app
            .db
            .batch([backups::segments(row.id, from, PAGE)])
            .await?;
        let rows: Vec<SegmentRow> = rows.rows()?.all()?;
        if rows.is_empty() {
            return Err(Problem::internal("a segment that was noted is gone"));
        }
        segments.extend(rows.into_iter().map(Segment::from));
    }
    let sources = HERS.iter().chain(SHARED).chain([&MONTH, &KEYS]);
    let columns = |source: &Source| (source.name, source.select.columns);
    let bytes = segments.iter().map(|segment| segment.bytes).sum();
    let manifest = Manifest {
        format: FORMAT,
        backup: row.id,
        base: row.base,
        previous: previous.filter(|_| row.id != row.base),
        started_at: row.started_at.rfc3339(),
        finished_at: Timestamp::now().rfc3339(),
        engine: app.db.engine(),
        schema: SCHEMA,
        deployment: app.config.deployment.as_deref(),
        log_size: row.log_size,
        recipients: backup.recipients(),
        columns: sources.map(columns).collect(),
        segments,
    };
    let text = serde_json::to_vec(&manifest);
    let text = text.map_err(|_| Problem::internal("a manifest as no JSON"))?;
    let object = backup.seal(&text)?;
    let name = format!("manifests/{:08}.age", row.id);
    let sha256 = hex(&Sha256::digest(&object));
    let note = audit::sign_text(app, format!("{FORMAT}\n{}\n{sha256}\n", row.id)).await?;
    backup.put(&name, &object).await?;
    backup
        .put(&format!("manifests/{:08}.note", row.id), note.as_bytes())
        .await?;
    Ok(Stored {
        name,
        sha256,
        bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_it_names_is_the_newest() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let names = std::fs::read_dir(folder).unwrap().flatten();
        let paths = names.map(|entry| entry.path());
        let sql = paths.filter(|path| path.extension().is_some_and(|end| end == "sql"));
        assert_eq!(sql.max().unwrap().file_stem().unwrap(), SCHEMA);
    }

    #[test]
    fn a_table_has_the_same_columns_wherever_it_is_read() {
        let mut seen = BTreeMap::new();
        for source in HERS.iter().chain(SHARED).chain([&MONTH, &KEYS]) {
            let columns = source.select.columns;
            assert_eq!(*seen.entry(source.name).or_insert(columns), columns);
        }
    }
}
