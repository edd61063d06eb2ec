//! Banking, end to end: one binary, one instance of the whole stack for all of its
//! tests. Nobody shares anything but the processes: each test has its own people
//! and Items, and orders failures for its own Items only.

// A test that finds what it did not expect is to stop there.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs
)]

mod account_removal;
mod amounts;
mod annotation_life;
mod annotation_limits;
mod annotations;
mod bad_input;
mod bad_sessions;
mod bad_targets;
mod bank_failures;
mod cash_flow;
mod cash_flow_range;
mod changes;
mod holdings;
mod liabilities;
mod link;
mod net_worth;
mod net_worth_range;
mod paging;
mod read_only;
mod recurring;
mod refresh;
mod repair;
mod repairs;
mod rotation;
mod search;
mod search_own;
mod search_words;
mod status;
mod two_people;
mod unlink;
mod warnings;
mod webhook_table;
mod webhooks;

use std::path::Path;
use std::sync::LazyLock;

use end_to_end::{Connection, TestApp, differences};
use stack::Engine;

/// The instance. Its folder is kept after the run, for whoever wants to look.
fn app() -> &'static TestApp {
    static APP: LazyLock<TestApp> = LazyLock::new(|| {
        TestApp::start(Some(
            Path::new(env!("CARGO_TARGET_TMPDIR"))
                .join(format!("banking-{}", Engine::of_environment().name())),
        ))
    });
    &APP
}

/// Her list is exactly what the bank knows.
#[track_caller]
fn assert_in_step(connection: &Connection) {
    let found = differences(app().database(), &connection.person, &[connection]);
    assert!(
        found.is_empty(),
        "{} differences: {:#?}",
        found.len(),
        &found[..found.len().min(5)]
    );
}

/// Her list becomes exactly what the bank knows, by itself.
#[track_caller]
fn comes_into_step(connection: &Connection) {
    app().eventually("her list is what the bank knows", || {
        differences(app().database(), &connection.person, &[connection]).is_empty()
    });
}
