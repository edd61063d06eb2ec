//! Banking: what is read from the banks, through Plaid, read-only.
//!
//! Link makes an Item; a sync brings its transactions; a webhook is a reason to
//! sync; unlinking ends it. Every step can die half-way and is taken up again.

mod account_removal;
mod annotate;
mod balance_history;
mod budget;
mod cash_flow;
mod client;
mod entries;
mod history;
mod hold;
mod link;
mod live_balances;
mod month;
mod net_worth;
mod news;
mod page;
mod repair;
mod rotation;
mod snapshot;
mod sweep;
mod sync;
mod unlink;
mod webhook;

pub(crate) use account_removal::remove_account;
pub(crate) use annotate::{AnnotationChange, Said, annotate, show};
pub(crate) use cash_flow::{cash_flow, months_between};
pub(crate) use client::PlaidClient;
#[cfg(fuzzing)]
pub(crate) use history::cursor_law;
pub(crate) use history::{Filter, Page, Shown, find, fold, list};
pub(crate) use link::{Linked, hosted_result, link, link_token, present};
pub(crate) use live_balances::live_balances;
pub(crate) use net_worth::{DayWorth, Interval, Worth, date, net_worth};
pub(crate) use news::handle;
pub(crate) use repair::repaired;
pub(crate) use rotation::rotate_token;
pub(crate) use snapshot::snapshot;
pub(crate) use sweep::{check, sweep};
pub(crate) use sync::{Reason, Synced, resume, sync, sync_for};
pub(crate) use unlink::{end_access, finish_removal, unlink};
pub(crate) use webhook::receive;
