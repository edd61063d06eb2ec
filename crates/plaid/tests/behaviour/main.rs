//! What this crate promises, without Plaid's document at hand.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a fixture that is not as written is a fault of the test"
)]

mod calls;
mod grants;
mod keys;
mod signed;
mod transactions;
mod verification;
mod webhooks;
