//! MariaDB's data folder, through MariaDB's own program with no server running: what it recovers
//! from the files is what a thief of them would. Neither the stand-in for PlanetScale nor our
//! client of it has a part in this.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use stack::{Engine, Migration, OfflineMariaDb, Workspace};

use super::super::disk::{Bytes, copy, files};
use super::{Cell, Database, Encoding, Table, is_ours};

/// What the database is called in the control; nobody reads it but us.
const CONTROL: &str = "control";

/// MariaDB's own databases.
const SYSTEM: &str = "'mysql','sys','information_schema','performance_schema'";

/// How a cell is to be understood.
#[derive(Clone, Copy)]
enum Kind {
    Integer,
    Text,
    Bytes,
}

/// The database in a data folder, from a copy: reading recovers it, and so changes it.
pub(super) fn read(data: &Path) -> Result<Database> {
    let beside = tempfile::tempdir().context("making a folder for a copy")?;
    let data = copy(data, &beside.path().join("data"))?;
    let server = OfflineMariaDb::at(&data)?;
    let select = |name: &str, what: String| {
        let file = beside.path().join(name);
        let statement = format!("SELECT {what} INTO OUTFILE '{}'", file.display());
        (statement, file)
    };
    let (columns, listed) = select(
        "columns",
        format!(
            "table_schema, table_name, column_name, data_type FROM information_schema.columns \
             WHERE table_schema NOT IN ({SYSTEM}) ORDER BY table_name, ordinal_position"
        ),
    );
    server.run(&[columns])?;
    let listed = fs::read_to_string(listed).context("reading the columns")?;
    let (mut schemas, mut tables) = (Vec::new(), BTreeMap::<&str, Vec<(&str, Kind)>>::new());
    for line in listed.lines() {
        let [schema, table, column, kind] = line.split('\t').collect::<Vec<_>>()[..] else {
            bail!("the column {line:?} is not understood");
        };
        schemas.push(schema);
        let columns = tables.entry(table).or_default();
        columns.push((column, Kind::of(kind)));
    }
    schemas.dedup();
    ensure!(schemas.len() == 1, "not one database but {schemas:?}");
    let selects = tables.iter().map(|(table, columns)| {
        // As bytes, and those in hex: no character set and no escape is in the way.
        let cells = columns
            .iter()
            .map(|(column, _)| format!("HEX(CAST(`{column}` AS BINARY))"));
        let cells: Vec<String> = cells.collect();
        let from = format!("{} FROM `{}`.`{table}`", cells.join(","), schemas.concat());
        select(table, from)
    });
    let (statements, outputs): (Vec<_>, Vec<_>) = selects.unzip();
    server.run(&statements)?;
    let mut read = BTreeMap::new();
    for ((name, columns), output) in tables.iter().zip(outputs) {
        let text = fs::read_to_string(&output).with_context(|| format!("reading {name}"))?;
        let kinds: Vec<Kind> = columns.iter().map(|(_, kind)| *kind).collect();
        let rows: Result<_> = text.lines().map(|line| row(line, &kinds)).collect();
        let table = Table {
            columns: columns.iter().map(|(name, _)| (*name).to_owned()).collect(),
            rows: rows.with_context(|| format!("reading {name}"))?,
        };
        read.insert((*name).to_owned(), table);
    }
    let migrations = Migration::all(&Workspace::here().path("migrations/mysql"))?;
    Ok(Database {
        engine: Engine::PlanetScale,
        schema: migrations
            .into_iter()
            .flat_map(|migration| migration.statements)
            .collect(),
        tables: read,
    })
}

/// Every file of a new server's, with these rows in it.
pub(super) fn write(database: &Database, encoding: Encoding) -> Result<Vec<Bytes>> {
    let folder = tempfile::tempdir().context("making a folder for a database")?;
    let (data, beside) = (folder.path().join("data"), folder.path().join("rows"));
    for made in [&data, &beside] {
        fs::create_dir(made).with_context(|| format!("making {}", made.display()))?;
    }
    let mut statements = vec![
        format!("CREATE DATABASE {CONTROL}"),
        format!("USE {CONTROL}"),
    ];
    statements.extend(database.schema.iter().cloned());
    for (name, table) in database.tables.iter().filter(|(name, _)| is_ours(name)) {
        let file = beside.join(name);
        fs::write(&file, lines(table, encoding)).with_context(|| format!("writing {name}"))?;
        let taken: Vec<String> = (0..table.columns.len())
            .map(|at| format!("@c{at}"))
            .collect();
        let columns = table.columns.iter().zip(&taken);
        let set: Vec<String> = columns
            .map(|(column, taken)| format!("`{column}`=UNHEX({taken})"))
            .collect();
        statements.push(format!(
            "LOAD DATA INFILE '{}' INTO TABLE `{name}` CHARACTER SET binary ({}) SET {}",
            file.display(),
            taken.join(","),
            set.join(","),
        ));
    }
    OfflineMariaDb::at(&data)?.run(&statements)?;
    files(&data)
}

/// A table as the server reads it from a file: a line a row, each cell in hex.
fn lines(table: &Table, encoding: Encoding) -> String {
    let mut lines = String::new();
    for row in &table.rows {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                lines.push('\t');
            }
            // Of our columns those for ids take ASCII only; what was sealed may be in anything.
            let bytes = match cell {
                Cell::Null => {
                    lines.push_str("\\N");
                    continue;
                }
                Cell::Text(text)
                    if table
                        .columns
                        .get(at)
                        .is_some_and(|name| name == super::SEALED) =>
                {
                    encoding.of(text)
                }
                cell => cell.bytes(),
            };
            for byte in bytes {
                let _ = write!(lines, "{byte:02x}");
            }
        }
        lines.push('\n');
    }
    lines
}

fn row(line: &str, kinds: &[Kind]) -> Result<Vec<Cell>> {
    let cells: Vec<&str> = line.split('\t').collect();
    ensure!(cells.len() == kinds.len(), "a row of {} cells", cells.len());
    let cells = cells.into_iter().zip(kinds);
    cells.map(|(cell, kind)| kind.cell(cell)).collect()
}

impl Kind {
    /// By the type's name.
    fn of(data_type: &str) -> Self {
        match data_type {
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => Self::Integer,
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Self::Bytes,
            // Dates and decimals too: they are shown as text, and then looked at.
            _ => Self::Text,
        }
    }

    fn cell(self, hex: &str) -> Result<Cell> {
        if hex == "\\N" {
            return Ok(Cell::Null);
        }
        let pairs = hex.as_bytes().chunks(2);
        let bytes = pairs.map(|pair| {
            u8::from_str_radix(std::str::from_utf8(pair)?, 16).map_err(anyhow::Error::from)
        });
        let bytes = bytes
            .collect::<Result<Vec<u8>>>()
            .context("a cell is no hex")?;
        Ok(match self {
            Self::Bytes => Cell::Bytes(bytes),
            Self::Integer => Cell::Integer(String::from_utf8(bytes)?.parse()?),
            Self::Text => match String::from_utf8(bytes) {
                Ok(text) => Cell::Text(text),
                Err(odd) => Cell::Bytes(odd.into_bytes()),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_as_it_was_written_for_the_server() {
        let row_of = [
            Cell::Text("0a".into()),
            Cell::Integer(-5),
            Cell::Bytes(vec![0, 255, 10, 9]),
            Cell::Null,
        ];
        let columns = ["id", "rev", "wrapped", "month"].map(String::from).to_vec();
        let table = Table {
            columns,
            rows: vec![row_of.to_vec()],
        };
        let text = lines(&table, Encoding::Utf16Le);
        let kinds = [Kind::Text, Kind::Integer, Kind::Bytes, Kind::Text];
        assert_eq!(row(text.trim_end(), &kinds).unwrap(), row_of);
        assert!(row(text.trim_end(), &kinds[1..]).is_err());
    }

    #[test]
    fn what_was_sealed_is_written_in_the_encoding_asked_for() {
        let table = Table {
            columns: vec!["sealed".into()],
            rows: vec![vec![Cell::Text("é".into())]],
        };
        assert_eq!(lines(&table, Encoding::Utf8), "c3a9\n");
        assert_eq!(lines(&table, Encoding::Utf16Be), "00e9\n");
    }
}
