//! The positive control: the files of a real database of the same engine, schema and rows, with
//! what was sealed in the clear, searched as the database's own were.

use anyhow::Result;

use super::super::database::{Cell, Database, Encoding};
use super::super::opener::Opened;
use super::super::promise::Checks;
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
    let made = |database: &Database, encoding| -> Result<Vec<u8>> {
        let files = database.write(encoding)?.into_iter();
        Ok(files.flat_map(|file| file.bytes).collect())
    };
    let unsealed = opened.database.ours();
    let count = sealed.values().len();
    for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be] {
        let bytes = made(&unsealed, encoding)?;
        checks.none(
            format!("control: the same search over an unsealed copy in {encoding} finds every one"),
            sealed.missing(&bytes),
            format!("all {count}, in {} bytes", bytes.len()),
        );
    }
    let few = made(&only_rows_with(sealed, &unsealed), Encoding::Utf8)?;
    let ways = ways(&without_gaps(&few));
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
            "all {count}, in each of {} encodings of the files",
            ways.len()
        ),
    );
    // The same rows, sealed, in files made the same way: it is the seal that hides them.
    let bytes = made(&database.ours(), Encoding::Utf8)?;
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
            let cells = row.iter().filter_map(Cell::text);
            cells
                .map(|cell| values.find(cell.as_bytes()))
                .any(|found| !found.is_empty())
        });
    }
    database
}

/// Without long stretches of nothing, which is most of a new database: no value has any in it.
fn without_gaps(bytes: &[u8]) -> Vec<u8> {
    const LONG: usize = 64;
    let mut zeros = 0;
    let kept = bytes.iter().filter(|byte| {
        zeros = if **byte == 0 { zeros + 1 } else { 0 };
        zeros <= LONG
    });
    kept.copied().collect()
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

    #[test]
    fn only_long_stretches_of_nothing_are_left_out() {
        let gap = [b"one".to_vec(), vec![0; 100], b"t\0w\0o\0".to_vec()].concat();
        let kept = without_gaps(&gap);
        assert_eq!(
            kept,
            [b"one".to_vec(), vec![0; 64], b"t\0w\0o\0".to_vec()].concat()
        );
    }
}
