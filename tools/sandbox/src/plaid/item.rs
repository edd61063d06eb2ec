//! An Item: one person's login at one institution, and all that Plaid keeps about it.

use fastrand::Rng;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::accounts::Account;
use super::courier::Outgoing;
use super::errors::PlaidError;
use super::institutions::Institution;
use super::ledger::Ledger;
use super::sync::Mutation;
use super::transaction::Transaction;
use super::webhooks;

/// How far Plaid has got with the pull of an Item's transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Stage {
    #[serde(rename = "NOT_READY")]
    NotReady,
    /// The last 30 days.
    #[serde(rename = "INITIAL_UPDATE_COMPLETE")]
    Initial,
    #[serde(rename = "HISTORICAL_UPDATE_COMPLETE")]
    Historical,
}

/// One Item.
pub(super) struct Item {
    pub(super) id: String,
    pub(super) public_token: String,
    pub(super) public_token_expires: Timestamp,
    /// None until the public token is exchanged.
    pub(super) access_token: Option<String>,
    pub(super) removed: bool,
    pub(super) institution: &'static Institution,
    pub(super) username: String,
    pub(super) products: Vec<String>,
    pub(super) consented_products: Vec<String>,
    pub(super) webhook: Option<String>,
    pub(super) error: Option<PlaidError>,
    pub(super) consent_expiration_time: Option<Timestamp>,
    pub(super) created_at: Timestamp,
    pub(super) accounts: Vec<Account>,
    pub(super) ledger: Ledger,
    pub(super) stage: Stage,
    /// Rows that the pull has not brought yet.
    pub(super) unread: Unread,
    pub(super) sync_called: bool,
    pub(super) mutation: Mutation,
    /// What a test had it hold and owe, in place of the usual.
    pub(super) wealth: Wealth,
    pub(super) last_update: Option<Timestamp>,
    pub(super) last_webhook: Option<(Timestamp, String)>,
    pub(super) rng: Rng,
}

/// Members of the replies about holdings and debts, as they are to be sent.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Wealth {
    pub(super) holdings: Option<Box<RawValue>>,
    pub(super) securities: Option<Box<RawValue>>,
    pub(super) liabilities: Option<Box<RawValue>>,
}

/// What the pull will bring.
#[derive(Default)]
pub(super) struct Unread {
    pub(super) initial: Vec<Transaction>,
    pub(super) history: Vec<Transaction>,
}

impl Item {
    pub(super) fn open_accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.iter().filter(|account| !account.closed)
    }

    /// The schema's `Item`.
    pub(super) fn describe(&self) -> Value {
        let available: Vec<&str> = self
            .institution
            .products
            .iter()
            .copied()
            .filter(|product| !self.products.iter().any(|has| has == product))
            .collect();
        json!({
            "available_products": available,
            "billed_products": self.products,
            "consent_expiration_time": self.consent_expiration_time,
            "consented_products": self.consented_products,
            "error": self.error.as_ref().map(PlaidError::embedded),
            "institution_id": self.institution.id,
            "institution_name": self.institution.name,
            "item_id": self.id,
            "products": self.products,
            "update_type": "background",
            "webhook": self.webhook.as_deref().unwrap_or_default(),
            "auth_method": null,
        })
    }

    /// Makes sure that `product` may be used: consented to and supported; uses it from now on.
    pub(super) fn require(&mut self, product: &str) -> Result<(), PlaidError> {
        if self.products.iter().any(|has| has == product) {
            return Ok(());
        }
        if !self.institution.products.contains(&product) {
            return Err(PlaidError::saying(
                "PRODUCTS_NOT_SUPPORTED",
                format!(
                    "the following products are not supported by this institution: [\"{product}\"]"
                ),
            ));
        }
        if !self.consented_products.iter().any(|has| has == product) {
            return Err(PlaidError::of("ADDITIONAL_CONSENT_REQUIRED"));
        }
        self.products.push(product.to_owned());
        Ok(())
    }

    /// Queues a webhook, if the Item has somewhere to send it.
    pub(super) fn fire(&mut self, code: &str, body: &Value, outbox: &mut Vec<Outgoing>) {
        self.last_webhook = Some((Timestamp::now(), code.to_owned()));
        if let Some(url) = self.webhook.clone().filter(|url| !url.is_empty()) {
            outbox.push(Outgoing::new(&self.id, url, body));
        }
    }

    /// Brings in the next part of the pull. False when all of it is there.
    pub(super) fn advance(&mut self, outbox: &mut Vec<Outgoing>) -> bool {
        let (stage, code, rows) = match self.stage {
            Stage::NotReady => (
                Stage::Initial,
                "INITIAL_UPDATE",
                std::mem::take(&mut self.unread.initial),
            ),
            Stage::Initial => (
                Stage::Historical,
                "HISTORICAL_UPDATE",
                std::mem::take(&mut self.unread.history),
            ),
            Stage::Historical => return false,
        };
        self.stage = stage;
        for row in &rows {
            // The ids are our own and fresh.
            let _ = self.ledger.add(row);
        }
        self.last_update = Some(Timestamp::now());
        let update = webhooks::transactions_update(self, code, rows.len());
        self.fire(code, &update, outbox);
        self.announce_updates(outbox);
        true
    }

    /// `SYNC_UPDATES_AVAILABLE`, which Plaid only sends to those that have called sync.
    pub(super) fn announce_updates(&mut self, outbox: &mut Vec<Outgoing>) {
        if self.sync_called {
            let body = webhooks::sync_updates_available(self);
            self.fire("SYNC_UPDATES_AVAILABLE", &body, outbox);
        }
    }

    /// Breaks the Item as the institution would, and says so.
    pub(super) fn break_with(&mut self, error: PlaidError, outbox: &mut Vec<Outgoing>) {
        self.error = Some(error);
        let body = webhooks::item_error(self);
        self.fire("ERROR", &body, outbox);
    }
}
