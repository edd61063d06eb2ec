//! Billing, through Stripe: a plan is subscribed to on Stripe's pages, and what is known
//! of it here is what Stripe said when it was last asked.
//!
//! An event is a reason to ask, never an answer: so events may come twice, late, in any
//! order or not at all, and every order ends where Stripe is. Card data never comes here;
//! Stripe is told an opaque id of the person's and nothing else.

mod checkout;
mod client;
mod config;
mod customer;
mod entitlements;
mod reconcile;
mod refresh;
mod webhook;

pub(crate) use checkout::{checkout, portal};
pub(crate) use client::StripeClient;
pub(crate) use config::BillingConfig;
pub(crate) use customer::end_customer;
pub(crate) use entitlements::{Entitlements, record};
pub(crate) use reconcile::{reconcile, sweep};
pub(crate) use webhook::{handle, receive};
