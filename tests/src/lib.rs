//! The harness of the end-to-end tests: a running instance, the people who use
//! it, and the controls of the stand-ins beside it. A test reads as what someone
//! does:
//!
//! ```no_run
//! use end_to_end::TestApp;
//! use serde_json::json;
//!
//! let app = TestApp::start(None);
//! let ada = app.person();
//! ada.get("/v1/me").expect(200);
//! app.stranger().get("/v1/me").expect_problem(401, "unauthenticated");
//! ```
//!
//! Tests run at once on one instance, so nobody shares anything: each person has
//! her own email, password and network address, and a failure of a stand-in is
//! set for one password or one Item only.

// What fails here is the set-up or the test: it is to stop there and say so.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    missing_docs
)]

mod account_log;
mod app;
mod audit;
mod authenticator;
mod bank;
mod bucket;
mod care;
mod cash_flow;
mod client;
mod connection;
mod console;
mod contract;
mod database;
mod healing;
mod mailbox;
mod own_words;
mod person;
mod plaid_schema;
mod planetscale;
mod pwned_passwords;
mod reply;
mod rows;
mod sealed;
mod step_up;
mod stripe;
mod telemetry;
mod token;
mod watch;
mod wealth;
mod when;

pub use account_log::AccountLog;
pub use app::TestApp;
pub use audit::{AuditLog, Mirror};
pub use authenticator::Authenticator;
pub use bank::{Bank, BankItem, Linked, PlaidCall, TrueAccount, TrueTransaction, Truth};
pub use bucket::Bucket;
pub use care::webhook;
pub use cash_flow::{Flow, FlowKey, Flows, flows_of};
pub use client::{Call, Client};
pub use connection::{Connection, differences, differences_from, shown_account};
pub use console::{Console, FIRST_OPERATOR, KeyHolder, begin, challenge, reason};
pub use database::Database;
pub use healing::{heals, try_heals};
pub use mailbox::{Mail, Mailbox};
pub use own_words::own_words_of;
pub use person::{Applicant, Person};
pub use plaid_schema::PlaidSchemas;
pub use planetscale::PlanetScale;
pub use pwned_passwords::{PwnedPasswords, prefix};
pub use reply::Reply;
pub use rows::StoredRow;
pub use sealed::Keys;
pub use step_up::Refused;
pub use stripe::{DECLINED, FAILS_LATER, PAYS, Stripe, StripeCustomer};
pub use telemetry::{Arrived, Sink, attribute};
pub use watch::Watch;
pub use when::{days_before, in_days, unix_now};
