//! The first-party client in a real browser: Debian's Chromium, driven by `tests/browser` over a
//! running instance, with virtual authenticators for the security keys.
//!
//! Not run by a plain `cargo test`: it needs Chromium (`cargo xtask test --only browser`). Each
//! browser test counts as one; the reporter beside them prints what cargo's own harness would.

// A test that finds what it did not expect is to stop there.
#![allow(clippy::expect_used, clippy::panic, missing_docs)]

use std::process::ExitCode;

use end_to_end::{FIRST_OPERATOR, TestApp};
use stack::{StackOptions, Workspace};

fn main() -> ExitCode {
    let workspace = Workspace::here();
    // So small that a story meets it.
    let app = TestApp::start_with(
        StackOptions::default()
            .var("FREE_CONNECTIONS", "1")
            .var("FIRST_OPERATOR", FIRST_OPERATOR),
    );
    let stack = app.stack();
    let mut node = workspace
        .node_program("node")
        .expect("`cargo xtask setup` has been run");
    node.args(["--test", "--test-reporter=./tests/browser/reporter.mjs"])
        // Each file has a browser of its own.
        .arg("--test-concurrency=2")
        // `cargo test --test browser -- PATTERN`
        .args(
            std::env::args()
                .skip(1)
                .map(|only| format!("--test-name-pattern={only}")),
        )
        .arg("tests/browser/*.test.mjs")
        .env("BALANCE_ORIGIN", stack.origin())
        .env("BALANCE_MAILBOX", stack.mailbox_url())
        .env("BALANCE_PLAID", stack.plaid_url())
        .env("BALANCE_PWNED", stack.pwned_url())
        .env("BALANCE_STRIPE", stack.stripe_url())
        .env("BALANCE_FIRST_OPERATOR", FIRST_OPERATOR)
        .env("BALANCE_SCREENSHOTS", workspace.path("target/browser"))
        .current_dir(workspace.root());
    let status = node.status().expect("Node starts");
    if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
