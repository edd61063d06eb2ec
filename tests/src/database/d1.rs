//! D1, as a file and through the running Worker's wrangler.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use stack::{Runtime, Stack, Workspace};

use crate::Client;

/// Node brings `SQLite` along. A Worker that was killed may still be letting go of the
/// file.
const SCRIPT: &str = "\
    const { DatabaseSync } = require('node:sqlite');\
    const [file, sql, values] = process.argv.slice(1);\
    const database = new DatabaseSync(file, { timeout: 20000 });\
    console.log(JSON.stringify(database.prepare(sql).all(...JSON.parse(values))));";

/// The D1 database of one instance.
pub(super) struct D1 {
    worker: Client,
    runtime: Runtime,
    folder: PathBuf,
}

impl D1 {
    pub(super) fn of(stack: &Stack) -> Self {
        let host = match stack.runtime() {
            Runtime::Wrangler => stack.origin(),
            Runtime::Workerd => stack.operator_url(),
        };
        Self {
            worker: Client::new(&host, "198.18.0.0"),
            runtime: stack.runtime(),
            folder: stack.d1_dir(),
        }
    }

    /// While the Worker runs, wrangler, or the operator's socket, runs it on the Worker's own database: another
    /// process that writes to the file is in the Worker's way.
    pub(super) fn sql(&self, statement: &str, values: &[Value]) -> Vec<Value> {
        let text = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        let parameters: Vec<String> = values.iter().map(text).collect();
        let (path, name) = match self.runtime {
            Runtime::Wrangler => {
                let explorer = "/cdn-cgi/local/explorer/api/d1/database/DB/raw";
                (explorer, "params")
            }
            Runtime::Workerd => ("/sql", "parameters"),
        };
        let call = self.worker.call("POST", path);
        match call
            .json(&json!({"sql": statement, name: parameters}))
            .try_send()
        {
            Ok(reply) if self.runtime == Runtime::Workerd => {
                assert_eq!(reply.status(), 200, "{statement}: {}", reply.text());
                reply.json().as_array().expect("rows").clone()
            }
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

    pub(super) fn tables(&self) -> Vec<String> {
        let query = "SELECT name FROM sqlite_schema WHERE type='table'";
        let rows = self.sql(query, &[]);
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
