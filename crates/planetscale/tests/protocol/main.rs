//! The protocol, held to replies of the real service, to readers that were written
//! apart from the crate, and to whatever proptest thinks of.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a fault of a test's set-up is a failure"
)]

mod credentials;
mod encoded;
mod errors;
mod golden;
mod literals;
mod messages;
mod mysql;
mod parameters;
mod replies;
mod retries;
mod sessions;

use planetscale::{Failure, Reply, Session};

/// What a body is read as when it answers a read.
fn read(status: u16, body: &[u8]) -> Result<Reply, Failure> {
    let mut session = Session::new();
    let exchange = session.execute("SELECT 1").expect("a new session");
    exchange.answer(status, body)
}

/// A 200 with this result.
fn reply(result: &str) -> Result<Reply, Failure> {
    read(
        200,
        format!(r#"{{"session":{{}},"result":{result}}}"#).as_bytes(),
    )
}
