//! What this crate promises, without Plaid's document at hand.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a fixture that is not as written is a fault of the test"
)]

mod calls;
mod decimals;
mod grants;
mod holdings;
mod keys;
mod liabilities;
mod recurring;
mod signed;
mod transactions;
mod upkeep;
mod verification;
mod webhooks;
