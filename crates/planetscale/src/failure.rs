//! What may be done again after an error, which depends on where it happened.
//!
//! | where | what is known | may be done again |
//! | --- | --- | --- |
//! | anywhere | nothing was sent, or the server did not take it on | the statement |
//! | a read outside of a transaction | it changed nothing | the statement |
//! | a write outside of one | it failed as a whole (deadlock) | the statement |
//! | | no answer: it may have happened | nothing |
//! | in a transaction | `COMMIT` was not sent, so nothing of it lasts | the transaction |
//! | at `COMMIT` | no answer: all of it may last | nothing: look first |
//!
//! Invariant: [`Retry::Never`] unless it is certain that nothing would happen twice.

use std::fmt;

use crate::{Error, SqlErrorKind, Transport};

/// Where in a session a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// `CreateSession`.
    Create,
    /// `SELECT` or `SHOW`, outside of a transaction. A function that it calls for its
    /// effect (`GET_LOCK`) may take that effect twice.
    Read,
    /// Any other statement outside of a transaction: committed by itself.
    Write,
    /// What opens a transaction.
    Begin,
    /// A statement inside of one.
    Inside,
    /// What makes one last.
    Commit,
    /// What undoes one.
    Rollback,
}

/// What may be done again without anything happening twice.
///
/// It says what is safe, not what is wise: wait with jitter, and count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retry {
    /// Nothing: it would fail again, or it may have happened.
    Never,
    /// The whole transaction, from `BEGIN`, in a new session or after
    /// [`Session::rollback`](crate::Session::rollback).
    Transaction,
    /// This statement, in this session.
    Statement,
}

/// An [`Error`], and where it happened.
pub struct Failure {
    /// What went wrong.
    pub error: Error,
    /// What the request was for.
    pub stage: Stage,
}

/// What an error says about the statement's effect.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// It would fail again; what it did is not asked.
    Permanent,
    /// Not sent at all; the session is as it was.
    NotSent,
    /// It failed as a whole and left nothing.
    Nothing,
    /// It may have happened.
    Unknown,
}

impl Failure {
    /// What may be done again.
    ///
    /// At `COMMIT` this assumes that a transaction may have touched several shards,
    /// one of which may have committed: see [`Failure::retry_on_one_shard`].
    #[must_use]
    pub fn retry(&self) -> Retry {
        match (self.effect(), self.stage) {
            (Effect::Permanent, _) => Retry::Never,
            (Effect::NotSent, _) | (_, Stage::Create | Stage::Read | Stage::Rollback) => {
                Retry::Statement
            }
            (_, Stage::Begin | Stage::Inside) => Retry::Transaction,
            (Effect::Nothing, Stage::Write) => Retry::Statement,
            (Effect::Unknown, Stage::Write) | (_, Stage::Commit) => Retry::Never,
        }
    }

    /// [`Failure::retry`] where no transaction touches two shards: in an unsharded
    /// keyspace, or with `transaction_mode` set to `single`.
    ///
    /// A `COMMIT` that failed because Vitess ended the transaction, or MySQL undid it,
    /// then left nothing.
    #[must_use]
    pub fn retry_on_one_shard(&self) -> Retry {
        let undone = match &self.error {
            Error::Sql(error) => matches!(
                error.kind(),
                SqlErrorKind::TransactionTimeout | SqlErrorKind::Deadlock
            ),
            _ => false,
        };
        if self.stage == Stage::Commit && undone {
            return Retry::Transaction;
        }
        self.retry()
    }

    /// Whether the transaction is as it was before this statement, which alone failed.
    pub(crate) fn is_of_the_statement_only(&self) -> bool {
        matches!(&self.error, Error::Sql(error) if error.leaves_the_transaction())
    }

    fn effect(&self) -> Effect {
        match &self.error {
            Error::Sql(error) => match error.kind() {
                SqlErrorKind::Deadlock | SqlErrorKind::LockWait | SqlErrorKind::NotTaken => {
                    Effect::Nothing
                }
                SqlErrorKind::TransactionTimeout
                | SqlErrorKind::TransactionLost
                | SqlErrorKind::Timeout
                | SqlErrorKind::Unavailable => Effect::Unknown,
                _ => Effect::Permanent,
            },
            Error::Transport(Transport::NotSent) => Effect::NotSent,
            Error::Transport(Transport::Status(429)) => Effect::Nothing,
            Error::Transport(
                Transport::NoAnswer | Transport::Cut | Transport::Status(408 | 500..=599),
            ) => Effect::Unknown,
            Error::Transport(Transport::Status(_))
            | Error::Auth
            | Error::Malformed(_)
            | Error::Limit
            | Error::Refused(_) => Effect::Permanent,
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {:?}", self.error, self.stage)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.error)
    }
}
