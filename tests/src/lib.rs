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

use std::time::{SystemTime, UNIX_EPOCH};

mod app;
mod authenticator;
mod bank;
mod client;
mod connection;
mod contract;
mod database;
mod healing;
mod mailbox;
mod person;
mod planetscale;
mod pwned_passwords;
mod reply;
mod rows;
mod sealed;
mod step_up;
mod stripe;

pub use app::TestApp;
pub use authenticator::Authenticator;
pub use bank::{Bank, BankItem, Linked, PlaidCall, TrueTransaction, Truth};
pub use client::{Call, Client};
pub use connection::{Connection, differences, shown_account};
pub use database::Database;
pub use healing::{heals, try_heals};
pub use mailbox::{Mail, Mailbox};
pub use person::{Applicant, Person};
pub use planetscale::PlanetScale;
pub use pwned_passwords::{PwnedPasswords, prefix};
pub use reply::Reply;
pub use rows::StoredRow;
pub use sealed::Keys;
pub use step_up::Refused;
pub use stripe::{DECLINED, FAILS_LATER, PAYS, Stripe, StripeCustomer};

/// Seconds since the Unix epoch, by this machine's clock, which is the Worker's too.
pub fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs().cast_signed())
}
