//! The controls of the Plaid stand-in: what the bank knows, does, and gets wrong.
//! All but a few of them touch one Item only, so that tests beside one another do
//! not meet; those few are for an instance of one's own.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::Client;

/// Everything behind Plaid.
#[derive(Clone)]
pub struct Bank(Client);

/// What Link gave when the person was done.
pub struct Linked {
    pub item: BankItem,
    /// None in update mode.
    pub public_token: Option<String>,
    /// As `onSuccess` has it: `institution`, `accounts` …
    pub metadata: Value,
}

/// One Item, as the bank and Plaid know it.
#[derive(Clone)]
pub struct BankItem {
    bank: Client,
    pub id: String,
}

/// A call that came to Plaid.
#[derive(Clone, Debug, Deserialize)]
pub struct PlaidCall {
    pub path: String,
    pub status: Option<u16>,
    pub item_id: Option<String>,
    pub body: Value,
}

/// The state in which a client that has missed nothing is.
#[derive(Deserialize)]
pub struct Truth {
    pub accounts: Vec<TrueAccount>,
    pub removed: Vec<String>,
    pub transactions: Vec<TrueTransaction>,
}

/// An account, balances as the characters that the bank sends.
#[derive(Deserialize)]
pub struct TrueAccount {
    pub account_id: String,
    pub name: String,
    pub official_name: Option<String>,
    pub mask: Option<String>,
    #[serde(rename = "type")]
    pub kind: String,
    pub subtype: Option<String>,
    pub balances: TrueBalances,
}

#[derive(Deserialize)]
pub struct TrueBalances {
    pub available: Option<Box<RawValue>>,
    pub current: Option<Box<RawValue>>,
    pub limit: Option<Box<RawValue>>,
    pub iso_currency_code: Option<String>,
    pub unofficial_currency_code: Option<String>,
}

/// A transaction, its amount as the characters that the bank sends.
#[derive(Clone, Deserialize)]
pub struct TrueTransaction {
    pub transaction_id: String,
    pub account_id: String,
    pub amount: Box<RawValue>,
    pub iso_currency_code: Option<String>,
    pub unofficial_currency_code: Option<String>,
    pub date: String,
    pub authorized_date: Option<String>,
    pub datetime: Option<String>,
    pub name: String,
    pub merchant_name: Option<String>,
    pub payment_channel: String,
    pub pending: bool,
    pub pending_transaction_id: Option<String>,
    pub personal_finance_category: Option<TrueCategory>,
}

#[derive(Clone, Deserialize)]
pub struct TrueCategory {
    pub primary: String,
    pub detailed: String,
    pub confidence_level: Option<String>,
}

impl Bank {
    pub(crate) fn new(url: &str) -> Self {
        Self(Client::new(url, "127.0.0.1"))
    }

    /// A person goes through Link with this token. `details`: the institution, how
    /// many transactions, which products …
    pub fn link(&self, link_token: &str, details: &Value) -> Linked {
        let mut asked = json!({"link_token": link_token});
        merge(&mut asked, details);
        let done = self.control("/link", &asked);
        Linked {
            item: self.item(done["item_id"].as_str().expect("an Item's id")),
            public_token: done["public_token"].as_str().map(str::to_owned),
            metadata: done["metadata"].clone(),
        }
    }

    /// The Item with this id of Plaid's.
    pub fn item(&self, id: &str) -> BankItem {
        BankItem {
            bank: self.0.clone(),
            id: id.into(),
        }
    }

    /// Calls to `endpoint` fail from now on, whoever makes them: not for an
    /// instance that others share.
    pub fn fail(&self, endpoint: &str, details: &Value) {
        let mut failure = json!({"endpoint": endpoint});
        merge(&mut failure, details);
        self.control("/fail", &failure);
    }

    /// Nothing fails any more that was ordered to, whoever ordered it.
    pub fn heal(&self) {
        self.0.delete("/_control/fail").expect(200);
    }

    /// Whether calls are counted against Plaid's limits.
    pub fn limit_calls(&self, on: bool) {
        self.control("/limits", &json!({"off": !on}));
    }

    /// All calls since the start, in order.
    pub fn calls(&self) -> Vec<PlaidCall> {
        let log = self.0.get("/_control/requests").expect(200);
        serde_json::from_value(log["requests"].clone()).expect("calls")
    }

    /// The calls to one endpoint.
    pub fn calls_to(&self, endpoint: &str) -> Vec<PlaidCall> {
        self.calls()
            .into_iter()
            .filter(|call| call.path == endpoint)
            .collect()
    }

    /// Sends a webhook as `order` says; what each copy was answered with, 0 where
    /// there was no answer.
    pub fn fire(&self, order: &Value) -> Vec<u16> {
        let report = self.control("/webhooks/fire", order);
        let deliveries = report["deliveries"].as_array().expect("deliveries");
        let status = |delivery: &Value| delivery["status"].as_u64().unwrap_or(0);
        deliveries
            .iter()
            .map(|delivery| u16::try_from(status(delivery)).expect("a status"))
            .collect()
    }

    /// Waits until no webhook is under way.
    pub fn wait_for_webhooks(&self) {
        let report = self.0.get("/_control/webhooks?idle=30").expect(200);
        let all = report["deliveries"].as_array().expect("deliveries");
        assert!(
            all.iter().all(|delivery| delivery["done"] == true),
            "webhooks are still under way"
        );
    }

    /// How webhooks are sent: `enabled`, `duplicate`, `retry_millis` …
    pub fn webhooks(&self, policy: &Value) {
        self.control("/webhooks/policy", policy);
    }

    /// Signs with a new key from now on.
    pub fn rotate_keys(&self, details: &Value) {
        self.control("/keys/rotate", details);
    }

    /// The signing key's time is over.
    pub fn expire_key(&self) {
        self.control("/keys/expire", &json!({}));
    }

    fn control(&self, path: &str, body: &Value) -> Value {
        self.0.post(&format!("/_control{path}"), body).expect(200)
    }
}

impl BankItem {
    /// What the bank knows now.
    pub fn truth(&self) -> Truth {
        let reply = self.bank.get(&format!("/_control/items/{}/truth", self.id));
        reply.expect(200);
        // Not through a `Value`, which would read amounts as floats.
        serde_json::from_str(&reply.text()).expect("the truth")
    }

    /// The Item itself: `removed`, `error`, `webhook`, `version`, `access_token` …
    pub fn state(&self) -> Value {
        self.bank
            .get(&format!("/_control/items/{}", self.id))
            .expect(200)
    }

    /// One update of the bank: `add`, `modify`, `remove`, `post`. `update` is JSON
    /// text, so that amounts stay the characters that were written. What came of it:
    /// ids `added`, `modified`, `removed`.
    pub fn update(&self, update: &str) -> Value {
        self.control_text("transactions", update)
    }

    /// Changes something while pages are read: `once`, `always`, `off`.
    pub fn mutate(&self, mode: &str) {
        self.control("mutate", &json!({"mode": mode}));
    }

    /// The next stage of the first pull.
    pub fn advance(&self) {
        self.control("advance", &json!({}));
    }

    /// Opens another account.
    pub fn open_account(&self, details: &Value) -> Value {
        self.control("accounts", details)
    }

    /// Sets balances and the like; `change` is JSON text, for its amounts.
    pub fn change_account(&self, account_id: &str, change: &str) {
        let path = format!("/_control/items/{}/accounts/{account_id}", self.id);
        self.bank
            .call("PATCH", &path)
            .body("application/json", change)
            .send()
            .expect(200);
    }

    /// Sets `products`, `error`, `webhook` …
    pub fn set(&self, change: &Value) {
        let path = format!("/_control/items/{}", self.id);
        self.bank
            .call("PATCH", &path)
            .json(change)
            .send()
            .expect(200);
    }

    /// Calls about this Item fail so.
    pub fn fail(&self, endpoint: &str, details: &Value) {
        let mut failure = json!({"endpoint": endpoint, "item_id": self.id});
        merge(&mut failure, details);
        self.bank.post("/_control/fail", &failure).expect(200);
    }

    /// How often an endpoint was called about this Item.
    pub fn calls_to(&self, endpoint: &str) -> usize {
        self.calls()
            .iter()
            .filter(|call| call.path == endpoint)
            .count()
    }

    /// The calls about this Item, in order.
    pub fn calls(&self) -> Vec<PlaidCall> {
        let all = Bank(self.bank.clone()).calls();
        all.into_iter()
            .filter(|call| call.item_id.as_deref() == Some(self.id.as_str()))
            .collect()
    }

    /// Sends the webhook of this code, `times` at once; what each was answered with.
    pub fn fire(&self, code: &str, times: usize) -> Vec<u16> {
        let order = json!({"item_id": self.id, "code": code, "times": times});
        Bank(self.bank.clone()).fire(&order)
    }

    fn control(&self, what: &str, body: &Value) -> Value {
        self.control_text(what, &body.to_string())
    }

    pub(crate) fn control_text(&self, what: &str, body: &str) -> Value {
        let path = format!("/_control/items/{}/{what}", self.id);
        let call = self.bank.call("POST", &path);
        call.body("application/json", body).send().expect(200)
    }
}

fn merge(into: &mut Value, more: &Value) {
    if let (Some(into), Some(more)) = (into.as_object_mut(), more.as_object()) {
        into.extend(more.clone());
    }
}
