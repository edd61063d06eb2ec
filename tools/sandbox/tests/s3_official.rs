//! AWS's own npm client, unchanged, in front of the stand-in. It needs the project's
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
async fn awss_own_npm_client_puts_gets_lists_and_is_refused() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let modules = here.join("../../node_modules");
    if !modules.join("@aws-sdk/client-s3").is_dir() {
        eprintln!("skipped: node_modules lacks @aws-sdk/client-s3; run `npm ci`");
        return;
    }
    let standins = Standins::start(&[]).await;
    let own = modules.join(".bin/node");
    let mut command = Command::new(if own.exists() { own } else { "node".into() });
    command
        .arg(here.join("checks/official-s3.mjs"))
        .args(["--api", &standins.s3])
        .args(["--region", "fsn1"])
        .args(["--bucket", "balance-backups"])
        .args(["--id", "SANDBOXACCESSKEY"])
        .args(["--secret", "sandbox+secret/access-key"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    let objects = json!([
        "segments/00000012/000001.age",
        "segments/00000012/000002.age",
        "segments/a b+c",
        "segments/before",
        "segments/lost",
        "segments/é&<%41>~",
    ]);
    assert_eq!(seen, json!({ "objects": objects }));
}
