//! The control surface of Cloudflare; README.md lists it.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ACCOUNT, Cloudflare, Failure, Inner};
use crate::control::{Asked, done};

pub(super) fn router() -> Router<Cloudflare> {
    Router::new()
        .route("/entries", post(enter))
        .route("/fail", post(fail).delete(heal))
        .route("/requests", get(requests))
        .route("/reset", post(reset))
}

/// Somebody did something: what is not said is as wrangler would have done it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deed {
    id: String,
    /// How long ago; a minute without it.
    #[serde(default)]
    seconds_ago: Option<i64>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    description: Option<String>,
    /// What the request set: the real service shows it to whoever may read the log.
    #[serde(default)]
    request: Value,
}

async fn enter(State(cloudflare): State<Cloudflare>, Asked(deed): Asked<Deed>) -> Json<Value> {
    let ago = SignedDuration::from_secs(deed.seconds_ago.unwrap_or(60));
    let time = Timestamp::now() - ago;
    let email = deed.email.unwrap_or_else(|| "grace@example.com".into());
    let description = deed.description.unwrap_or_else(|| "Put secret".into());
    let entry = json!({
        "id": deed.id,
        "account": {"id": ACCOUNT, "name": "Balance"},
        "action": {
            "description": description,
            "result": "success",
            "time": time.to_string(),
            "type": "update",
        },
        "actor": {
            "id": "f6b5de0326bb5182b8a4840ee01ec774",
            "context": "api_token",
            "email": email,
            "ip_address": "198.51.100.7",
            "token_id": "2f1b",
            "token_name": "wrangler",
            "type": "user",
        },
        "raw": {
            "cf_ray_id": "8e9b1c60ef9e1c9a",
            "method": "PUT",
            "status_code": 200,
            "uri": format!("/accounts/{ACCOUNT}/workers/scripts/balance/secrets"),
            "user_agent": "wrangler/4",
        },
        "resource": {
            "id": "balance",
            "product": "workers",
            "request": deed.request,
            "response": {},
            "scope": "accounts",
            "type": "script",
        },
        "zone": {"id": "", "name": ""},
    });
    cloudflare.lock().entries.push(entry);
    done()
}

async fn fail(State(cloudflare): State<Cloudflare>, Asked(failure): Asked<Failure>) -> Json<Value> {
    cloudflare.lock().failures.push(failure);
    done()
}

async fn heal(State(cloudflare): State<Cloudflare>) -> Json<Value> {
    cloudflare.lock().failures.clear();
    done()
}

async fn requests(State(cloudflare): State<Cloudflare>) -> Json<Value> {
    let inner = cloudflare.lock();
    Json(json!({"count": inner.requests.len(), "queries": inner.requests}))
}

async fn reset(State(cloudflare): State<Cloudflare>) -> Json<Value> {
    *cloudflare.lock() = Inner::default();
    done()
}
