//! `PlanetScale` as it fails: connections cut in the middle of a transaction, sessions
//! lost, deadlocks, timeouts, pages in place of replies. Each ends in the right answer,
//! with nothing half-written, and is tried again only where nothing happens twice.

// A test that finds what it did not expect is to stop there.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs
)]

mod cuts;
mod failures;
mod round_trips;

use end_to_end::TestApp;
use stack::{Engine, StackOptions};

fn start() -> TestApp {
    let app = TestApp::start_with(StackOptions {
        engine: Engine::PlanetScale,
        ..StackOptions::default()
    });
    app.bank().limit_calls(false);
    app
}
