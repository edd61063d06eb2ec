//! D1's file, through SQLite.
//!
//! SQLite is the one that Node has built in: it is here already, and nothing of ours has touched
//! what it reads.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use stack::{Engine, Workspace};

use super::super::disk::{Bytes, files};
use super::{Database, Encoding, Table};

const SCRIPT: &str = include_str!("sqlite.mjs");

/// What the script prints.
#[derive(Deserialize)]
struct Dump {
    schema: Vec<String>,
    tables: BTreeMap<String, Table>,
}

/// The database in workerd's folder of D1, from a copy.
pub(super) fn read(d1: &Path) -> Result<Database> {
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
            ensure!(
                main.is_none(),
                "there are two databases in {}",
                d1.display()
            );
            main = Some(copy);
        }
    }
    let main = main.with_context(|| format!("there is no database in {}", d1.display()))?;
    let dump = sqlite("dump", &main, b"")?;
    let Dump { schema, tables } = serde_json::from_slice(&dump).context("reading the dump")?;
    Ok(Database {
        engine: Engine::D1,
        schema,
        tables,
    })
}

/// The file of a new database.
pub(super) fn write(database: &Database, encoding: Encoding) -> Result<Vec<Bytes>> {
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
        schema: &database.schema,
        tables: &database.tables,
    };
    let folder = tempfile::tempdir().context("making a folder for a database")?;
    let file = folder.path().join("made.sqlite");
    sqlite("make", &file, &serde_json::to_vec(&made)?)?;
    files(folder.path())
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
