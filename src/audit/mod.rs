//! The audit log: what was done to whom, by whom and why, in an order that nobody can
//! change afterwards without its showing. A Merkle tree over public leaves
//! ([`tlog`]; C2SP tlog-tiles), with what they commit to sealed beside them.
//!
//! Invariant: what a leaf is about and the leaf land together, the leaf first: where the
//! log cannot be written, nothing happens.

mod account;
mod event;
mod growth;
mod leaf;
mod once;
mod person;
mod reading;
mod signer;
mod told;
mod week;

pub(crate) use account::{AccountLog, note_account_log};
pub(crate) use event::{Actor, CommandOutcome, Event, Why};
pub(crate) use growth::grow;
pub(crate) use leaf::{Leaf, name_of};
pub(crate) use once::{append_once, note_versions};
pub(crate) use person::{ProvenLeaf, access_log, proven_leaves};
pub(crate) use reading::{checkpoint, head_for_a_mail, tile};
pub(crate) use signer::{AuditKey, sign_text, verifier_key};
pub(crate) use told::Told;
pub(crate) use week::Week;
