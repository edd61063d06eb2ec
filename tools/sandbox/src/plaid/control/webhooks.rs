//! Signing keys, and webhooks as a test wants them.

use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use bytes::Bytes;
use futures_util::future::join_all;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::control::{Asked, Refusal, done};
use crate::plaid::Plaid;
use crate::plaid::courier::{attempt, text_of};
use crate::plaid::signature::Manner;
use crate::plaid::webhooks::of_code;

pub(super) async fn keys(State(plaid): State<Plaid>) -> Json<Value> {
    Json(json!({ "keys": plaid.bank().keys.list() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rotate {
    #[serde(default)]
    expire_in: Option<i64>,
}

pub(super) async fn rotate(State(plaid): State<Plaid>, Asked(asked): Asked<Rotate>) -> Json<Value> {
    let now = Timestamp::now().as_second();
    let mut bank = plaid.bank();
    bank.keys.rotate(now, asked.expire_in);
    Json(json!({ "keys": bank.keys.list() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expire {
    #[serde(default)]
    kid: Option<String>,
}

pub(super) async fn expire(
    State(plaid): State<Plaid>,
    Asked(asked): Asked<Expire>,
) -> Result<Json<Value>, Refusal> {
    let now = Timestamp::now().as_second();
    let mut bank = plaid.bank();
    if !bank.keys.expire(asked.kid.as_deref(), now) {
        return Err(Refusal::missing("key"));
    }
    Ok(Json(json!({ "keys": bank.keys.list() })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Idle {
    #[serde(default)]
    idle: Option<f64>,
}

pub(super) async fn deliveries(
    State(plaid): State<Plaid>,
    Query(asked): Query<Idle>,
) -> Json<Value> {
    if let Some(seconds) = asked.idle {
        let patience = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        let mut in_flight = plaid.0.in_flight.subscribe();
        let idle = in_flight.wait_for(|count| *count == 0);
        // What is still under way when patience ends shows as not done.
        let _ = tokio::time::timeout(patience, idle).await;
    }
    Json(json!({ "deliveries": plaid.bank().deliveries.list() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Policy {
    #[serde(default)]
    retry_millis: Option<Vec<u64>>,
    #[serde(default)]
    timeout_millis: Option<u64>,
    #[serde(default)]
    enabled: Option<bool>,
    #[serde(default)]
    duplicate: Option<u32>,
}

pub(super) async fn policy(State(plaid): State<Plaid>, Asked(asked): Asked<Policy>) -> Json<Value> {
    let mut bank = plaid.bank();
    let policy = &mut bank.webhook_policy;
    if let Some(pauses) = asked.retry_millis {
        policy.retry_millis = pauses;
    }
    if let Some(millis) = asked.timeout_millis {
        policy.timeout = Duration::from_millis(millis);
    }
    if let Some(enabled) = asked.enabled {
        policy.enabled = enabled;
    }
    if let Some(copies) = asked.duplicate {
        policy.copies = copies;
    }
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fire {
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    item_id: Option<String>,
    #[serde(default)]
    body: Option<Box<RawValue>>,
    #[serde(default)]
    raw: Option<String>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default = "one")]
    times: usize,
    #[serde(default)]
    signature: Manner,
    #[serde(default)]
    iat: Option<i64>,
}

fn one() -> usize {
    1
}

pub(super) async fn fire(
    State(plaid): State<Plaid>,
    Asked(asked): Asked<Fire>,
) -> Result<Json<Value>, Refusal> {
    let (url, body, patience) = prepare(&plaid, &asked)?;
    let attempts = (0..asked.times).map(|_| {
        let body = body.clone();
        attempt(&plaid, &url, body, asked.signature, asked.iat, patience)
    });
    Ok(Json(json!({ "deliveries": join_all(attempts).await })))
}

fn prepare(plaid: &Plaid, asked: &Fire) -> Result<(String, Bytes, Duration), Refusal> {
    let bank = plaid.bank();
    let item = match &asked.item_id {
        Some(id) => Some(bank.item(id).ok_or_else(|| Refusal::missing("Item"))?),
        None => None,
    };
    let url = asked
        .url
        .clone()
        .or_else(|| item.and_then(|item| item.webhook.clone()))
        .ok_or_else(|| Refusal::bad("no url, and no Item with a webhook"))?;
    let body: Bytes = match (&asked.raw, &asked.body, &asked.code) {
        (Some(raw), None, None) => raw.clone().into(),
        (None, Some(body), None) => body.get().to_owned().into(),
        (None, None, Some(code)) => {
            let item = item.ok_or_else(|| Refusal::bad("code needs item_id"))?;
            let body = of_code(item, asked.kind.as_deref(), code)
                .ok_or_else(|| Refusal::bad("the Item does not have that product"))?;
            text_of(&body)
        }
        _ => return Err(Refusal::bad("give one of raw, body and code")),
    };
    Ok((url, body, bank.webhook_policy.timeout))
}
