//! The stand-in for PlanetScale on a private MariaDB, and a client that speaks its protocol.

#![allow(dead_code, reason = "each test file uses its part")]

use std::ffi::OsString;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use sandbox::{Answer, Options, Parsed, Sandbox, Unanswered, send};
use serde_json::{Value, json};
use stack::MariaDb;
use tempfile::TempDir;
use tokio::time::Duration;

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const EXECUTE: &str = "/psdb.v1alpha1.Database/Execute";

/// A database of one test's own.
pub(crate) struct Database {
    pub(crate) url: String,
    _sandbox: Sandbox,
    _server: MariaDb,
    _folder: TempDir,
}

/// A session, which goes on with what each reply says.
pub(crate) struct Session<'a> {
    database: &'a Database,
    pub(crate) token: Value,
}

impl Database {
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let server = tokio::task::spawn_blocking(move || MariaDb::start(&path));
        let server = server.await.unwrap();
        let server = server.unwrap_or_else(|problem| panic!("{problem}"));
        let socket = server.socket().as_os_str().to_owned();
        let mut all = vec![OsString::from("--mysql-socket"), socket];
        all.extend(arguments.iter().map(OsString::from));
        let Parsed::Run(options) = Options::from_arguments(all).unwrap() else {
            panic!("no options");
        };
        let sandbox = Sandbox::start(*options).await.unwrap();
        let announced = sandbox.announcement();
        assert_eq!(announced["planetscale_username"], "sandbox-username");
        assert_eq!(announced["planetscale_password"], "sandbox-password");
        let url = announced["planetscale"].as_str().unwrap();
        Self {
            url: url.to_owned(),
            _sandbox: sandbox,
            _server: server,
            _folder: folder,
        }
    }

    pub(crate) fn session(&self) -> Session<'_> {
        Session {
            database: self,
            token: Value::Null,
        }
    }

    /// A statement outside of any session: its reply.
    pub(crate) async fn execute(&self, sql: &str) -> Value {
        self.session().execute(sql).await
    }

    /// The same, which succeeds: its result.
    pub(crate) async fn ok(&self, sql: &str) -> Value {
        self.session().ok(sql).await
    }

    /// The same, which fails: code and message.
    pub(crate) async fn refused(&self, sql: &str) -> (String, String) {
        self.session().refused(sql).await
    }

    /// A request as it stands, with the right key.
    pub(crate) async fn post(&self, path: &str, body: String) -> Result<Answer, Unanswered> {
        let key = STANDARD.encode("sandbox-username:sandbox-password");
        let authorization = format!("Basic {key}");
        let url = format!("{}{path}", self.url);
        let headers = [("authorization", authorization.as_str())];
        send(Method::POST, &url, &headers, body, PATIENCE).await
    }

    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let url = format!("{}/_control{path}", self.url);
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let answer = send(method, &url, &[], body, PATIENCE).await.unwrap();
        let reply = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(answer.status, 200, "{path}: {reply}");
        reply
    }

    pub(crate) async fn fail(&self, order: Value) {
        self.control(Method::POST, "/fail", order).await;
    }

    /// What was asked since the last time.
    pub(crate) async fn requests(&self) -> Vec<Value> {
        let log = self.control(Method::GET, "/requests", Value::Null).await;
        self.control(Method::DELETE, "/requests", Value::Null).await;
        log["requests"].as_array().unwrap().clone()
    }
}

impl Session<'_> {
    /// One statement: the whole reply.
    pub(crate) async fn execute(&mut self, sql: &str) -> Value {
        let body = json!({ "query": sql, "session": self.token }).to_string();
        let answer = self.database.post(EXECUTE, body).await.unwrap();
        let reply: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(answer.status, 200, "{sql}: {reply}");
        self.token = reply["session"].clone();
        reply
    }

    pub(crate) async fn ok(&mut self, sql: &str) -> Value {
        let reply = self.execute(sql).await;
        assert!(reply.get("error").is_none(), "{sql}: {reply}");
        reply["result"].clone()
    }

    pub(crate) async fn refused(&mut self, sql: &str) -> (String, String) {
        let reply = self.execute(sql).await;
        assert!(reply.get("result").is_none(), "{sql}: {reply}");
        let text = |name: &str| reply["error"][name].as_str().unwrap().to_owned();
        (text("code"), text("message"))
    }
}

/// The cells of a result, as text; none for NULL.
pub(crate) fn cells(result: &Value) -> Vec<Vec<Option<String>>> {
    let no_rows = Vec::new();
    let rows = result["rows"].as_array().unwrap_or(&no_rows);
    let cells = rows.iter().map(|row| {
        let values = row["values"].as_str().unwrap_or_default();
        let values = STANDARD.decode(values).unwrap();
        let mut rest = values.as_slice();
        let lengths = row["lengths"].as_array().unwrap();
        let cells = lengths.iter().map(|length| {
            let length: i64 = length.as_str().unwrap().parse().unwrap();
            let length = usize::try_from(length).ok()?;
            let (cell, after) = rest.split_at(length);
            rest = after;
            Some(String::from_utf8_lossy(cell).into_owned())
        });
        let cells = cells.collect();
        assert!(rest.is_empty(), "bytes of no cell");
        cells
    });
    cells.collect()
}

/// The first cell of the first row.
pub(crate) fn cell(result: &Value) -> Option<String> {
    cells(result)[0][0].clone()
}
