//! The database's file, read and changed behind the Worker's back: what is left
//! in it, and what time, a crash or a thief would do to it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use stack::{Stack, Workspace};

use crate::{Client, Keys, TestApp};

/// Node brings `SQLite` along. A Worker that was killed may still be letting go of the
/// file.
const SCRIPT: &str = "\
    const { DatabaseSync } = require('node:sqlite');\
    const [file, sql, values] = process.argv.slice(1);\
    const database = new DatabaseSync(file, { timeout: 20000 });\
    console.log(JSON.stringify(database.prepare(sql).all(...JSON.parse(values))));";

/// The D1 database of one instance.
pub struct Database {
    worker: Client,
    folder: PathBuf,
}

impl TestApp {
    /// Runs one statement; the rows it gives.
    pub fn sql(&self, statement: &str) -> Vec<Value> {
        self.database().sql(statement, &json!([]))
    }

    /// How many rows a table has.
    pub fn count_rows(&self, table: &str) -> u64 {
        self.count_rows_where(table, "true")
    }

    /// How many of a table's rows meet a condition.
    pub fn count_rows_where(&self, table: &str, condition: &str) -> u64 {
        let statement = format!("SELECT count(*) AS n FROM {table} WHERE {condition}");
        self.database().number(&statement, &json!([]))
    }
}

impl Database {
    pub(crate) fn of(stack: &Stack) -> Self {
        Self {
            worker: Client::new(&stack.origin(), "198.18.0.0"),
            folder: stack.persist_dir().join("state/v3/d1"),
        }
    }

    /// Runs one statement with these values for its `?`; the rows it gives.
    ///
    /// While the Worker runs, wrangler runs it on the Worker's own database: another
    /// process that writes to the file is in the Worker's way.
    pub fn sql(&self, statement: &str, values: &Value) -> Vec<Value> {
        let values = values.as_array().expect("values");
        let text = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        let parameters: Vec<String> = values.iter().map(text).collect();
        let call = self
            .worker
            .call("POST", "/cdn-cgi/local/explorer/api/d1/database/DB/raw");
        match call
            .json(&json!({"sql": statement, "params": parameters}))
            .try_send()
        {
            Ok(reply) => {
                let answer = reply.json();
                let result = &answer["result"][0]["results"];
                assert_eq!(answer["success"], true, "{statement}: {}", reply.text());
                objects(&result["columns"], &result["rows"])
            }
            Err(_) => self.sql_on_file(statement, &parameters),
        }
    }

    /// As [`Self::sql`], while the Worker is down.
    fn sql_on_file(&self, statement: &str, parameters: &[String]) -> Vec<Value> {
        let mut node = Workspace::here().node_program("node").expect("Node");
        node.args(["--no-warnings", "-e", SCRIPT]);
        node.arg(database_file(&self.folder))
            .arg(statement)
            .arg(json!(parameters).to_string());
        let run = node.output().expect("Node runs");
        let told = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{statement}: {told}");
        serde_json::from_slice(&run.stdout).expect("rows")
    }

    /// The one number that a query gives.
    pub fn number(&self, query: &str, values: &Value) -> u64 {
        let rows = self.sql(query, values);
        let row = rows.first().and_then(Value::as_object).expect("a row");
        row.values()
            .next()
            .and_then(Value::as_u64)
            .expect("a number")
    }

    /// As [`Self::let_time_pass`], for one Item only, by Plaid's id: for an instance
    /// that others use.
    pub fn let_time_pass_for(&self, plaid_item: &str) {
        let subject = Keys::system(self).item(plaid_item);
        let item = "UPDATE item SET lease_until=0, retry_at=0 WHERE plaid_index=?";
        let inbox = "UPDATE inbox SET received_at=received_at-60 WHERE waiting=1 AND subject=?";
        for statement in [item, inbox] {
            self.sql(statement, &json!([subject]));
        }
    }

    /// Every lease runs out, every pause ends, every webhook that waits has waited
    /// for a minute.
    pub fn let_time_pass(&self) {
        self.sql("UPDATE item SET lease_until=0, retry_at=0", &json!([]));
        self.sql(
            "UPDATE inbox SET received_at=received_at-60 WHERE waiting=1",
            &json!([]),
        );
    }

    /// The tables of our own schema.
    pub fn tables(&self) -> Vec<String> {
        let query = "SELECT name FROM sqlite_schema WHERE type='table'";
        let rows = self.sql(query, &json!([]));
        let names = rows.iter().filter_map(|row| row["name"].as_str());
        // The platform's and SQLite's own begin so.
        let ours = names.filter(|name| {
            !["_", "sqlite", "d1_"]
                .iter()
                .any(|start| name.starts_with(start))
        });
        ours.map(str::to_owned).collect()
    }
}

/// Rows as objects.
fn objects(columns: &Value, rows: &Value) -> Vec<Value> {
    let columns = columns.as_array().expect("columns");
    let name = |column: &Value| column.as_str().expect("a name").to_owned();
    let object = |row: &Value| {
        let values = row.as_array().expect("a row").iter().cloned();
        columns
            .iter()
            .map(name)
            .zip(values)
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    rows.as_array().expect("rows").iter().map(object).collect()
}

/// The one database below `folder` that is not the platform's own.
fn database_file(folder: &Path) -> PathBuf {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the state folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "sqlite")
                && path.file_stem().is_some_and(|stem| stem != "metadata")
            {
                return path;
            }
        }
    }
    panic!("no database below {}", folder.display());
}
