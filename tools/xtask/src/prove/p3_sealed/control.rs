//! The positive control: a real SQLite file of the same schema and rows, with what was sealed in
//! the clear, searched as the database was.

use std::fs;

use anyhow::{Context as _, Result};

use super::super::opener::Opened;
use super::super::promise::Checks;
use super::super::sqlite::Database;
use super::super::traces::{Search, encodings, reversed};
use super::plants::Plants;

pub(super) fn positive(
    database: &Database,
    opened: &Opened,
    sealed: &Search,
    never_kept: &Search,
    plants: &Plants,
    checks: &mut Checks,
) -> Result<()> {
    let folder = tempfile::tempdir().context("making a folder for the control")?;
    let made = |database: &Database, encoding: &str| -> Result<Vec<u8>> {
        let file = folder.path().join("control");
        let _ = fs::remove_file(&file);
        database.write(&file, encoding)?;
        fs::read(&file).with_context(|| format!("reading {}", file.display()))
    };
    let unsealed = without_workerds(&opened.database);
    let count = sealed.values().len();
    for encoding in ["UTF-8", "UTF-16le", "UTF-16be"] {
        let bytes = made(&unsealed, encoding)?;
        checks.none(
            format!("control: the same search over an unsealed copy in {encoding} finds every one"),
            sealed.missing(&bytes),
            format!("all {count}, in {} bytes", bytes.len()),
        );
    }
    let ways = ways(&made(&only_rows_with(sealed, &unsealed), "UTF-8")?);
    let missing = ways.iter().flat_map(|(form, bytes)| {
        sealed
            .missing(bytes)
            .into_iter()
            .map(move |what| format!("{what} ({form})"))
    });
    checks.none(
        "control: and in the rows that hold them, backwards and in hex and base64",
        missing,
        format!(
            "all {count}, in each of {} encodings of the file",
            ways.len()
        ),
    );
    // The same rows, sealed, in a file made the same way: it is the seal that hides them.
    let bytes = made(&without_workerds(database), "UTF-8")?;
    checks.none(
        "control: over a sealed copy made the same way it finds none",
        sealed.find(&bytes),
        format!("{} bytes", bytes.len()),
    );

    let rows: Vec<u8> = opened
        .payloads
        .iter()
        .flat_map(|(_, payload)| payload.bytes())
        .collect();
    checks.none(
        "what must not be kept is not in the opened rows either",
        never_kept.find(&rows),
        format!(
            "{} values, {} bytes of rows",
            never_kept.values().len(),
            rows.len()
        ),
    );
    let sent: String = plants
        .never_kept()
        .into_iter()
        .map(|value| value.text + "\n")
        .collect();
    checks.none(
        "control: the search finds each of those where it is",
        never_kept.missing(sent.as_bytes()),
        "all",
    );
    Ok(())
}

/// A file's bytes as they are, backwards, and each of both in hex and base64 at each of the ways
/// it can fall, and those backwards.
fn ways(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut ways = Vec::new();
    for (direction, bytes) in [("", bytes.to_vec()), ("backwards, ", reversed(bytes))] {
        for (encoding, written) in encodings(&bytes) {
            ways.push((
                format!("{direction}{encoding}, backwards"),
                reversed(&written),
            ));
            ways.push((format!("{direction}{encoding}"), written));
        }
    }
    ways
}

/// Without the rows that hold no planted value: the rest is to be written down in many ways.
fn only_rows_with(values: &Search, database: &Database) -> Database {
    let mut database = database.clone();
    for table in database.tables.values_mut() {
        table.rows.retain(|row| {
            let cells = row.iter().filter_map(serde_json::Value::as_str);
            cells
                .map(|cell| values.find(cell.as_bytes()))
                .any(|found| !found.is_empty())
        });
    }
    database
}

/// Without the tables that are not ours.
fn without_workerds(database: &Database) -> Database {
    let ours = |name: &str| !name.starts_with("_cf_") && !name.starts_with("d1_migrations");
    let schema = database.schema.iter().filter(|sql| !sql.is_empty());
    Database {
        schema: schema
            .filter(|sql| !sql.contains("_cf_") && !sql.contains("d1_migrations"))
            .cloned()
            .collect(),
        tables: database
            .tables
            .iter()
            .filter(|(name, _)| ours(name))
            .map(|(name, table)| (name.clone(), table.clone()))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_file_is_written_in_every_way_that_the_search_knows() {
        let names: BTreeSet<String> = ways(b"some bytes")
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names.len(), 36);
        assert!(names.contains("backwards, base64url+2, backwards"));
    }
}
