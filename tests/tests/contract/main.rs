//! Schemathesis, which makes requests of all kinds from the `OpenAPI` document and
//! holds every reply to it: no status and no shape that is not documented, nothing
//! malformed accepted, no 5xx. `tests/contract` says how.
//!
//! Not run by a plain `cargo test`: it needs Python (`cargo xtask test --only contract`).

// A test that finds what it did not expect is to stop there.
#![allow(clippy::expect_used, clippy::panic, missing_docs)]

use std::path::PathBuf;
use std::process::Command;

use end_to_end::TestApp;
use serde_json::json;
use stack::Workspace;

/// Where xtask has installed it, or `BALANCE_SCHEMATHESIS`.
fn schemathesis() -> Command {
    let installed = Workspace::here().path("target/tools/py/bin/schemathesis");
    let program = std::env::var_os("BALANCE_SCHEMATHESIS").map_or(installed, PathBuf::from);
    assert!(
        program.exists(),
        "no Schemathesis at {}: run `cargo xtask test --only contract`",
        program.display()
    );
    Command::new(program)
}

/// Runs it for at most so many seconds, with these further arguments.
fn hold_to_the_document(app: &TestApp, seconds: u32, arguments: &[&str]) {
    let folder = Workspace::here().path("tests/contract");
    let mut run = schemathesis();
    run.args(["--config-file", "schemathesis.toml", "--no-color", "run"]);
    run.arg(format!("{}/openapi.json", app.stack().origin()));
    run.args([
        "--max-time",
        &seconds.to_string(),
        "--request-timeout",
        "30",
    ]);
    if let Ok(seed) = std::env::var("BALANCE_SEED") {
        run.args(["--seed", &seed]);
    }
    run.args(arguments).current_dir(folder);
    let run = run.output().expect("Schemathesis runs");
    let report = String::from_utf8_lossy(&run.stdout);
    println!("{report}");
    let complaints = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{report}\n{complaints}");
}

#[test]
fn signed_in_every_reply_is_as_the_document_says() {
    let app = TestApp::start(None);
    let ada = app.person();
    app.connect(&ada, &json!({"transactions": 300}));
    let session = format!("Authorization: Bearer {}", ada.token);
    hold_to_the_document(
        &app,
        110,
        // That one would end the session, and every reply after it would be a 401.
        &[
            "--header",
            &session,
            "--exclude-operation-id",
            "sign_out_everywhere",
        ],
    );
    ada.get("/v1/me").expect(200);
}

#[test]
fn without_a_session_every_reply_is_as_the_document_says() {
    let app = TestApp::start(None);
    hold_to_the_document(&app, 60, &[]);
}
