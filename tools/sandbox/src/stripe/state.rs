//! What Stripe knows: objects as they are answered, by their ids, and what is on its way.

use std::collections::{BTreeMap, HashSet};

use fastrand::Rng;
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::courier::Deliveries;
use super::failures::Failures;
use super::{API_VERSION, Settings};
use crate::seed::{generator, identifier};

/// A call as it came.
#[derive(Clone, Serialize)]
pub(super) struct Heard {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

/// What a call under a key was answered with.
pub(super) struct Answered {
    pub(super) fingerprint: String,
    pub(super) status: StatusCode,
    pub(super) body: Value,
}

/// Where webhooks go.
#[derive(Clone)]
pub(super) struct Endpoint {
    pub(super) url: String,
    /// Several while one is rolled.
    pub(super) secrets: Vec<String>,
}

/// Everything.
pub(super) struct Inner {
    pub(super) settings: Settings,
    rng: Rng,
    pub(super) customers: BTreeMap<String, Value>,
    /// Seconds that a customer's clock is ahead.
    pub(super) clocks: BTreeMap<String, i64>,
    /// The card that a customer pays with.
    pub(super) cards: BTreeMap<String, String>,
    /// In the order they were made.
    pub(super) subscriptions: Vec<Value>,
    pub(super) sessions: BTreeMap<String, Value>,
    /// What a checkout session was asked for, which its object does not say.
    pub(super) orders: BTreeMap<String, Value>,
    pub(super) portals: BTreeMap<String, Value>,
    pub(super) prices: BTreeMap<String, Value>,
    pub(super) events: Vec<Value>,
    /// Customers whose events are kept back.
    pub(super) held: HashSet<String>,
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) deliveries: Deliveries,
    pub(super) answered: BTreeMap<String, Answered>,
    pub(super) failures: Failures,
    pub(super) requests: Vec<Heard>,
}

impl Inner {
    pub(super) fn new(settings: Settings) -> Self {
        let prices = [
            ("price_monthly", 500, "month"),
            ("price_yearly", 5_000, "year"),
        ];
        let prices =
            prices.map(|(id, amount, interval)| (id.to_owned(), price(id, amount, interval)));
        let endpoints = settings.webhook_url.iter().map(|url| Endpoint {
            url: url.clone(),
            secrets: vec![settings.webhook_secret.clone()],
        });
        let endpoints = endpoints.collect();
        Self {
            rng: generator(settings.seed, "stripe"),
            settings,
            customers: BTreeMap::new(),
            clocks: BTreeMap::new(),
            cards: BTreeMap::new(),
            subscriptions: Vec::new(),
            sessions: BTreeMap::new(),
            orders: BTreeMap::new(),
            portals: BTreeMap::new(),
            prices: prices.into(),
            events: Vec::new(),
            held: HashSet::new(),
            endpoints,
            deliveries: Deliveries::default(),
            answered: BTreeMap::new(),
            failures: Failures::default(),
            requests: Vec::new(),
        }
    }

    /// An id in Stripe's form.
    pub(super) fn next_id(&mut self, prefix: &str) -> String {
        format!("{prefix}_{}", identifier(&mut self.rng, 24))
    }

    /// The time by a customer's own clock.
    pub(super) fn now(&self, customer: &str) -> i64 {
        Timestamp::now().as_second() + self.clocks.get(customer).copied().unwrap_or_default()
    }

    pub(super) fn subscription(&mut self, id: &str) -> Option<&mut Value> {
        self.subscriptions
            .iter_mut()
            .find(|known| known["id"] == id)
    }

    /// Ids of a customer's subscriptions, newest first.
    pub(super) fn subscriptions_of(&self, customer: &str) -> Vec<String> {
        let hers = self.subscriptions.iter().rev();
        hers.filter(|known| known["customer"] == customer)
            .filter_map(|known| known["id"].as_str().map(str::to_owned))
            .collect()
    }

    /// Something happened: an event with the object as it is now, to be delivered unless
    /// its customer's are kept back.
    pub(super) fn emit(&mut self, kind: &str, object: &Value) {
        let id = self.next_id("evt");
        let customer = object["customer"].as_str().unwrap_or_default().to_owned();
        let event = json!({
            "id": id, "object": "event", "api_version": API_VERSION, "created": self.now(&customer),
            "data": {"object": object}, "livemode": false, "pending_webhooks": self.endpoints.len(),
            "request": {"id": null, "idempotency_key": null}, "type": kind,
        });
        self.events.push(event);
        if !self.held.contains(&customer) {
            self.deliveries.ask_for(&id);
        }
    }
}

fn price(id: &str, amount: i64, interval: &str) -> Value {
    json!({
        "id": id, "object": "price", "active": true, "billing_scheme": "per_unit", "created": 1_700_000_000,
        "currency": "usd", "custom_unit_amount": null, "livemode": false, "lookup_key": null, "metadata": {},
        "nickname": null, "product": "prod_plus",
        "recurring": {"interval": interval, "interval_count": 1, "meter": null, "trial_period_days": null, "usage_type": "licensed"},
        "tax_behavior": "unspecified", "tiers_mode": null, "transform_quantity": null, "type": "recurring",
        "unit_amount": amount, "unit_amount_decimal": amount.to_string(),
    })
}
