//! The schema of a database at PlanetScale: numbered SQL files, each applied once. The table
//! `schema_migration` says which ones were.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use planetscale::{Error, SqlErrorKind, Value};

use super::{Branch, BranchError};
use crate::error::{StackError, While as _};

const KNOWN: &str = "\
    CREATE TABLE IF NOT EXISTS schema_migration (name VARCHAR(255) NOT NULL PRIMARY KEY) \
    DEFAULT CHARACTER SET ascii COLLATE ascii_bin";

/// A migration that a database does not have yet.
pub struct Migration {
    /// Its file's name.
    pub name: String,
    /// What it runs, in order.
    pub statements: Vec<String>,
}

impl Migration {
    /// All of a folder's, in order.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn all(folder: &Path) -> Result<Vec<Self>, StackError> {
        let read = |path: PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let text =
                fs::read_to_string(&path).during(|| format!("reading {}", path.display()))?;
            Ok(Self {
                name: name.into_owned(),
                statements: statements(&text),
            })
        };
        migrations(folder)?.into_iter().map(read).collect()
    }
}

impl Branch {
    /// Applies the migrations of a folder that the database does not have yet, in order;
    /// their names.
    ///
    /// # Errors
    /// When a file cannot be read or a statement is refused.
    pub fn migrate(&self, folder: &Path) -> Result<Vec<String>, StackError> {
        let pending = self.pending(folder)?;
        for migration in &pending {
            self.apply(migration)?;
        }
        Ok(pending.into_iter().map(|pending| pending.name).collect())
    }

    /// The migrations of a folder that the database does not have yet, in order. Changes
    /// nothing.
    ///
    /// # Errors
    /// When a file cannot be read, or the database does not answer.
    pub fn pending(&self, folder: &Path) -> Result<Vec<Migration>, StackError> {
        let known = self.known()?;
        let mut pending = Migration::all(folder)?;
        pending.retain(|migration| !known.contains(&migration.name));
        Ok(pending)
    }

    /// The names of those that were applied.
    fn known(&self) -> Result<BTreeSet<String>, StackError> {
        let reply = match self.ask("SELECT name FROM schema_migration") {
            Ok(reply) => reply,
            Err(error) if is_of_a_missing_table(&error) => return Ok(BTreeSet::new()),
            Err(error) => return Err(refused(&error)),
        };
        let name = |row: planetscale::Row<'_>| row.text(0).ok().flatten().map(str::to_owned);
        Ok(reply.rows().filter_map(name).collect())
    }

    /// Applies one.
    ///
    /// MySQL commits each CREATE by itself: a migration that fails half-way is to be mended
    /// by hand, and says where it stopped.
    ///
    /// # Errors
    /// When a statement is refused.
    pub fn apply(&self, migration: &Migration) -> Result<(), StackError> {
        let Migration { name, statements } = migration;
        self.ask(KNOWN).map_err(|error| refused(&error))?;
        for (at, sql) in statements.iter().enumerate() {
            self.ask(sql).map_err(|error| {
                let told = format!(
                    "{name}: statement {} of {} was refused, those before it are in place: {}\n{sql}",
                    at + 1,
                    statements.len(),
                    refused(&error),
                );
                StackError::Unexpected(told)
            })?;
        }
        let known = "INSERT INTO schema_migration (name) VALUES (?)";
        self.run(known, &[Value::Text(name)]).map(drop)
    }
}

fn is_of_a_missing_table(error: &BranchError) -> bool {
    matches!(&error.failure.error, Error::Sql(error) if error.kind() == SqlErrorKind::NoSuchTable)
}

/// What is said about a schema quotes nobody's data.
fn refused(error: &BranchError) -> StackError {
    StackError::Unexpected(error.private_message())
}

/// The numbered SQL files of a folder, in order.
///
/// # Errors
/// When the folder cannot be read.
pub fn migrations(folder: &Path) -> Result<Vec<PathBuf>, StackError> {
    let context = || format!("reading {}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).during(context)? {
        let path = entry.during(context)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_numbered = name.starts_with(|first: char| first.is_ascii_digit());
        if is_numbered && path.extension().is_some_and(|extension| extension == "sql") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The statements of a migration: each ends a line with `;`. Comments go.
fn statements(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"))
        .collect();
    let whole = format!("{}\n", lines.join("\n"));
    let parts = whole.split(";\n").map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn a_migration_is_cut_at_the_ends_of_its_statements() {
        let text = "-- What; it is.\nCREATE TABLE a (\n  -- a; b\n  id INT\n);\n\nDROP TABLE b;\n";
        assert_eq!(
            statements(text),
            ["CREATE TABLE a (\n  id INT\n)", "DROP TABLE b"]
        );
    }
}
