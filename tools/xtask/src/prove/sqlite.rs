//! The database file itself: what a thief of it has. Read as bytes, and through SQLite as rows;
//! written for the positive control.
//!
//! SQLite is the one that Node has built in: it is here already, and nothing of ours has touched
//! what it reads.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stack::Workspace;

const SCRIPT: &str = include_str!("sqlite.mjs");

/// Tables and their rows.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Database {
    /// The statements that made it.
    pub(super) schema: Vec<String>,
    pub(super) tables: BTreeMap<String, Table>,
}

/// A table.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Table {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Value>>,
}

/// A file and what is in it.
pub(super) struct Bytes {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
}

/// Every file below a folder.
pub(super) fn files(folder: &Path) -> Result<Vec<Bytes>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            found.push(Bytes { path, bytes });
        }
    }
    Ok(found)
}

impl Database {
    /// The one of an instance that does not run, from copies of its files: `state/v3/d1`.
    pub(super) fn of_instance(d1: &Path) -> Result<Self> {
        let copies = tempfile::tempdir().context("making a folder for copies")?;
        let mut main = None;
        for file in files(d1)? {
            let name = file.path.file_name().context("a file without a name")?;
            // The other database there is workerd's own, of objects and their alarms.
            if name.to_string_lossy().starts_with("metadata") {
                continue;
            }
            let copy = copies.path().join(name);
            fs::write(&copy, &file.bytes).with_context(|| format!("writing {}", copy.display()))?;
            if copy
                .extension()
                .is_some_and(|extension| extension == "sqlite")
            {
                anyhow::ensure!(
                    main.is_none(),
                    "there are two databases in {}",
                    d1.display()
                );
                main = Some(copy);
            }
        }
        let main = main.with_context(|| format!("there is no database in {}", d1.display()))?;
        serde_json::from_slice(&sqlite("dump", &main, b"")?).context("reading the dump")
    }

    /// Writes it to a new file, in this encoding of SQLite's.
    pub(super) fn write(&self, file: &Path, encoding: &str) -> Result<()> {
        #[derive(Serialize)]
        struct Made<'a> {
            before: [String; 2],
            schema: &'a [String],
            tables: &'a BTreeMap<String, Table>,
        }
        let made = Made {
            // Of the largest pages, so that no value is torn apart between two.
            before: [
                "PRAGMA page_size=65536".into(),
                format!("PRAGMA encoding='{encoding}'"),
            ],
            schema: &self.schema,
            tables: &self.tables,
        };
        sqlite("make", file, &serde_json::to_vec(&made)?).map(drop)
    }

    /// Every cell, and what it is called: `table.column`.
    pub(super) fn cells(&self) -> impl Iterator<Item = (String, &Value)> {
        self.tables.iter().flat_map(|(name, table)| {
            table.rows.iter().flat_map(move |row| {
                let cells = table.columns.iter().zip(row);
                cells.map(move |(column, value)| (format!("{name}.{column}"), value))
            })
        })
    }

    /// How many rows each table has.
    pub(super) fn counts(&self) -> BTreeMap<&str, usize> {
        self.tables
            .iter()
            .map(|(name, table)| (name.as_str(), table.rows.len()))
            .collect()
    }
}

impl Table {
    /// A cell by its column.
    pub(super) fn cell<'a>(&self, row: &'a [Value], column: &str) -> Option<&'a Value> {
        let at = self.columns.iter().position(|name| name == column)?;
        row.get(at)
    }
}

fn sqlite(task: &str, file: &Path, input: &[u8]) -> Result<Vec<u8>> {
    let mut node = Workspace::here().node_program("node")?;
    node.args([
        "--no-warnings",
        "--input-type=module",
        "--eval",
        SCRIPT,
        "--",
        task,
    ])
    .arg(file);
    node.stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut running = node.spawn().context("starting node")?;
    if let Some(mut stdin) = running.stdin.take() {
        stdin.write_all(input).context("writing to node")?;
    }
    let done = running.wait_with_output().context("waiting for node")?;
    if !done.status.success() {
        bail!("SQLite: {}", String::from_utf8_lossy(&done.stderr));
    }
    Ok(done.stdout)
}
