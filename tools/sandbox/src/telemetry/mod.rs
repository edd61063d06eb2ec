//! Where telemetry goes: New Relic's OTLP endpoint, AppSignal's collector and its public endpoint.
//! Bodies are held to the published shapes, and what was received can be read.

mod check;
mod collector;
mod control;
mod endpoint;
mod schema;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::Notify;

use crate::server::Break;

/// The only keys that are taken.
pub(crate) const NEW_RELIC_KEY: &str = "sandbox-license-key";
pub(crate) const PUSH_KEY: &str = "sandbox-push-key";
pub(crate) const FRONTEND_KEY: &str = "sandbox-frontend-key";

/// How many bodies are kept: more than a test sends, less than a day of development.
const KEPT: usize = 20_000;

/// Whose service it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vendor {
    NewRelic,
    AppSignal,
}

/// The whole service.
#[derive(Clone)]
struct Telemetry {
    vendor: Vendor,
    inner: Arc<Mutex<Inner>>,
    news: Arc<Notify>,
}

#[derive(Default)]
struct Inner {
    /// Requests so far, whatever became of them.
    requests: u64,
    /// By signal: the bodies that were good.
    received: Map<String, Value>,
    refused: Vec<Value>,
    failures: Vec<Failure>,
}

/// One order to fail.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Failure {
    mode: Mode,
    /// The beginning of the path; any without it.
    #[serde(default)]
    path: String,
    /// How often; for good without it.
    #[serde(default)]
    times: Option<u64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Error,
    RateLimited,
    Refuse,
    Hang,
    Reset,
}

impl Telemetry {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request, and answers it where it is to fail.
    async fn admit(&self, path: &str) -> Result<(), Response> {
        let failure = {
            let mut inner = self.lock();
            inner.requests += 1;
            inner.failure(path)
        };
        self.news.notify_waiters();
        Err(match failure {
            None => return Ok(()),
            Some(Mode::Error) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            Some(Mode::RateLimited) => StatusCode::TOO_MANY_REQUESTS.into_response(),
            Some(Mode::Refuse) => StatusCode::FORBIDDEN.into_response(),
            Some(Mode::Reset) => Break::Reset.into_response(),
            Some(Mode::Hang) => {
                tokio::time::sleep(Duration::from_hours(1)).await;
                Break::Close.into_response()
            }
        })
    }

    fn keep(&self, signal: &str, body: Value) {
        let mut inner = self.lock();
        let kept = inner.received.entry(signal).or_insert_with(|| json!([]));
        if let Some(bodies) = kept.as_array_mut()
            && bodies.len() < KEPT
        {
            bodies.push(body);
        }
        drop(inner);
        self.news.notify_waiters();
    }

    fn refuse(&self, path: &str, status: StatusCode, reason: &str) -> Response {
        let refusal = json!({"path": path, "status": status.as_u16(), "reason": reason});
        self.lock().refused.push(refusal);
        self.news.notify_waiters();
        (status, axum::Json(json!({"code": 3, "message": reason}))).into_response()
    }
}

impl Inner {
    fn failure(&mut self, path: &str) -> Option<Mode> {
        let at = self
            .failures
            .iter()
            .position(|failure| path.starts_with(&failure.path))?;
        let failure = self.failures.get_mut(at)?;
        let mode = failure.mode;
        if let Some(times) = &mut failure.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.failures.remove(at);
            }
        }
        Some(mode)
    }
}

/// The service and its control surface.
pub(crate) fn router(vendor: Vendor) -> Router {
    let telemetry = Telemetry {
        vendor,
        inner: Arc::default(),
        news: Arc::default(),
    };
    let router = Router::new()
        .nest("/_control", control::router())
        .route("/v1/traces", post(collector::traces))
        .route("/v1/metrics", post(collector::metrics))
        .route("/v1/logs", post(collector::logs));
    let router = match vendor {
        Vendor::NewRelic => router,
        Vendor::AppSignal => router
            .route("/errors", post(endpoint::errors))
            .route("/check_ins/json", post(endpoint::check_ins)),
    };
    router
        .layer(axum::extract::DefaultBodyLimit::max(16 << 20))
        .with_state(telemetry)
}
