//! Makes Items and changes them.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::control::{Asked, Refusal, done};
use crate::plaid::accounts::{AccountDraft, given};
use crate::plaid::bank::{Bank, Opening, days};
use crate::plaid::courier::dispatch;
use crate::plaid::errors::PlaidError;
use crate::plaid::institutions;
use crate::plaid::item::{Item, Stage, Wealth};
use crate::plaid::{Plaid, webhooks};

const DEFAULT_INSTITUTION: &str = "ins_109508";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Open {
    pub(super) institution_id: Option<String>,
    pub(super) transactions: Option<usize>,
    pub(super) months: Option<i32>,
    pub(super) products: Option<Vec<String>>,
    pub(super) consented_products: Option<Vec<String>>,
    pub(super) webhook: Option<String>,
    pub(super) ready: Option<Stage>,
    pub(super) username: Option<String>,
    pub(super) public_token: Option<String>,
    pub(super) access_token: Option<String>,
}

impl Open {
    /// By the defaults, but for what is said.
    pub(super) fn opening(self, bank: &Bank) -> Result<Opening, Refusal> {
        let id = self.institution_id.as_deref();
        let institution = institutions::find(id.unwrap_or(DEFAULT_INSTITUTION))
            .ok_or_else(|| Refusal::missing("institution"))?;
        let defaults = bank.opening(institution);
        Ok(Opening {
            products: self
                .products
                .unwrap_or_else(|| vec!["transactions".to_owned()]),
            consented_products: self.consented_products.unwrap_or_default(),
            webhook: self.webhook,
            username: self.username.unwrap_or(defaults.username),
            transactions: self.transactions.unwrap_or(defaults.transactions),
            days: self.months.map_or(defaults.days, days),
            stage_millis: defaults.stage_millis.filter(|_| self.ready.is_none()),
            stage: self.ready.unwrap_or(defaults.stage),
            public_token: self.public_token,
            institution,
            custom: None,
        })
    }
}

pub(super) async fn open(
    State(plaid): State<Plaid>,
    Asked(mut asked): Asked<Open>,
) -> Result<Json<Value>, Refusal> {
    let reply = {
        let mut bank = plaid.bank();
        let access_token = asked.access_token.take();
        let taken = |token: &str| bank.by_access_token(token).is_ok();
        if access_token.as_deref().is_some_and(taken) {
            return Err(Refusal::bad("that access_token is taken"));
        }
        if access_token
            .as_deref()
            .is_some_and(|token| !token.starts_with("access-sandbox-"))
        {
            return Err(Refusal::bad("an access_token begins with access-sandbox-"));
        }
        let opening = asked.opening(&bank)?;
        let item = bank.open_item(opening);
        item.access_token = access_token;
        let unread = item.unread.initial.len() + item.unread.history.len();
        let ids: Vec<&String> = item.accounts.iter().map(|open| &open.account_id).collect();
        json!({
            "item_id": item.id,
            "public_token": item.public_token,
            "access_token": item.access_token,
            "account_ids": ids,
            "transactions": item.ledger.standing().count() + unread,
        })
    };
    dispatch(&plaid);
    Ok(Json(reply))
}

pub(super) async fn list(State(plaid): State<Plaid>) -> Json<Value> {
    let bank = plaid.bank();
    let items: Vec<Value> = bank.items.iter().map(describe).collect();
    Json(json!({ "items": items }))
}

pub(super) async fn one(
    State(plaid): State<Plaid>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let bank = plaid.bank();
    let item = bank.item(&id).ok_or_else(|| Refusal::missing("Item"))?;
    Ok(Json(describe(item)))
}

fn describe(item: &Item) -> Value {
    json!({
        "item_id": item.id,
        "institution_id": item.institution.id,
        "public_token": item.public_token,
        "access_token": item.access_token,
        "removed": item.removed,
        "ready": item.stage,
        "version": item.ledger.version(),
        "sync_called": item.sync_called,
        "error": item.error.as_ref().map(|error| &error.code),
        "products": item.products,
        "consented_products": item.consented_products,
        "consent_expiration_time": item.consent_expiration_time,
        "webhook": item.webhook,
        "username": item.username,
        "accounts": item.accounts,
    })
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Change {
    products: Option<Vec<String>>,
    consented_products: Option<Vec<String>>,
    #[serde(deserialize_with = "given")]
    webhook: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    error: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    consent_expiration_time: Option<Option<Timestamp>>,
    ready: Option<Stage>,
}

pub(super) async fn change(
    State(plaid): State<Plaid>,
    Path(id): Path<String>,
    Asked(asked): Asked<Change>,
) -> Result<Json<Value>, Refusal> {
    let described = with_item(&plaid, &id, |item, outbox| {
        if let Some(products) = asked.products {
            item.products = products;
        }
        if let Some(products) = asked.consented_products {
            item.consented_products = products;
        }
        if let Some(webhook) = asked.webhook {
            item.webhook = webhook;
        }
        if let Some(code) = asked.error {
            item.error = code.map(PlaidError::of);
        }
        if let Some(time) = asked.consent_expiration_time {
            item.consent_expiration_time = time;
        }
        match asked.ready {
            Some(ready) if ready < item.stage => {
                return Err(Refusal::bad("what was pulled cannot be unpulled"));
            }
            Some(ready) => while item.stage < ready && item.advance(outbox) {},
            None => {}
        }
        Ok(describe(item))
    })?;
    Ok(Json(described))
}

pub(super) async fn advance(
    State(plaid): State<Plaid>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let ready = with_item(&plaid, &id, |item, outbox| {
        item.advance(outbox);
        Ok(item.stage)
    })?;
    Ok(Json(json!({ "ready": ready })))
}

pub(super) async fn open_account(
    State(plaid): State<Plaid>,
    Path(id): Path<String>,
    Asked(draft): Asked<AccountDraft>,
) -> Result<Json<Value>, Refusal> {
    let account = with_item(&plaid, &id, |item, outbox| {
        let announced = draft.webhook;
        let account = draft.open(&mut item.rng);
        item.accounts.push(account.clone());
        if announced && let Some(body) = webhooks::of_code(item, None, "NEW_ACCOUNTS_AVAILABLE") {
            item.fire("NEW_ACCOUNTS_AVAILABLE", &body, outbox);
        }
        Ok(account)
    })?;
    Ok(Json(json!(account)))
}

pub(super) async fn change_account(
    State(plaid): State<Plaid>,
    Path((id, account_id)): Path<(String, String)>,
    Asked(draft): Asked<AccountDraft>,
) -> Result<Json<Value>, Refusal> {
    let account = with_item(&plaid, &id, |item, _| {
        let account = item
            .accounts
            .iter_mut()
            .find(|account| account.account_id == account_id)
            .ok_or_else(|| Refusal::missing("account"))?;
        draft.apply(account);
        Ok(account.clone())
    })?;
    Ok(Json(json!(account)))
}

/// What it holds and owes from now on; what is left out is the usual again.
pub(super) async fn set_wealth(
    State(plaid): State<Plaid>,
    Path(id): Path<String>,
    Asked(wealth): Asked<Wealth>,
) -> Result<Json<Value>, Refusal> {
    with_item(&plaid, &id, |item, _| {
        item.wealth = wealth;
        Ok(())
    })?;
    Ok(done())
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct NewDefaults {
    transactions: Option<usize>,
    months: Option<i32>,
    ready: Option<Stage>,
    products: Option<Vec<String>>,
    consented_products: Option<Vec<String>>,
    #[serde(deserialize_with = "given")]
    stage_millis: Option<Option<u64>>,
}

pub(super) async fn defaults(
    State(plaid): State<Plaid>,
    Asked(asked): Asked<NewDefaults>,
) -> Json<Value> {
    let mut bank = plaid.bank();
    let defaults = &mut bank.defaults;
    if let Some(transactions) = asked.transactions {
        defaults.transactions = transactions;
    }
    if let Some(months) = asked.months {
        defaults.months = months;
    }
    if let Some(ready) = asked.ready {
        defaults.ready = ready;
    }
    if let Some(products) = asked.products {
        defaults.products = products;
    }
    if let Some(products) = asked.consented_products {
        defaults.consented_products = products;
    }
    if let Some(millis) = asked.stage_millis {
        defaults.stage_millis = millis;
    }
    done()
}

/// Does something to an Item and sends what webhooks come of it.
pub(super) fn with_item<T>(
    plaid: &Plaid,
    id: &str,
    change: impl FnOnce(&mut Item, &mut Vec<crate::plaid::courier::Outgoing>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let result = {
        let mut bank = plaid.bank();
        let Bank { items, outbox, .. } = &mut *bank;
        let item = items
            .iter_mut()
            .find(|item| item.id == id)
            .ok_or_else(|| Refusal::missing("Item"))?;
        change(item, outbox)
    };
    dispatch(plaid);
    result
}
