//! A backup as SQL for D1: what `wrangler d1 execute --file` takes. Every statement is below D1's
//! 100 kB, a longer value in pieces; the first aborts where the database has rows already.

use std::fmt::Write as _;
use std::io::{self, Write};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::moving::row::{Cell, Row};
use crate::schema::Table;

/// The longest statement, in bytes.
const LENGTH: usize = 80_000;
/// The longest piece of a value.
const PIECE: usize = 60_000;

/// Aborts unless the database is empty: `abs()` of the least integer overflows.
const GUARD: &str = "-- A restore begins with an empty database.\n\
    SELECT abs(-9223372036854775807 - (EXISTS (SELECT 1 FROM user_key) \
    OR EXISTS (SELECT 1 FROM person) OR EXISTS (SELECT 1 FROM audit_leaf)));\n";

/// SQL on its way to a file.
pub(super) struct Sql<W>(W);

impl<W: Write> Sql<W> {
    pub(super) fn new(mut file: W) -> io::Result<Self> {
        file.write_all(GUARD.as_bytes())?;
        Ok(Self(file))
    }

    /// Inserts rows.
    pub(super) fn put(&mut self, table: &Table, rows: &[Row]) -> io::Result<()> {
        let names: Vec<String> = table.columns.iter().map(|c| quoted(&c.name)).collect();
        let head = format!(
            "INSERT INTO {} ({}) VALUES ",
            quoted(&table.name),
            names.join(",")
        );
        let mut statement = String::new();
        for row in rows {
            let cells: Vec<String> = row.iter().map(literal).collect();
            let is_long = cells.iter().map(String::len).sum::<usize>() > LENGTH;
            let values = if is_long {
                in_pieces(&cells)
            } else {
                cells.clone()
            };
            let values = format!("({})", values.join(","));
            if statement.len() + values.len() > LENGTH {
                self.end(&mut statement)?;
            }
            statement.push_str(if statement.is_empty() { &head } else { "," });
            statement.push_str(&values);
            if is_long {
                self.end(&mut statement)?;
                self.append(table, &cells)?;
            }
        }
        self.end(&mut statement)
    }

    /// The rest of the values of which only the first piece was inserted.
    fn append(&mut self, table: &Table, cells: &[String]) -> io::Result<()> {
        let mut key = String::new();
        for (column, cell) in table.columns.iter().zip(cells) {
            if table.primary_key.contains(&column.name) {
                let and = if key.is_empty() { "" } else { " AND " };
                let _ = write!(key, "{and}{}={cell}", quoted(&column.name));
            }
        }
        for (column, cell) in table.columns.iter().zip(cells) {
            let (column, table) = (quoted(&column.name), quoted(&table.name));
            for piece in pieces(cell).into_iter().skip(1) {
                writeln!(
                    self.0,
                    "UPDATE {table} SET {column}={column}||'{piece}' WHERE {key};"
                )?;
            }
        }
        Ok(())
    }

    fn end(&mut self, statement: &mut String) -> io::Result<()> {
        if !statement.is_empty() {
            writeln!(self.0, "{statement};")?;
            statement.clear();
        }
        Ok(())
    }

    /// Writes what is left.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn literal(cell: &Cell) -> String {
    match cell {
        Cell::Null => "NULL".into(),
        Cell::Integer(number) => number.to_string(),
        Cell::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Cell::Sealed(bytes) => format!("'{}'", STANDARD.encode(bytes)),
    }
}

/// The cells, of each only the first piece.
fn in_pieces(cells: &[String]) -> Vec<String> {
    let first = |cell: &String| match pieces(cell).first() {
        Some(piece) if cell.len() > PIECE => format!("'{piece}'"),
        _ => cell.clone(),
    };
    cells.iter().map(first).collect()
}

/// What stands between a long literal's quotes, in pieces: only what is sealed is long, and that
/// is base64, which has no quotes.
fn pieces(cell: &str) -> Vec<&str> {
    let text = cell
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''));
    match text {
        Some(text) if cell.len() > PIECE && text.is_ascii() => {
            let bytes = text.as_bytes().chunks(PIECE);
            bytes
                .filter_map(|piece| std::str::from_utf8(piece).ok())
                .collect()
        }
        _ => vec![cell],
    }
}

#[cfg(test)]
mod tests {
    use stack::{NodeProgram, Workspace};

    use super::*;
    use crate::schema::{Dialect, Schema};

    const RUN: &str = "\
        import { DatabaseSync } from 'node:sqlite';
        const database = new DatabaseSync(':memory:');
        function answer(sql) {
          if (sql.startsWith('SELECT s')) return database.prepare(sql).all();
          database.exec(sql);
          return [];
        }";

    fn written(rows: &[Row]) -> String {
        let schema = Schema::of(&Workspace::here(), Dialect::D1).unwrap();
        let mut file = Vec::new();
        let mut sql = Sql::new(&mut file).unwrap();
        sql.put(schema.table("account").unwrap(), rows).unwrap();
        sql.finish().unwrap();
        String::from_utf8(file).unwrap()
    }

    fn row(id: &str, sealed: usize) -> Row {
        let text = |text: &str| Cell::Text(text.into());
        let sealed = (0..=250).cycle().take(sealed).collect();
        vec![
            text("u'1"),
            text(id),
            text("i"),
            Cell::Integer(7),
            Cell::Sealed(sealed),
        ]
    }

    #[test]
    fn every_statement_is_short_and_the_rows_are_what_they_were() {
        let sizes = [10, 50_000, 300_000, 0, 59_000];
        let rows: Vec<Row> = sizes
            .iter()
            .enumerate()
            .map(|(at, size)| row(&at.to_string(), *size))
            .collect();
        let sql = written(&rows);
        assert!(sql.lines().all(|line| line.len() < 100_000));
        let mut sqlite = NodeProgram::start(RUN, [""; 0]).unwrap();
        let made = "CREATE TABLE account (user_id TEXT, id TEXT PRIMARY KEY, item_id TEXT, rev INTEGER, sealed TEXT); \
                    CREATE TABLE user_key (a); CREATE TABLE person (a); CREATE TABLE audit_leaf (a);";
        sqlite.ask::<Vec<()>>(&made).unwrap();
        sqlite.ask::<Vec<()>>(&sql).unwrap();
        let found: Vec<serde_json::Value> = sqlite
            .ask(&"SELECT sealed, user_id AS u FROM account ORDER BY id")
            .unwrap();
        for (row, found) in rows.iter().zip(&found) {
            let Some(Cell::Sealed(sealed)) = row.last() else {
                panic!()
            };
            assert_eq!(found["sealed"], STANDARD.encode(sealed));
            assert_eq!(found["u"], "u'1");
        }
        assert_eq!(found.len(), rows.len());
    }

    #[test]
    fn a_database_that_has_rows_is_not_written_to() {
        let mut sqlite = NodeProgram::start(RUN, [""; 0]).unwrap();
        let made = "CREATE TABLE account (user_id TEXT, id TEXT PRIMARY KEY, item_id TEXT, rev INTEGER, sealed TEXT); \
                    CREATE TABLE user_key (a); CREATE TABLE person (a); CREATE TABLE audit_leaf (a); INSERT INTO person VALUES (1);";
        sqlite.ask::<Vec<()>>(&made).unwrap();
        let refused = sqlite.ask::<Vec<()>>(&written(&[row("1", 3)])).unwrap_err();
        assert_eq!(refused.to_string(), "integer overflow");
        let found: Vec<serde_json::Value> = sqlite.ask(&"SELECT sealed FROM account").unwrap();
        assert!(found.is_empty());
    }
}
