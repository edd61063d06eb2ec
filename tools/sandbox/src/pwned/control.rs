//! The control surface of Pwned Passwords; README.md lists it.

use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::failure::{Failure, Failures};
use super::range::{Leaks, hash};
use super::{Heard, Pwned};
use crate::control::{Asked, Refusal, done};

pub(super) fn router() -> Router<Pwned> {
    Router::new()
        .route("/leak", post(leak).delete(unleak))
        .route("/fail", post(fail).delete(heal))
        .route("/requests", get(requests).delete(forget))
        .route("/reset", post(reset))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Leak {
    password: String,
    #[serde(default)]
    count: Option<u64>,
}

async fn leak(State(pwned): State<Pwned>, Asked(asked): Asked<Leak>) -> Json<Value> {
    let sha1 = hash(&asked.password);
    let (prefix, suffix) = sha1.split_at(5);
    let count = asked.count.unwrap_or(1);
    pwned.lock().leaks.insert(sha1.clone(), count);
    Json(json!({ "sha1": sha1, "prefix": prefix, "suffix": suffix, "count": count }))
}

async fn unleak(
    State(pwned): State<Pwned>,
    Asked(asked): Asked<Leak>,
) -> Result<Json<Value>, Refusal> {
    if pwned.lock().leaks.remove(&hash(&asked.password)) {
        Ok(done())
    } else {
        Err(Refusal::missing("leak"))
    }
}

async fn fail(State(pwned): State<Pwned>, Asked(failure): Asked<Failure>) -> Json<Value> {
    pwned.lock().failures.push(failure);
    done()
}

/// Whose failures end: one prefix's, or everyone's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Healed {
    #[serde(default)]
    prefix: Option<String>,
}

async fn heal(State(pwned): State<Pwned>, Query(healed): Query<Healed>) -> Json<Value> {
    pwned.lock().failures.clear(healed.prefix.as_deref());
    done()
}

async fn requests(State(pwned): State<Pwned>) -> Json<Value> {
    let requests = pwned.lock().requests.clone();
    let prefixes: Vec<&str> = requests.iter().filter_map(prefix).collect();
    Json(json!({ "count": requests.len(), "prefixes": prefixes, "requests": requests }))
}

fn prefix(heard: &Heard) -> Option<&str> {
    let path = heard.target.split('?').next()?;
    path.strip_prefix("/range/")
}

async fn forget(State(pwned): State<Pwned>) -> Json<Value> {
    pwned.lock().requests.clear();
    done()
}

async fn reset(State(pwned): State<Pwned>) -> Json<Value> {
    let mut inner = pwned.lock();
    inner.leaks = Leaks::known(inner.leaks.seed());
    inner.failures = Failures::default();
    inner.requests.clear();
    done()
}
