//! The schema of the database as its migrations state it, in both dialects: tables, columns,
//! keys, indexes, CHECKs. `cargo xtask move` copies by it, and a test keeps the two in step.
//!
//! It knows the statements that our migrations have and refuses every other, so that none is
//! overlooked.

#[cfg(test)]
mod expand;
#[cfg(test)]
mod in_step;
mod read;
#[cfg(test)]
mod vschema;

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, Result};
use stack::Workspace;

/// Whose words a migration is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `migrations/`: SQLite, as D1 has it.
    D1,
    /// `migrations/mysql/`: MySQL, as PlanetScale has it.
    MySql,
}

impl Dialect {
    /// Where its migrations are, from the workspace's root.
    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Self::D1 => "migrations",
            Self::MySql => "migrations/mysql",
        }
    }
}

/// All tables, in the order in which the migrations make them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schema {
    pub(crate) tables: Vec<Table>,
}

/// A table.
#[cfg_attr(
    not(test),
    allow(dead_code, reason = "what a move does not ask, a test does")
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) primary_key: Vec<String>,
    /// The columns of each unique key but the primary one.
    unique: BTreeSet<Vec<String>>,
    indexes: Vec<Index>,
    checks: BTreeSet<String>,
}

/// A column.
#[cfg_attr(
    not(test),
    allow(dead_code, reason = "what a move does not ask, a test does")
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    nullable: bool,
    default: Option<String>,
    /// How many characters or bytes fit, where the type says so.
    length: Option<u64>,
    /// What text is compared by: the column's own, else the table's.
    collation: Option<String>,
}

/// What a column holds, whatever the dialect calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An id, a token, a word of ours: ASCII.
    Text,
    Integer,
    /// What the vault made, and hashes: base64 in D1, bytes in MySQL.
    Sealed,
}

/// An index that is not a key.
#[cfg_attr(
    not(test),
    allow(dead_code, reason = "what a move does not ask, a test does")
)]
#[derive(Clone, Debug, PartialEq, Eq)]
struct Index {
    name: String,
    columns: Vec<String>,
    /// Columns that a partial index's condition sets equal to a constant; none is an index of
    /// all rows, an empty list a condition of another form.
    only_where: Option<Vec<String>>,
}

impl Schema {
    /// As a folder of migrations leaves it.
    pub(crate) fn of(workspace: &Workspace, dialect: Dialect) -> Result<Self> {
        let folder = workspace.path(dialect.folder());
        let mut schema = Self::default();
        for path in stack::migrations(&folder)? {
            let text =
                fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            let context = || format!("reading {}", path.display());
            schema.apply(&text, dialect).with_context(context)?;
        }
        Ok(schema)
    }

    pub(crate) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

impl Table {
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}
