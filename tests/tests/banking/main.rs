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

mod amounts;
mod bad_input;
mod bad_sessions;
mod bad_targets;
mod bank_failures;
mod changes;
mod link;
mod paging;
mod read_only;
mod repair;
mod search;
mod two_people;
mod unlink;
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
