//! Held to what others made: Plaid's own npm client, unchanged, and Prism with Plaid's own schema
//! between that client and the stand-in. Both need the project's `node_modules` (`npm ci`).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

mod standins;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use standins::Standins;

fn node_modules() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join("node_modules");
    let complete = ["plaid", "jose", "@stoplight/prism-cli"]
        .iter()
        .all(|package| folder.join(package).is_dir());
    if !complete {
        eprintln!("skipped: node_modules lacks plaid, jose or @stoplight/prism-cli; run `npm ci`");
    }
    complete.then(|| folder.canonicalize().unwrap())
}

/// The project's own Node where npm brought one, else the machine's.
fn node(modules: &Path) -> Command {
    let own = modules.join(".bin/node");
    let program = if own.exists() { own } else { "node".into() };
    Command::new(program)
}

/// Runs the client through every call; gives what it printed.
async fn run_client(modules: &Path, api: String, control: String) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("checks/official-client.mjs");
    let mut command = node(modules);
    command
        .arg(script)
        .args(["--api", &api, "--control", &control])
        .args(["--client-id", "sandbox-client-id"])
        .args(["--secret", "sandbox-secret"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn plaids_own_npm_client_goes_through_every_call() {
    let Some(modules) = node_modules() else {
        return;
    };
    let plaid = Standins::start(&[]).await;
    let outcome = run_client(&modules, plaid.plaid.clone(), plaid.plaid.clone()).await;
    assert_eq!(outcome["transactions"], 400);
    let log = standins::get(&format!("{}/_control/requests", plaid.plaid)).await;
    assert_eq!(log["count"], outcome["calls"]);
    assert_eq!(log["paths"].as_object().unwrap().len(), 21);
}

struct Prism(Child);

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the validating proxy and waits until it listens.
fn prism(modules: &Path, slice: &Path, upstream: &str) -> (Prism, String) {
    let port = {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port().to_string()
    };
    let mut child = node(modules)
        .arg(modules.join("@stoplight/prism-cli/dist/index.js"))
        .args(["proxy", "--errors", "-h", "127.0.0.1", "-p", &port])
        .args([slice.to_str().unwrap(), upstream])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines
        .by_ref()
        .any(|line| line.unwrap().contains("Prism is listening"));
    assert!(ready, "prism ended before it listened");
    // Its pipe must not fill up.
    std::thread::spawn(move || lines.count());
    (Prism(child), format!("http://127.0.0.1:{port}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_and_every_reply_is_as_plaids_own_schema_has_it() {
    let Some(modules) = node_modules() else {
        return;
    };
    let Some(folder) = std::env::var_os("BALANCE_VECTORS") else {
        eprintln!(
            "skipped: BALANCE_VECTORS does not name the folder with plaid-openapi-slice.json"
        );
        return;
    };
    let slice = Path::new(&folder).join("plaid-openapi-slice.json");
    assert!(slice.is_file(), "{} is missing", slice.display());
    let plaid = Standins::start(&[]).await;
    let (_prism, proxy) = prism(&modules, &slice, &plaid.plaid);
    let outcome = run_client(&modules, proxy, plaid.plaid.clone()).await;
    let log = standins::get(&format!("{}/_control/requests", plaid.plaid)).await;
    assert_eq!(log["count"], outcome["calls"]);
}
