//! Where a move goes to: multi-row INSERTs and ranges of rows, each a statement of its own.
//!
//! Nothing here is in a transaction, and nothing needs to be: a row that is written twice is as
//! if it were written once, and the comparison at the end is what says that all are there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use planetscale::{Reply, Value, append};
use serde::Deserialize;
use stack::{Branch, Workspace};

use super::plan::Filter;
use super::row::{Cell, Key, Part, Row};
use crate::schema::{Dialect, Table};

/// How often a statement is tried.
const TRIES: u32 = 6;
/// Before the second try; twice as long before each next.
const PAUSE: Duration = Duration::from_millis(250);

/// A database at PlanetScale, and what its VSchema finds rows by.
pub(crate) struct Database<'b> {
    branch: &'b Branch,
    /// Columns that a row's shard is found by, by table: Vitess does not update them.
    vindexes: BTreeMap<String, BTreeSet<String>>,
}

impl<'b> Database<'b> {
    pub(crate) fn new(branch: &'b Branch, workspace: &Workspace) -> Result<Self> {
        Ok(Self {
            branch,
            vindexes: vindexes(workspace)?,
        })
    }

    /// Writes rows over whatever is there under their keys.
    pub(crate) fn put(&self, table: &Table, rows: &[Row]) -> Result<()> {
        let none = BTreeSet::new();
        let fixed = self.vindexes.get(&table.name).unwrap_or(&none);
        let names: Vec<String> = table.columns.iter().map(|c| quoted(&c.name)).collect();
        let free = table.columns.iter().filter(|column| {
            !table.primary_key.contains(&column.name) && !fixed.contains(&column.name)
        });
        let set: Vec<String> = free
            .map(|column| format!("{0}=VALUES({0})", quoted(&column.name)))
            .collect();
        // A row that is nothing but its key is there, or it is not.
        let insert = if set.is_empty() {
            "INSERT IGNORE"
        } else {
            "INSERT"
        };
        let mut sql = format!(
            "{insert} INTO {} ({}) VALUES ",
            quoted(&table.name),
            names.join(",")
        );
        for (at, row) in rows.iter().enumerate() {
            let values: Vec<Value<'_>> = row.iter().map(value).collect();
            let place = if at == 0 { "?" } else { ",?" };
            append(&mut sql, place, &[Value::List(&values)])?;
        }
        if !set.is_empty() {
            sql.push_str(" ON DUPLICATE KEY UPDATE ");
            sql.push_str(&set.join(","));
        }
        self.ask(table, &sql).map(drop)
    }

    /// Rows of a table after one key and, where given, up to another, ordered by primary key.
    pub(crate) fn range(
        &self,
        table: &Table,
        filter: Option<&Filter>,
        after: Option<&Key>,
        up_to: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<Row>> {
        let names: Vec<String> = table.columns.iter().map(|c| quoted(&c.name)).collect();
        let mut sql = format!("SELECT {} FROM {}", names.join(","), quoted(&table.name));
        let mut conditions = Vec::new();
        conditions.extend(filter.map(condition).transpose()?);
        conditions.extend(after.map(|key| beyond(table, key, ">", ">")).transpose()?);
        conditions.extend(up_to.map(|key| beyond(table, key, "<", "<=")).transpose()?);
        restrict(&mut sql, &conditions);
        let key: Vec<String> = table.primary_key.iter().map(|c| quoted(c)).collect();
        let _ = write!(sql, " ORDER BY {} LIMIT {limit}", key.join(","));
        let reply = self.ask(table, &sql)?;
        let row = |row: planetscale::Row<'_>| -> Result<Row> {
            let columns = table.columns.iter().enumerate();
            columns
                .map(|(at, column)| {
                    let context = || format!("a value of {}.{}", table.name, column.name);
                    let bytes = row.bytes(at).with_context(context)?;
                    Cell::of_planetscale(column.kind, bytes).with_context(context)
                })
                .collect()
        };
        reply.rows().map(row).collect()
    }

    /// How many rows there are.
    pub(crate) fn count(&self, table: &Table, filter: Option<&Filter>) -> Result<u64> {
        let mut sql = format!("SELECT count(*) FROM {}", quoted(&table.name));
        let condition = filter.map(condition).transpose()?;
        restrict(&mut sql, condition.as_slice());
        let reply = self.ask(table, &sql)?;
        let row = reply.rows().next().context("a count without a row")?;
        row.u64(0)?.context("a count that is NULL")
    }

    /// The error names the table and says what is wrong, and quotes no value.
    fn ask(&self, table: &Table, sql: &str) -> Result<Reply> {
        let mut tried = 1;
        loop {
            match self.branch.ask(sql) {
                Ok(reply) => return Ok(reply),
                Err(error) if error.may_pass() && tried < TRIES => {
                    thread::sleep(PAUSE * (1 << tried));
                    tried += 1;
                }
                Err(error) => bail!("{}: {error}", table.name),
            }
        }
    }
}

fn restrict(sql: &mut String, conditions: &[String]) {
    if !conditions.is_empty() {
        sql.push_str(" WHERE ");
        sql.push_str(&conditions.join(" AND "));
    }
}

/// `IN`, or what never holds for a list of nothing.
fn condition(filter: &Filter) -> Result<String> {
    if filter.values.is_empty() {
        return Ok("1=0".into());
    }
    let values: Vec<Value<'_>> = filter.values.iter().map(part).collect();
    let mut sql = format!("{} IN ", quoted(&filter.column));
    append(&mut sql, "?", &[Value::List(&values)])?;
    Ok(sql)
}

/// Keys on one side of a key, in the words that every index serves: `a>? OR (a=? AND b>?)`.
fn beyond(table: &Table, key: &Key, strictly: &str, last: &str) -> Result<String> {
    let mut sql = String::new();
    let columns: Vec<String> = table.primary_key.iter().map(|c| quoted(c)).collect();
    let depth = key.len();
    for (at, (column, bound)) in columns.iter().zip(key).enumerate() {
        let operator = if at + 1 == depth { last } else { strictly };
        sql.push_str(if at == 0 { "(" } else { " OR (" });
        for (column, bound) in columns.iter().zip(key).take(at) {
            append(&mut sql, &format!("{column}=? AND "), &[part(bound)])?;
        }
        append(&mut sql, &format!("{column}{operator}?"), &[part(bound)])?;
        sql.push(')');
    }
    Ok(format!("({sql})"))
}

fn quoted(name: &str) -> String {
    format!("`{name}`")
}

fn value(cell: &Cell) -> Value<'_> {
    match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => Value::I64(*number),
        Cell::Text(text) => Value::Text(text),
        Cell::Sealed(bytes) => Value::Bytes(bytes),
    }
}

fn part(part: &Part) -> Value<'_> {
    match part {
        Part::Integer(number) => Value::I64(*number),
        Part::Text(text) => Value::Text(text),
    }
}

fn vindexes(workspace: &Workspace) -> Result<BTreeMap<String, BTreeSet<String>>> {
    #[derive(Deserialize)]
    struct VSchema {
        keyspaces: BTreeMap<String, Keyspace>,
    }
    #[derive(Deserialize)]
    struct Keyspace {
        tables: BTreeMap<String, Placed>,
    }
    #[derive(Deserialize)]
    struct Placed {
        #[serde(default)]
        column_vindexes: Vec<ColumnVindex>,
    }
    #[derive(Deserialize)]
    struct ColumnVindex {
        column: String,
    }
    let path = workspace.path(Dialect::MySql.folder()).join("vschema.json");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let vschema: VSchema = serde_json::from_str(&text).context("reading the VSchema")?;
    let tables = vschema.keyspaces.into_values().flat_map(|k| k.tables);
    Ok(tables
        .map(|(name, placed)| {
            let columns = placed.column_vindexes.into_iter().map(|by| by.column);
            (name, columns.collect())
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;

    #[test]
    fn a_range_is_cut_between_keys_of_several_columns() {
        let schema = Schema::of(&Workspace::here(), Dialect::MySql).unwrap();
        let table = schema.table("txn_stage").unwrap();
        let key = vec![
            Part::Text("i".into()),
            Part::Integer(2),
            Part::Text("x'".into()),
        ];
        assert_eq!(
            beyond(table, &key, "<", "<=").unwrap(),
            "((`item_id`<'i') OR (`item_id`='i' AND `attempt`<2) OR \
             (`item_id`='i' AND `attempt`=2 AND `id`<='x'''))"
        );
    }

    #[test]
    fn what_finds_a_shard_is_known() {
        let vindexes = vindexes(&Workspace::here()).unwrap();
        let of = |table: &str| {
            vindexes[table]
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
        };
        assert_eq!(of("item"), ["id", "plaid_index", "user_id"]);
        assert_eq!(of("login"), [""; 0]);
    }
}
