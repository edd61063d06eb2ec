//! Replies of the real service, one for every type of column.
//!
//! They are PlanetScale's (Apache-2.0) and not in this repository: the tests read every
//! file of `planetscale/` in the folder that `BALANCE_VECTORS` names, and say so when
//! there is none. `replies.rs` has replies of our own for every form of cell.

use std::path::PathBuf;
use std::{env, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use planetscale::{Cell, ColumnType, Row};
use serde_json::Value;

use crate::reply;

fn results() -> Vec<(String, String)> {
    let Some(folder) = env::var_os("BALANCE_VECTORS").map(PathBuf::from) else {
        eprintln!("skipped: BALANCE_VECTORS names no folder with PlanetScale's replies");
        return Vec::new();
    };
    let files = fs::read_dir(folder.join("planetscale")).expect("the folder of the vectors");
    let results: Vec<_> = files
        .map(|file| file.expect("a folder entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, fs::read_to_string(path).expect("a readable file"))
        })
        .collect();
    assert!(
        !results.is_empty(),
        "no replies in the folder of the vectors"
    );
    results
}

#[test]
fn every_cell_of_the_real_service_is_read_as_its_bytes_and_its_type() {
    for (name, text) in results() {
        let plain: Value = serde_json::from_str(&text).expect("JSON");
        let reply = reply(&text).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        assert_eq!(
            reply.columns().len(),
            plain["fields"].as_array().expect("fields").len()
        );
        assert_eq!(reply.len(), plain["rows"].as_array().expect("rows").len());
        for (row, plain) in reply.rows().zip(plain["rows"].as_array().expect("rows")) {
            let bytes = STANDARD
                .decode(plain["values"].as_str().expect("values"))
                .expect("base64");
            let mut rest = bytes.as_slice();
            for (at, length) in plain["lengths"]
                .as_array()
                .expect("lengths")
                .iter()
                .enumerate()
            {
                let length: i64 = length.as_str().expect("digits").parse().expect("a length");
                let expected = usize::try_from(length).ok().map(|length| {
                    let (cell, tail) = rest.split_at(length);
                    rest = tail;
                    cell
                });
                let column = &reply.columns()[at];
                assert!(
                    !matches!(column.kind(), ColumnType::Other(_)),
                    "{column:?} is unknown"
                );
                assert_eq!(row.bytes(at), Ok(expected), "{name}, {column:?}");
                row.cell(at)
                    .unwrap_or_else(|error| panic!("{name}, {column:?}: {error}"));
            }
            assert!(rest.is_empty());
        }
    }
}

#[test]
fn the_row_of_every_type_has_the_values_that_mysql_shows_for_it() {
    let Some((_, text)) = results()
        .into_iter()
        .find(|(name, _)| name == "database.json")
    else {
        return;
    };
    let reply = reply(&text).expect("a reply");
    let row = reply.row(0).expect("a row");
    let at = |name: &str| {
        reply
            .column(name)
            .unwrap_or_else(|| panic!("no column {name}"))
    };

    for name in ["id", "a", "b", "c", "d", "e"] {
        assert!(row.cell(at(name)) == Ok(Cell::I64(1)), "{name}");
    }
    for name in ["ai", "aj", "ak", "al"] {
        assert!(row.cell(at(name)) == Ok(Cell::U64(1)), "{name}");
        assert_eq!(row.bool(at(name)), Ok(Some(true)));
    }
    assert!(row.cell(at("o")) == Ok(Cell::U64(2006)), "a year");
    for name in ["f", "g"] {
        assert!(row.cell(at(name)) == Ok(Cell::Decimal("1.1")), "{name}");
    }
    for name in ["h", "i"] {
        assert!(row.cell(at(name)) == Ok(Cell::F64(1.1)), "{name}");
    }
    assert!(row.cell(at("k")) == Ok(Cell::Time("1000-01-01")));
    assert!(row.cell(at("l")) == Ok(Cell::Time("1000-01-01 01:01:01")));
    assert!(row.cell(at("m")) == Ok(Cell::Time("1970-01-01 00:01:01")));
    assert!(row.cell(at("n")) == Ok(Cell::Time("01:01:01")));
    assert!(row.cell(at("ad")) == Ok(Cell::Json("{\"ad\": null, \"foo\": \"ü\"}")));
    texts_and_bytes(&row, at);
    assert!(row.cell(at("NULL")) == Ok(Cell::Null));
    assert_eq!(reply.columns()[at("NULL")].kind(), &ColumnType::Null);
}

fn texts_and_bytes(row: &Row<'_>, at: impl Fn(&str) -> usize) {
    let texts = ["p", "q", "x", "y", "z", "aa"].map(|name| (name, name));
    // `xa` and `xb` are BINARY and `xd` a BLOB by name, and text by their charset.
    let odd = [
        ("ab", "foo"),
        ("ac", "foo,bar"),
        ("xa", "xa"),
        ("xb", "xb"),
        ("xd", "xd"),
    ];
    for (name, text) in texts.into_iter().chain(odd) {
        assert!(row.cell(at(name)) == Ok(Cell::Text(text)), "{name}");
        assert_eq!(row.text(at(name)), Ok(Some(text)));
    }
    let bytes: [(&str, &[u8]); 8] = [
        ("j", b"\x07"),
        ("r", b"r\0\0\0"),
        ("s", b"s"),
        ("t", b"t"),
        ("u", b"u"),
        ("v", b"v"),
        ("w", b"w"),
        ("xc", b"xc\0\0"),
    ];
    for (name, bytes) in bytes {
        assert!(row.cell(at(name)) == Ok(Cell::Bytes(bytes)), "{name}");
        assert!(row.text(at(name)).is_err(), "{name} is not text");
    }
    for (name, length) in [("ae", 61), ("af", 25), ("ag", 61), ("ah", 149)] {
        let geometry = row.bytes(at(name)).expect("a cell").expect("not NULL");
        assert_eq!(geometry.len(), length, "{name}");
    }
}
