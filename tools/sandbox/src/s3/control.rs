//! The control surface of the object store; README.md lists it.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::failure::Failure;
use super::{Inner, ObjectStore};
use crate::control::{Asked, Refusal, done};

pub(super) fn router() -> Router<ObjectStore> {
    Router::new()
        .route("/objects", get(objects))
        .route("/objects/{*key}", get(object).delete(delete))
        .route("/corrupt", post(corrupt))
        .route("/page", post(page))
        .route("/fail", post(fail).delete(heal))
        .route("/requests", get(requests))
        .route("/reset", post(reset))
}

async fn objects(State(store): State<ObjectStore>) -> Json<Value> {
    let inner = store.lock();
    let objects: Vec<Value> = inner
        .objects
        .iter()
        .map(|(key, object)| {
            json!({
                "key": key,
                "bytes": object.body.len(),
                "content_type": object.content_type,
                "sha256": object.sha256,
            })
        })
        .collect();
    Json(json!({ "objects": objects }))
}

/// The bytes as they are stored, with no signature asked for.
async fn object(
    State(store): State<ObjectStore>,
    Path(key): Path<String>,
) -> Result<Bytes, Refusal> {
    let inner = store.lock();
    let object = inner.objects.get(&key);
    object
        .map(|object| object.body.clone())
        .ok_or_else(|| Refusal::missing("object"))
}

async fn delete(
    State(store): State<ObjectStore>,
    Path(key): Path<String>,
) -> Result<Json<Value>, Refusal> {
    match store.lock().objects.remove(&key) {
        Some(_) => Ok(done()),
        None => Err(Refusal::missing("object")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rot {
    key: String,
    /// Which byte; the one in the middle without it.
    #[serde(default)]
    at: Option<usize>,
}

/// Flips the bits of one byte; tag and checksum stay those of what was put.
async fn corrupt(
    State(store): State<ObjectStore>,
    Asked(rot): Asked<Rot>,
) -> Result<Json<Value>, Refusal> {
    let mut inner = store.lock();
    let object = inner.objects.get_mut(&rot.key);
    let object = object.ok_or_else(|| Refusal::missing("object"))?;
    let mut body = object.body.to_vec();
    let at = rot.at.unwrap_or(body.len() / 2);
    let byte = body.get_mut(at);
    *byte.ok_or_else(|| Refusal::bad("no byte there"))? ^= 0xff;
    object.body = body.into();
    Ok(done())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Size {
    most: usize,
}

/// How many objects a page of a list has at most, whatever is asked.
async fn page(
    State(store): State<ObjectStore>,
    Asked(size): Asked<Size>,
) -> Result<Json<Value>, Refusal> {
    if !(1..=1_000).contains(&size.most) {
        return Err(Refusal::bad("most must be between 1 and 1000"));
    }
    store.lock().page = size.most;
    Ok(done())
}

async fn fail(State(store): State<ObjectStore>, Asked(failure): Asked<Failure>) -> Json<Value> {
    store.lock().failures.push(failure);
    done()
}

async fn heal(State(store): State<ObjectStore>) -> Json<Value> {
    store.lock().failures.clear();
    done()
}

async fn requests(State(store): State<ObjectStore>) -> Json<Value> {
    let inner = store.lock();
    Json(json!({"count": inner.requests.len(), "requests": inner.requests}))
}

async fn reset(State(store): State<ObjectStore>) -> Json<Value> {
    *store.lock() = Inner::default();
    done()
}
