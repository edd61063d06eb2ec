//! The control surface of both; README.md lists it.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Failure, Inner, Telemetry};
use crate::control::{Asked, done};

/// How long somebody may wait for news.
const PATIENCE: u64 = 60;

pub(super) fn router() -> Router<Telemetry> {
    Router::new()
        .route("/received", get(received))
        .route("/fail", post(fail).delete(heal))
        .route("/reset", post(reset))
}

/// Waits until there were more requests than `after`, for up to `wait` seconds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    #[serde(default)]
    after: Option<u64>,
    #[serde(default)]
    wait: u64,
}

async fn received(State(telemetry): State<Telemetry>, Query(asking): Query<Asking>) -> Json<Value> {
    let deadline = Instant::now() + Duration::from_secs(asking.wait.min(PATIENCE));
    loop {
        let news = telemetry.news.notified();
        let mut news = std::pin::pin!(news);
        // What happens between the look and the wait wakes it too.
        news.as_mut().enable();
        let is_enough = {
            let inner = telemetry.lock();
            asking.after.is_none_or(|after| inner.changes() > after)
        };
        if is_enough || tokio::time::timeout_at(deadline, news).await.is_err() {
            return Json(telemetry.lock().tell());
        }
    }
}

impl Inner {
    /// Grows with each request, and again with what became of it.
    fn changes(&self) -> u64 {
        let kept = self.received.values().filter_map(Value::as_array);
        let kept: usize = kept.map(Vec::len).sum();
        self.requests + u64::try_from(kept + self.refused.len()).unwrap_or(u64::MAX)
    }

    fn tell(&self) -> Value {
        json!({
            "changes": self.changes(),
            "requests": self.requests,
            "received": self.received,
            "refused": self.refused,
        })
    }
}

async fn fail(State(telemetry): State<Telemetry>, Asked(failure): Asked<Failure>) -> Json<Value> {
    telemetry.lock().failures.push(failure);
    done()
}

async fn heal(State(telemetry): State<Telemetry>) -> Json<Value> {
    telemetry.lock().failures.clear();
    done()
}

async fn reset(State(telemetry): State<Telemetry>) -> Json<Value> {
    *telemetry.lock() = Inner::default();
    done()
}
