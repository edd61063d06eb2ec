//! Plays the person in Link.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::items::Open;
use crate::control::{Asked, Refusal};
use crate::plaid::bank::{Bank, Opening};
use crate::plaid::courier::dispatch;
use crate::plaid::institutions::Institution;
use crate::plaid::item::{Item, Stage};
use crate::plaid::link::Session;
use crate::plaid::{Plaid, webhooks};
use crate::seed::uuid;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Complete {
    link_token: String,
    #[serde(default)]
    institution_id: Option<String>,
    #[serde(default)]
    transactions: Option<usize>,
    #[serde(default)]
    products: Option<Vec<String>>,
    #[serde(default)]
    consented_products: Option<Vec<String>>,
    #[serde(default)]
    ready: Option<Stage>,
    #[serde(default)]
    username: Option<String>,
}

pub(super) async fn complete(
    State(plaid): State<Plaid>,
    Asked(asked): Asked<Complete>,
) -> Result<Json<Value>, Refusal> {
    let reply = in_link(&mut plaid.bank(), asked);
    dispatch(&plaid);
    reply.map(Json)
}

fn in_link(bank: &mut Bank, asked: Complete) -> Result<Value, Refusal> {
    let index = bank
        .links
        .iter()
        .position(|link| link.token == asked.link_token)
        .ok_or_else(|| Refusal::missing("link_token"))?;
    let link = bank
        .links
        .get(index)
        .ok_or_else(|| Refusal::missing("link_token"))?;
    if link.expires < Timestamp::now() {
        return Err(Refusal::bad("the link_token has expired"));
    }
    let (item_id, public_token, metadata) = if let Some(item_id) = link.repairs.clone() {
        let metadata = repair(bank, &item_id)?;
        (item_id, None, metadata)
    } else {
        let (item_id, public_token, metadata) = connect(bank, index, asked)?;
        (item_id, Some(public_token), metadata)
    };
    let id = uuid(&mut bank.tokens);
    let mut onward = metadata.clone();
    onward["link_session_id"] = json!(id);
    if let Some(link) = bank.links.get_mut(index) {
        link.session = Some(Session {
            id,
            finished_at: Timestamp::now(),
            public_token: public_token.clone(),
            metadata,
        });
    }
    Ok(json!({ "item_id": item_id, "public_token": public_token, "metadata": onward }))
}

fn connect(
    bank: &mut Bank,
    index: usize,
    asked: Complete,
) -> Result<(String, String, Value), Refusal> {
    let open = Open {
        institution_id: asked.institution_id,
        transactions: asked.transactions,
        ready: asked.ready,
        username: asked.username,
        ..Open::default()
    };
    let opening = open.opening(bank)?;
    let link = bank
        .links
        .get(index)
        .ok_or_else(|| Refusal::missing("link_token"))?;
    let supported: &Institution = opening.institution;
    let products = asked
        .products
        .unwrap_or_else(|| link.asked.products(supported.products));
    let consented = asked
        .consented_products
        .unwrap_or_else(|| link.asked.consented_products());
    let opening = Opening {
        products,
        consented_products: consented,
        webhook: link.asked.webhook.clone(),
        days: opening.days.min(link.asked.days_requested()),
        ..opening
    };
    let item = bank.open_item(opening);
    Ok((item.id.clone(), item.public_token.clone(), metadata(item)))
}

/// Update mode: the person logs in again.
fn repair(bank: &mut Bank, item_id: &str) -> Result<Value, Refusal> {
    let Bank { items, outbox, .. } = bank;
    let item = items
        .iter_mut()
        .find(|item| item.id == item_id)
        .ok_or_else(|| Refusal::missing("Item"))?;
    if item.error.take().is_some()
        && let Some(body) = webhooks::of_code(item, None, "LOGIN_REPAIRED")
    {
        item.fire("LOGIN_REPAIRED", &body, outbox);
    }
    Ok(metadata(item))
}

/// What Link hands to `onSuccess`.
fn metadata(item: &Item) -> Value {
    let accounts: Vec<Value> = item
        .open_accounts()
        .map(|account| {
            json!({
                "id": account.account_id,
                "name": account.name,
                "mask": account.mask,
                "type": account.kind,
                "subtype": account.subtype,
                "verification_status": null,
                "class_type": null,
            })
        })
        .collect();
    json!({
        "institution": {
            "institution_id": item.institution.id,
            "name": item.institution.name,
        },
        "accounts": accounts,
        "transfer_status": null,
    })
}
