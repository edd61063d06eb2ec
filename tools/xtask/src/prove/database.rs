//! A database's rows, whichever engine keeps them: read from its files, not through the service,
//! and written to new files of the same engine for the positive control.

mod mariadb;
mod sqlite;

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::path::Path;

use anyhow::Result;
use serde::{Deserialize, Serialize};
use stack::Engine;

use super::disk::Bytes;

/// The column that every private value is in.
pub(super) const SEALED: &str = "sealed";

/// Tables that the platform or the tools keep beside ours begin so.
const NOT_OURS: [&str; 3] = ["_cf_", "d1_migrations", "schema_migration"];

/// Tables and their rows.
#[derive(Clone)]
pub(super) struct Database {
    engine: Engine,
    /// The statements that make it.
    schema: Vec<String>,
    pub(super) tables: BTreeMap<String, Table>,
}

/// A table.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Table {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// A value as the database has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    /// Of MariaDB only: D1 keeps bytes as base64.
    Bytes(Vec<u8>),
}

/// How a database writes text down.
#[derive(Clone, Copy)]
pub(super) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

impl Database {
    /// The one whose files are at `folder`. No server runs on them.
    pub(super) fn read(engine: Engine, folder: &Path) -> Result<Self> {
        match engine {
            Engine::D1 => sqlite::read(folder),
            Engine::PlanetScale => mariadb::read(folder),
        }
    }

    /// Every file of a new database of the same engine with these rows, in this encoding.
    pub(super) fn write(&self, encoding: Encoding) -> Result<Vec<Bytes>> {
        match self.engine {
            Engine::D1 => sqlite::write(self, encoding),
            Engine::PlanetScale => mariadb::write(self, encoding),
        }
    }

    /// Without the tables that are not ours.
    pub(super) fn ours(&self) -> Self {
        let mut ours = self.clone();
        ours.tables.retain(|name, _| is_ours(name));
        ours.schema
            .retain(|sql| !NOT_OURS.iter().any(|other| sql.contains(other)));
        ours
    }

    /// Every cell, and what it is called: `table.column`.
    pub(super) fn cells(&self) -> impl Iterator<Item = (String, &Cell)> {
        self.tables.iter().flat_map(|(name, table)| {
            table.rows.iter().flat_map(move |row| {
                let cells = table.columns.iter().zip(row);
                cells.map(move |(column, cell)| (format!("{name}.{column}"), cell))
            })
        })
    }

    /// Every cell as it is, one behind the other: no cell is torn apart here.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (_, cell) in self.cells() {
            bytes.extend(cell.bytes());
            bytes.push(b'\n');
        }
        bytes
    }

    /// How many rows each table has.
    pub(super) fn counts(&self) -> BTreeMap<&str, usize> {
        self.tables
            .iter()
            .map(|(name, table)| (name.as_str(), table.rows.len()))
            .collect()
    }
}

/// Whether a table is of our own schema.
pub(super) fn is_ours(table: &str) -> bool {
    !NOT_OURS.iter().any(|start| table.starts_with(start))
}

impl Table {
    /// A cell by its column.
    pub(super) fn cell<'a>(&self, row: &'a [Cell], column: &str) -> Option<&'a Cell> {
        let at = self.columns.iter().position(|name| name == column)?;
        row.get(at)
    }
}

impl Cell {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Digits and text as UTF-8.
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            other => other.to_string().into_bytes(),
        }
    }
}

impl Display for Cell {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => formatter.write_str("null"),
            Self::Integer(number) => number.fmt(formatter),
            Self::Real(number) => number.fmt(formatter),
            Self::Text(text) => formatter.write_str(text),
            Self::Bytes(bytes) => write!(formatter, "{} bytes", bytes.len()),
        }
    }
}

impl Encoding {
    /// Text as bytes.
    pub(super) fn of(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        }
    }
}

impl Display for Encoding {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16le",
            Self::Utf16Be => "UTF-16be",
        })
    }
}
