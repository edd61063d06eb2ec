//! The database's file, read and changed behind the Worker's back: what is left
//! in it, and what time, a crash or a thief would do to it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use stack::Workspace;

use crate::TestApp;

/// Node brings `SQLite` along. It waits for the Worker's own transactions to end.
const SCRIPT: &str = "\
    const { DatabaseSync } = require('node:sqlite');\
    const [file, sql, values] = process.argv.slice(1);\
    const database = new DatabaseSync(file, { timeout: 20000 });\
    console.log(JSON.stringify(database.prepare(sql).all(...JSON.parse(values))));";

/// The D1 database of one instance.
#[derive(Clone)]
pub struct Database(PathBuf);

impl TestApp {
    /// The database of the instance.
    pub fn database(&self) -> Database {
        Database(database_file(&self.stack().persist_dir().join("state/v3/d1")))
    }

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
    /// Runs one statement with these values for its `?`; the rows it gives.
    pub fn sql(&self, statement: &str, values: &Value) -> Vec<Value> {
        let mut node = Workspace::here().node_program("node").expect("Node");
        node.args(["--no-warnings", "-e", SCRIPT]).arg(&self.0).arg(statement);
        let run = node.arg(values.to_string()).output().expect("Node runs");
        let told = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{statement}: {told}");
        serde_json::from_slice(&run.stdout).expect("rows")
    }

    /// The one number that a query gives.
    pub fn number(&self, query: &str, values: &Value) -> u64 {
        let rows = self.sql(query, values);
        let row = rows.first().and_then(Value::as_object).expect("a row");
        row.values().next().and_then(Value::as_u64).expect("a number")
    }

    /// Every lease runs out, every pause ends, every webhook that waits has waited
    /// for a minute.
    pub fn let_time_pass(&self) {
        self.sql("UPDATE item SET lease_until=0, retry_at=0", &json!([]));
        self.sql("UPDATE inbox SET received_at=received_at-60 WHERE waiting=1", &json!([]));
    }

    /// The tables of our own schema.
    pub fn tables(&self) -> Vec<String> {
        let query = "SELECT name FROM sqlite_schema WHERE type='table'";
        let rows = self.sql(query, &json!([]));
        let names = rows.iter().filter_map(|row| row["name"].as_str());
        // The platform's and SQLite's own begin so.
        let ours = names.filter(|name| !["_", "sqlite", "d1_"].iter().any(|start| name.starts_with(start)));
        ours.map(str::to_owned).collect()
    }
}

/// The one database below `folder` that is not the platform's own.
fn database_file(folder: &Path) -> PathBuf {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the state folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "sqlite")
                && path.file_stem().is_some_and(|stem| stem != "metadata")
            {
                return path;
            }
        }
    }
    panic!("no database below {}", folder.display());
}
