//! Cloudflare's own npm client, unchanged, in front of the stand-in. It needs the project's
//! `node_modules` (`npm ci`).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

mod standins;

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use standins::Standins;

#[tokio::test(flavor = "multi_thread")]
async fn cloudflares_own_npm_client_reads_the_log_page_by_page() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let modules = here.join("../../node_modules");
    if !modules.join("cloudflare").is_dir() {
        eprintln!("skipped: node_modules lacks cloudflare; run `npm ci`");
        return;
    }
    let standins = Standins::start(&[]).await;
    let own = modules.join(".bin/node");
    let mut command = Command::new(if own.exists() { own } else { "node".into() });
    command
        .arg(here.join("checks/official-cloudflare.mjs"))
        .args(["--api", &standins.cloudflare])
        .args(["--account", "4bb334f7c94c4a29a045f03944f072e5"])
        .args(["--token", "sandbox-audit-token"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(seen, json!({"entries": 7}));
}
