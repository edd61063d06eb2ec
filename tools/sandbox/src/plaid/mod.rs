//! Plaid, stateful, as <https://plaid.com/docs/api/> and its `OpenAPI` document (2020-09-14) describe
//! it: the calls that Balance may make, and those of the sandbox that tests make. Whatever a client
//! has read by `/transactions/sync` to the end equals the bank's ledger.

mod accounts;
mod bank;
mod call;
mod control;
mod courier;
mod currency;
mod errors;
mod failures;
mod history;
mod institutions;
mod investments;
mod item;
mod items;
mod keys;
mod ledger;
mod lexeme;
mod liabilities;
mod limits;
mod link;
mod members;
mod merchants;
mod public_token;
mod purchase;
mod recurring;
mod requests;
mod routes;
mod sandbox_calls;
mod shape;
mod signature;
mod sync;
mod transaction;
mod webhooks;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use tokio::sync::watch;

use bank::Bank;
use call::{Call, Reply};
pub(crate) use item::Stage;

/// What the service starts with.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) client_id: String,
    pub(crate) secret: String,
    pub(crate) seed: u64,
    /// The bank's date; clocks of tokens and webhooks are real.
    pub(crate) today: Date,
    pub(crate) defaults: Defaults,
    pub(crate) webhooks: WebhookPolicy,
}

/// What an Item gets when nobody says.
#[derive(Clone)]
pub(crate) struct Defaults {
    pub(crate) transactions: usize,
    pub(crate) months: i32,
    pub(crate) ready: Stage,
    /// Products that come back though nobody asked for them.
    pub(crate) products: Vec<String>,
    pub(crate) consented_products: Vec<String>,
    pub(crate) stage_millis: Option<u64>,
}

/// How webhooks are sent.
#[derive(Clone)]
pub(crate) struct WebhookPolicy {
    pub(crate) retry_millis: Vec<u64>,
    pub(crate) timeout: Duration,
    pub(crate) enabled: bool,
    /// How many copies of each.
    pub(crate) copies: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            client_id: "sandbox-client-id".to_owned(),
            secret: "sandbox-secret".to_owned(),
            seed: 1,
            today: Timestamp::now().to_zoned(TimeZone::UTC).date(),
            defaults: Defaults {
                transactions: 400,
                months: 24,
                ready: Stage::Historical,
                products: Vec::new(),
                consented_products: Vec::new(),
                stage_millis: None,
            },
            webhooks: WebhookPolicy {
                retry_millis: vec![250, 1_000, 4_000],
                timeout: Duration::from_secs(10),
                enabled: true,
                copies: 1,
            },
        }
    }
}

/// The whole service.
#[derive(Clone)]
pub(crate) struct Plaid(Arc<Shared>);

struct Shared {
    bank: Mutex<Bank>,
    /// Webhooks under way.
    in_flight: watch::Sender<usize>,
}

impl Plaid {
    fn new(settings: Settings) -> Self {
        Self(Arc::new(Shared {
            bank: Mutex::new(Bank::open(settings)),
            in_flight: watch::Sender::new(0),
        }))
    }

    fn bank(&self) -> MutexGuard<'_, Bank> {
        self.0.bank.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The service and its control surface.
pub(crate) fn router(settings: Settings) -> Router {
    Router::new()
        .nest("/_control", control::router())
        .fallback(call::answer)
        .with_state(Plaid::new(settings))
}

/// A member that may be absent, null or given.
fn once<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Option::deserialize(deserializer)
}
