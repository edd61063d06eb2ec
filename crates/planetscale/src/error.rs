//! What goes wrong between a statement and its reply, told apart by who said it.
//! Invariant: `Display` and `Debug` show kinds and codes, never SQL, values or bodies.

use thiserror::Error;

use crate::SqlError;

/// Why there is no reply.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The database, or Vitess in front of it, said what is wrong.
    #[error("{0}")]
    Sql(Box<SqlError>),
    /// The credentials were refused (401, 403), so nothing was run.
    #[error("the database refused the credentials")]
    Auth,
    /// No answer of the database's came back.
    #[error("{0}")]
    Transport(Transport),
    /// An answer that breaks the protocol, or contradicts itself.
    #[error("the database's reply is malformed: {0}")]
    Malformed(&'static str),
    /// Over [`MAX_SQL_BYTES`](crate::MAX_SQL_BYTES), and not sent; or over
    /// [`MAX_REPLY_BYTES`](crate::MAX_REPLY_BYTES), and not read.
    #[error("the statement or its reply is too large")]
    Limit,
    /// The session does not take the statement; it was not sent.
    #[error("{0}")]
    Refused(Refusal),
}

/// How an answer failed to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Transport {
    /// The caller knows that the request did not leave (no connection was made).
    #[error("the database could not be reached")]
    NotSent,
    /// Sent, and nothing came back, or not in time.
    #[error("the database did not answer")]
    NoAnswer,
    /// Something in between answered in the database's place, such as a 520 in HTML.
    #[error("the database's answer is status {0}")]
    Status(u16),
    /// The answer ends in its middle.
    #[error("the database's answer is cut off")]
    Cut,
}

/// What a [`Session`](crate::Session) does not take, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// An earlier failure left the transaction's state unknown: a statement could run
    /// outside of it. [`Session::rollback`](crate::Session::rollback), or a new session.
    #[error("the transaction is in doubt")]
    InDoubt,
    /// A transaction is open, and `BEGIN` would commit it.
    #[error("a transaction is open")]
    Open,
    /// No transaction is open, so `COMMIT` would commit nothing.
    #[error("no transaction is open")]
    NotOpen,
}
