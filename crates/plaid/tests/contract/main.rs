//! Holds this crate to Plaid's own contract: what we send is what it asks for,
//! and what it may send is what we can read.
//!
//! The document is Plaid's, so it is not in this repository: the tests read every
//! `plaid-openapi*.json` of the folder that `BALANCE_VECTORS` names, and say so when
//! there is none.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a document that is not as expected is a fault of the set-up"
)]

mod openapi;
mod replies;
mod requests;
mod sample;
mod webhooks;
