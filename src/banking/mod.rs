//! Banking: what is read from the banks, through Plaid, read-only.
//!
//! Link makes an Item; a sync brings its transactions; a webhook is a reason to
//! sync; unlinking ends it. Every step can die half-way and is taken up again.

mod client;
mod history;
mod link;
mod page;
mod sweep;
mod sync;
mod unlink;
mod webhook;

pub(crate) use client::PlaidClient;
#[cfg(fuzzing)]
pub(crate) use history::cursor_law;
pub(crate) use history::{Filter, Page, fold, list};
pub(crate) use link::{Linked, hosted_result, link, link_token, present};
pub(crate) use sweep::sweep;
pub(crate) use sync::{Budget, resume, sync};
pub(crate) use unlink::{end_access, finish_removal, unlink};
pub(crate) use webhook::{handle, receive};
