//! Where a move comes from: a D1 database, as the file that workerd keeps it in, or as the SQL
//! that `wrangler d1 export` makes of one at Cloudflare. Only read.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Serialize;
use stack::NodeProgram;
use tempfile::TempDir;

use super::plan::Filter;
use super::row::{Cell, Key, Part, Row};
use crate::schema::{Kind, Schema, Table};

const SCRIPT: &str = include_str!("d1.mjs");

/// The most that a page holds: one INSERT of it stays small, and so do both databases' replies.
const PAGE_CHARACTERS: usize = 1 << 20;

/// A D1 database, at one moment.
pub(super) struct D1 {
    program: NodeProgram,
    // What an export was read into.
    _made: Option<TempDir>,
}

#[derive(Serialize)]
struct Query<'a> {
    sql: &'a str,
    values: Vec<&'a Part>,
    characters: usize,
}

impl D1 {
    /// Opens a database file, the folder of an instance, or an export (`.sql`).
    pub(super) fn open(path: &Path) -> Result<Self> {
        if path.extension().is_some_and(|extension| extension == "sql") {
            ensure!(path.is_file(), "{} is no file", path.display());
            let made = tempfile::tempdir().context("making a folder for the export's rows")?;
            let database = made.path().join("d1.sqlite");
            let program = NodeProgram::start(SCRIPT, [path, &database])?;
            return Ok(Self {
                program,
                _made: Some(made),
            });
        }
        let file = if path.is_dir() {
            database_below(path)?
        } else {
            path.to_owned()
        };
        ensure!(file.is_file(), "{} is no file", file.display());
        Ok(Self {
            program: NodeProgram::start(SCRIPT, [&file])?,
            _made: None,
        })
    }

    /// Whether it has the tables and columns of these migrations, and no others.
    pub(super) fn check(&mut self, schema: &Schema) -> Result<()> {
        // The platform's own begin so.
        let tables = "SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE \
                      '\\_cf\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND \
                      name<>'d1_migrations'";
        let found = self.names(tables, &[])?;
        let ours = schema.tables.iter().map(|table| table.name.clone());
        same("tables", &ours.collect(), &found)?;
        for table in &schema.tables {
            let columns = "SELECT name FROM pragma_table_info(?)";
            let found = self.names(columns, &[Part::Text(table.name.clone())])?;
            let ours = table.columns.iter().map(|column| column.name.clone());
            same(&table.name, &ours.collect(), &found)?;
        }
        Ok(())
    }

    /// The next rows of a table after a key, ordered by the primary key.
    pub(super) fn page(
        &mut self,
        table: &Table,
        filter: Option<&Filter>,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<Row>> {
        let columns = table.columns.iter().map(|column| match column.kind {
            // A number of JavaScript's is not exact.
            Kind::Integer => format!("CAST(\"{0}\" AS TEXT)", column.name),
            Kind::Text | Kind::Sealed => format!("\"{}\"", column.name),
        });
        let columns: Vec<String> = columns.collect();
        let key: Vec<String> = table
            .primary_key
            .iter()
            .map(|c| format!("\"{c}\""))
            .collect();
        let key = key.join(",");
        let mut conditions = Vec::new();
        let mut values = Vec::new();
        if let Some(filter) = filter {
            let places = vec!["?"; filter.values.len()].join(",");
            conditions.push(format!("\"{}\" IN ({places})", filter.column));
            values.extend(&filter.values);
        }
        if let Some(after) = after {
            let places = vec!["?"; after.len()].join(",");
            conditions.push(format!("({key}) > ({places})"));
            values.extend(after);
        }
        let mut sql = format!("SELECT {} FROM \"{}\"", columns.join(","), table.name);
        if !conditions.is_empty() {
            sql.push_str(" WHERE ");
            sql.push_str(&conditions.join(" AND "));
        }
        let _ = write!(sql, " ORDER BY {key} LIMIT {limit}");
        let rows: Vec<Vec<Option<String>>> = self.query(&sql, values)?;
        rows.into_iter().map(|row| cells(table, row)).collect()
    }

    /// One column of text.
    pub(super) fn names(&mut self, sql: &str, values: &[Part]) -> Result<BTreeSet<String>> {
        let rows: Vec<Vec<String>> = self.query(sql, values.iter().collect())?;
        Ok(rows.into_iter().flatten().collect())
    }

    fn query<R: serde::de::DeserializeOwned>(
        &mut self,
        sql: &str,
        values: Vec<&Part>,
    ) -> Result<R> {
        let query = Query {
            sql,
            values,
            characters: PAGE_CHARACTERS,
        };
        self.program.ask(&query).context("reading D1")
    }
}

fn cells(table: &Table, row: Vec<Option<String>>) -> Result<Row> {
    let pairs = table.columns.iter().zip(row);
    pairs
        .map(|(column, value)| {
            let context = || format!("a value of {}.{} in D1", table.name, column.name);
            Cell::of_d1(column.kind, value).with_context(context)
        })
        .collect()
}

fn same(what: &str, ours: &BTreeSet<String>, found: &BTreeSet<String>) -> Result<()> {
    let list = |names: Vec<&String>| names.into_iter().cloned().collect::<Vec<_>>().join(", ");
    let missing = list(ours.difference(found).collect());
    let more = list(found.difference(ours).collect());
    if missing.is_empty() && more.is_empty() {
        return Ok(());
    }
    bail!(
        "D1's schema is not that of this checkout's migrations ({what}: lacks [{missing}], has \
         besides [{more}]): `npx wrangler d1 migrations apply DB` first, or take the checkout \
         that is deployed"
    )
}

/// The one D1 database below a folder that wrangler or an instance keeps its state in.
fn database_below(folder: &Path) -> Result<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        let context = || format!("reading {}", folder.display());
        for entry in fs::read_dir(&folder).with_context(context)? {
            let path = entry.with_context(context)?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let is_database = path.extension().is_some_and(|e| e == "sqlite")
                && path.file_stem().is_some_and(|stem| stem != "metadata");
            let mut names = path.components().map(|c| c.as_os_str().to_string_lossy());
            if is_database && names.any(|name| name.contains("D1Database")) {
                found.push(path);
            }
        }
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => bail!("there is no D1 database below {}", folder.display()),
        _ => bail!(
            "there are several D1 databases below {}: name one",
            folder.display()
        ),
    }
}
