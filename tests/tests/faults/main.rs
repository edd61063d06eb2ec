//! What goes wrong around the Worker: crashes, lost messages, forged webhooks, a
//! Plaid that is down. Each test has an instance of its own, because it breaks
//! what tests beside it would share.

// A test that finds what it did not expect is to stop there.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs
)]

mod crashes;
mod forged_webhooks;
mod histories;
mod lost_messages;
mod plaid_down;

use std::time::{Duration, Instant};

use end_to_end::{Connection, Person, TestApp, differences, unix_now};

/// Minutes pass, with a sweep each, until her list is what her banks know and nobody
/// has anything left to do.
#[track_caller]
fn heals(app: &TestApp, person: &Person, connections: &[&Connection]) {
    let deadline = Instant::now() + Duration::from_secs(90);
    let mut swept: Option<Instant> = None;
    loop {
        let [held, dirty, waiting] = left_to_do(app);
        let found = differences(app.database(), person, connections);
        if found.is_empty() && held + dirty + waiting == 0 {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{held} leases, {dirty} Items to sync, {waiting} webhooks to see to, {} differences: {:#?}",
            found.len(),
            &found[..found.len().min(5)],
        );
        // The lease of a dead Worker runs out, first of all. After that only where nobody
        // is in the middle of a sync, and not before a message can have been delivered.
        let quiet = |since: Instant| held == 0 && since.elapsed() > Duration::from_millis(1_500);
        if swept.is_none_or(quiet) {
            app.database().let_time_pass();
            app.sweep();
            swept = Some(Instant::now());
        }
        std::thread::sleep(Duration::from_millis(30));
    }
}

/// Leases that are held, Items with work to do, webhooks that wait.
fn left_to_do(app: &TestApp) -> [u64; 3] {
    let held = format!("lease_until>{}", unix_now());
    [
        app.count_rows_where("item", &held),
        app.count_rows_where("item", "wanted<>synced"),
        app.count_rows_where("inbox", "waiting=1"),
    ]
}

/// A seed: the one of `BALANCE_SEED`, to play a run again, or a new one.
fn seed() -> u64 {
    let named = std::env::var("BALANCE_SEED").ok();
    named.map_or_else(
        || fastrand::u64(..),
        |seed| seed.parse().expect("BALANCE_SEED is a number"),
    )
}
