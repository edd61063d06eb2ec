//! Identity: who is asking. Passwords and leaks, sign-up, sign-in, sessions.
//! The page it follows: NIST SP 800-63B-4; the rules in `docs/SECURITY.md`.

mod caller;
mod token;

pub(crate) use caller::{COOKIE, Caller, Signed};
pub(crate) use token::{SessionToken, TokenCache};

use crate::{
    platform::Timestamp,
    store::{engine::Statement, replies, sessions},
};

/// Deletes what has had its time: for the sweep, in one batch.
pub(crate) fn purge(now: Timestamp) -> Vec<Statement> {
    vec![sessions::purge(now), replies::purge(now)]
}
