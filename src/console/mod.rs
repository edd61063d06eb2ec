//! The audited console: what operators may do, and what they see of whom.
//!
//! An operator signs in with his key, says why he is there, and gives commands, each one of a
//! closed set ([`command`]). What is private of a person stays masked ([`sight`]) unless she
//! signed a consent that names it ([`consent`]). What he does is in the audit log before it
//! happens ([`run`]), she sees it there, and somebody else reviews it ([`review`])
//! together with what changed beside the console ([`changes`]).
//!
//! Invariant: nothing runs whose intent is not in the log, nothing is shown whose outcome is
//! not, and no operator serves or reviews himself.

mod accounts;
mod act;
mod alarm;
mod changes;
mod command;
mod consent;
mod data;
mod login;
mod mails;
mod operator;
mod record;
mod rekey;
mod review;
mod run;
mod sight;
mod target;

pub(crate) use command::{Command, fields};
pub(crate) use consent::{
    Shown as ShownConsent, decline, grant, list as list_consents, open, proof, revoke,
    show as show_consent, tell_of_ends,
};
pub(crate) use login::{Reason, authorize, begin, current, end};
pub(crate) use operator::Operator;
pub(crate) use review::{Reviews, close_weeks, reviews_of, standing};
pub(crate) use run::{Answer, Order, run};
