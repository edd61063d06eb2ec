//! Schemathesis, which makes requests of all kinds from the `OpenAPI` document and
//! holds every reply to it: no status and no shape that is not documented, nothing
//! malformed accepted, no 5xx. `tests/contract` says how. And localstripe, a Stripe of others'
//! making; the script by which strangers verify the audit log; and OpenTelemetry's own messages.
//!
//! Not run by a plain `cargo test`: it needs Python (`cargo xtask test --only contract`).

// A test that finds what it did not expect is to stop there.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod localstripe;
mod otlp;
mod verifier;

use std::path::PathBuf;
use std::process::Command;

use end_to_end::TestApp;
use serde_json::{Value, json};
use stack::Workspace;

/// Where xtask has installed a program, or where this variable says.
fn installed(name: &str, variable: &str) -> Command {
    let installed = Workspace::here().path(&format!("target/tools/py/bin/{name}"));
    let program = std::env::var_os(variable).map_or(installed, PathBuf::from);
    assert!(
        program.exists(),
        "no {name} at {}: run `cargo xtask test --only contract`",
        program.display()
    );
    Command::new(program)
}

/// Runs it for at most so many seconds, with these further arguments; `ids` are there.
fn hold_to_the_document(app: &TestApp, seconds: u32, ids: &Value, arguments: &[&str]) {
    let folder = Workspace::here().path("tests/contract");
    let mut run = installed("schemathesis", "BALANCE_SCHEMATHESIS");
    run.args(["--config-file", "schemathesis.toml", "--no-color", "run"]);
    run.arg(format!("{}/openapi.json", app.stack().origin()));
    run.args(["--max-time", &seconds.to_string()]);
    let seed = std::env::var("BALANCE_SEED").unwrap_or_else(|_| "1".to_owned());
    run.args(["--seed", &seed]);
    run.args(arguments).current_dir(folder);
    let run = run.env("BALANCE_IDS", ids.to_string()).output();
    let run = run.expect("Schemathesis runs");
    let report = String::from_utf8_lossy(&run.stdout);
    println!("{report}");
    let complaints = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{report}\n{complaints}");
}

#[test]
fn signed_in_every_reply_is_as_the_document_says() {
    let app = TestApp::start(None);
    let ada = app.person();
    let connection = app.connect(&ada, &json!({"transactions": 300}));
    let session = format!("Authorization: Bearer {}", ada.token);
    let ids = json!({"item": connection.id, "acct": connection.made["accounts"][0]["id"]});
    // What each of them ends would be missing from every reply after it.
    let but = ["sign_out", "sign_out_everywhere", "disconnect_bank"]
        .map(|id| ["--exclude-operation-id", id])
        .concat();
    hold_to_the_document(
        &app,
        100,
        &ids,
        &[&["--header", &session], but.as_slice()].concat(),
    );
    ada.get("/v1/me").expect(200);
    connection.shown();
}

#[test]
fn without_a_session_every_reply_is_as_the_document_says() {
    let app = TestApp::start(None);
    hold_to_the_document(&app, 50, &json!({}), &[]);
}
