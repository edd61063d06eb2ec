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

mod breaker;
mod budgets;
mod crashes;
mod daily_check;
mod erasure;
mod forged_webhooks;
mod histories;
mod lost_messages;
mod plaid_down;
mod plaid_faults;

/// A seed: the one of `BALANCE_SEED`, to play a run again, or a new one.
fn seed() -> u64 {
    let named = std::env::var("BALANCE_SEED").ok();
    named.map_or_else(
        || fastrand::u64(..),
        |seed| seed.parse().expect("BALANCE_SEED is a number"),
    )
}
