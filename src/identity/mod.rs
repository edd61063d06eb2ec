//! Identity: who is asking. Passwords and leaks, sign-up, sign-in, sessions.
//! The page it follows: NIST SP 800-63B-4; the rules in `docs/SECURITY.md`.
//!
//! Invariant: whether an email is known shows in nothing: not in a reply, not in
//! the count of hashes, batches, look-ups and mails it took.

mod api_token;
mod caller;
mod confirmation;
pub(crate) mod device;
mod email;
mod email_change;
mod enrolment;
mod erasure;
mod export;
mod factors;
pub(crate) mod leaks;
mod mails;
mod password;
mod password_change;
mod profile;
mod proof;
mod scope;
mod second_factor;
mod session;
mod sign_in;
mod sign_up;
mod step_up;
pub(crate) mod ticket;
mod token;
mod visitor;

pub(crate) use api_token::{TokenRequest, mint_token};
pub(crate) use caller::{COOKIE, Caller, Signed};
pub(crate) use confirmation::confirm;
pub(crate) use email::{login_index, same_login};
pub(crate) use email_change::{
    SECONDS as EMAIL_CHANGE_SECONDS, ask_for_email_change, confirm_email_change,
};
pub(crate) use enrolment::{
    begin_passkey, begin_totp, draw_recovery_codes, enrol_passkey, enrol_totp, remove_passkey,
    remove_totp,
};
pub(crate) use erasure::{
    Begun as BegunErasure, carry_on as carry_on_erasure, erase, erase_by_operators,
    look_at as look_at_erasure, sweep as sweep_erasures,
};
pub(crate) use export::{Format as ExportFormat, export};
pub(crate) use factors::{Enrolled, Factors, Method};
pub(crate) use password::{Hasher, TypedPassword};
pub(crate) use password_change::{RESET_SECONDS, ask_for_reset, change_password, reset_password};
pub(crate) use profile::rename;
pub(crate) use proof::Proof;
pub(crate) use scope::{Access, access};
pub(crate) use second_factor::{passkey_challenge, passkey_sign_in, second_factor};
pub(crate) use session::{NewSession, no_cookie};
pub(crate) use sign_in::{Admitted, SecondFactorNeeded, SignedIn, sign_in};
pub(crate) use sign_up::{Applicant, checked_name, sign_up};
pub(crate) use step_up::{Action, Asked, begin as begin_step_up, confirm as confirm_step_up};
pub(crate) use token::{OpaqueToken, TokenCache};
pub(crate) use visitor::Visitor;

use crate::{
    platform::Timestamp,
    store::{
        api_tokens, email_changes, engine::Statement, password_resets, replies, sessions, sign_ups,
        spent_tickets, throttle,
    },
};

/// Deletes what has had its time: for the sweep, in one batch.
pub(crate) fn purge(now: Timestamp) -> Vec<Statement> {
    vec![
        sessions::purge(now),
        api_tokens::purge(now),
        spent_tickets::purge(now),
        password_resets::purge(now),
        email_changes::purge(now),
        sign_ups::purge(now),
        throttle::purge(now),
        replies::purge(now),
    ]
}
