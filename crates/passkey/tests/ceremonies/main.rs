//! What this crate promises: to the standard's vectors, to a recorded browser, and against
//! whoever answers in another's place.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a fixture that is not as written is a fault of the test"
)]

mod authentication;
mod authenticator;
mod cbor;
mod chromium;
mod client_data;
mod keys;
mod options;
mod properties;
mod records;
mod registration;
mod responses;
mod signatures;
mod verify;
mod w3c;
