//! A row between two databases, as values that both have, and its digest. Sealed values stay
//! sealed: this is bytes from here to there.

use anyhow::{Context as _, Result, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::schema::{Kind, Table};

/// One value.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Sealed(Vec<u8>),
}

/// The cells of a row, in the order of its table's columns.
pub(crate) type Row = Vec<Cell>;

/// A row's primary key: ids and numbers that are plain in either database.
pub(crate) type Key = Vec<Part>;

/// A part of a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Part {
    Integer(i64),
    Text(String),
}

impl Cell {
    /// From what D1 has: base64 where it is sealed, and integers as their digits.
    pub(crate) fn of_d1(kind: Kind, value: Option<String>) -> Result<Self> {
        Ok(match (kind, value) {
            (_, None) => Self::Null,
            (Kind::Text, Some(text)) => Self::Text(text),
            (Kind::Integer, Some(digits)) => Self::Integer(digits.parse()?),
            (Kind::Sealed, Some(text)) => {
                Self::Sealed(STANDARD.decode(text).ok().context("it is not base64")?)
            }
        })
    }

    /// From what PlanetScale has, as the bytes of its reply.
    pub(crate) fn of_planetscale(kind: Kind, value: Option<&[u8]>) -> Result<Self> {
        let Some(bytes) = value else {
            return Ok(Self::Null);
        };
        Ok(match kind {
            Kind::Sealed => Self::Sealed(bytes.to_vec()),
            Kind::Text => Self::Text(std::str::from_utf8(bytes)?.to_owned()),
            Kind::Integer => Self::Integer(std::str::from_utf8(bytes)?.parse()?),
        })
    }

    /// As JSON has it: base64 where it is sealed.
    pub(crate) fn json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Integer(number) => (*number).into(),
            Self::Text(text) => text.clone().into(),
            Self::Sealed(bytes) => STANDARD.encode(bytes).into(),
        }
    }

    /// Put so that no two cells, and no two rows, have the same bytes.
    fn write(&self, hash: &mut Sha256) {
        let (tag, bytes): (u8, &[u8]) = match self {
            Self::Null => (0, &[]),
            Self::Integer(number) => (1, &number.to_be_bytes()),
            Self::Text(text) => (2, text.as_bytes()),
            Self::Sealed(bytes) => (3, bytes),
        };
        hash.update([tag]);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    }
}

/// The SHA-256 of a row.
pub(crate) fn digest(row: &Row) -> [u8; 32] {
    let mut hash = Sha256::new();
    for cell in row {
        cell.write(&mut hash);
    }
    hash.finalize().into()
}

/// A row's primary key.
pub(crate) fn key(table: &Table, row: &Row) -> Result<Key> {
    let part = |name: &String| {
        let at = table.columns.iter().position(|column| column.name == *name);
        match at.and_then(|at| row.get(at)) {
            Some(Cell::Integer(number)) => Ok(Part::Integer(*number)),
            Some(Cell::Text(text)) => Ok(Part::Text(text.clone())),
            _ => bail!("{}.{name} is no part of a key", table.name),
        }
    };
    table.primary_key.iter().map(part).collect()
}

/// A key as an operator reads it.
pub(crate) fn shown(key: &Key) -> String {
    let parts = key.iter().map(|part| match part {
        Part::Integer(number) => number.to_string(),
        Part::Text(text) => text.clone(),
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_give_the_same_row() {
        let d1 = [
            Cell::of_d1(Kind::Text, Some("ab".into())).unwrap(),
            Cell::of_d1(Kind::Integer, Some("-7".into())).unwrap(),
            Cell::of_d1(Kind::Sealed, Some("/wAB".into())).unwrap(),
            Cell::of_d1(Kind::Sealed, None).unwrap(),
        ];
        let planetscale = [
            Cell::of_planetscale(Kind::Text, Some(b"ab")).unwrap(),
            Cell::of_planetscale(Kind::Integer, Some(b"-7")).unwrap(),
            Cell::of_planetscale(Kind::Sealed, Some(&[0xff, 0, 1])).unwrap(),
            Cell::of_planetscale(Kind::Sealed, None).unwrap(),
        ];
        assert_eq!(digest(&d1.to_vec()), digest(&planetscale.to_vec()));
        assert!(Cell::of_d1(Kind::Sealed, Some("no base64!".into())).is_err());
    }

    #[test]
    fn no_two_rows_have_the_same_digest() {
        let text = |text: &str| Cell::Text(text.into());
        let rows = [
            vec![text("a"), text("bc")],
            vec![text("ab"), text("c")],
            vec![text("abc")],
            vec![Cell::Sealed(b"abc".to_vec())],
            vec![Cell::Null, text("abc")],
            vec![text("abc"), Cell::Null],
            vec![text("")],
            vec![Cell::Null],
        ];
        let digests: std::collections::BTreeSet<_> = rows.iter().map(digest).collect();
        assert_eq!(digests.len(), rows.len());
    }
}
