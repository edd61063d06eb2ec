//! Identity: who is asking. Passwords and leaks, sign-up, sign-in, sessions.
//! The page it follows: NIST SP 800-63B-4; the rules in `docs/SECURITY.md`.
//!
//! Invariant: whether an email is known shows in nothing: not in a reply, not in
//! the count of hashes, batches, look-ups and mails it took.

mod caller;
mod confirmation;
mod email;
pub(crate) mod leaks;
mod mails;
mod password;
mod session;
mod sign_in;
mod sign_up;
mod token;
mod visitor;

pub(crate) use caller::{COOKIE, Caller, Signed};
pub(crate) use confirmation::confirm;
pub(crate) use password::{Hasher, TypedPassword};
pub(crate) use session::{NewSession, no_cookie};
pub(crate) use sign_in::{SignedIn, sign_in};
pub(crate) use sign_up::{Applicant, sign_up};
pub(crate) use token::TokenCache;
pub(crate) use visitor::Visitor;

use crate::{
    platform::Timestamp,
    store::{engine::Statement, replies, sessions, sign_ups, throttle},
};

/// Deletes what has had its time: for the sweep, in one batch.
pub(crate) fn purge(now: Timestamp) -> Vec<Statement> {
    vec![
        sessions::purge(now),
        sign_ups::purge(now),
        throttle::purge(now),
        replies::purge(now),
    ]
}
