//! PlanetScale's own npm client, unchanged, against the stand-in. Needs the project's
//! `node_modules` (`npm ci`).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

mod vitess;

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use vitess::Database;

#[tokio::test(flavor = "multi_thread")]
async fn the_official_client_gets_every_type_transactions_and_errors() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let modules = here.join("../../node_modules");
    if !modules.join("@planetscale/database").is_dir() {
        eprintln!("skipped: node_modules lacks @planetscale/database; run `npm ci`");
        return;
    }
    let database = Database::start(&[]).await;
    let key = "http://sandbox-username:sandbox-password@";
    let url = database.url.replace("http://", key);
    let own = modules.join(".bin/node");
    let mut node = Command::new(if own.exists() { own } else { "node".into() });
    node.arg(here.join("checks/official-planetscale.mjs"));
    node.args(["--url", &url]);
    let output = tokio::task::spawn_blocking(move || node.output().unwrap());
    let output = output.await.unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    let outcome: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(outcome["columns"], 32);
}
