//! What this crate promises, without Stripe's client at hand.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a fixture that is not as written is a fault of the test"
)]

mod calls;
mod errors;
mod events;
mod ids;
mod replies;
mod signatures;
