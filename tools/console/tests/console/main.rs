//! The console as an operator has it: the program itself, against a service that is a loopback
//! server of the test.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod audit;
mod commands;
mod log;
mod login;
mod program;
mod refusals;
mod service;
mod usage;
