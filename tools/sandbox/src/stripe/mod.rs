//! Stripe (<https://docs.stripe.com/api>), as far as subscriptions go: the API with its errors and
//! idempotency keys, the two hosted pages, a customer's own clock, and signed webhooks that are sent
//! again until they are answered.

mod calls;
mod control;
mod courier;
mod errors;
mod failures;
mod form;
mod life;
mod pages;
mod state;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use errors::StripeError;
use state::{Answered, Heard, Inner};

const BODY_LIMIT: usize = 1 << 20;

/// The version of the API that is spoken here.
const API_VERSION: &str = "2026-10-28.endive";

/// Keys, seed and webhook policy.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) seed: u64,
    pub(crate) secret_key: String,
    pub(crate) webhook_secret: String,
    /// Where webhooks go from the start.
    pub(crate) webhook_url: Option<String>,
    /// Pauses before each retry of a webhook.
    pub(crate) retries: Vec<Duration>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            secret_key: "sk_test_sandbox".into(),
            webhook_secret: "whsec_sandbox".into(),
            webhook_url: None,
            retries: [250, 1_000, 4_000].map(Duration::from_millis).into(),
        }
    }
}

/// The whole service.
#[derive(Clone)]
pub(crate) struct Stripe(Arc<Mutex<Inner>>);

impl Stripe {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The service, its pages and its control surface.
pub(crate) fn router(settings: Settings) -> Router {
    let stripe = Stripe(Arc::new(Mutex::new(Inner::new(settings))));
    Router::new()
        .nest("/_control", control::router())
        .route("/c/pay/{session}", get(pages::checkout).post(pages::pay))
        .route(
            "/p/session/{session}",
            get(pages::portal).post(pages::change),
        )
        .fallback(answer)
        .with_state(stripe)
}

/// One call of the API: recorded, perhaps failed on purpose, answered once under its key.
async fn answer(State(stripe): State<Stripe>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let target = parts.uri.to_string();
    let body = String::from_utf8_lossy(&body).into_owned();
    let base = base_of(&parts.headers);
    let (good, failure, id) = {
        let mut inner = stripe.lock();
        let id = inner.next_id("req");
        inner.requests.push(Heard {
            method: parts.method.to_string(),
            target: target.clone(),
            headers: parts
                .headers
                .iter()
                .map(|(name, value)| {
                    (
                        name.to_string(),
                        String::from_utf8_lossy(value.as_bytes()).into_owned(),
                    )
                })
                .collect(),
            body: body.clone(),
        });
        let failure = inner.failures.next(
            parts.method.as_str(),
            parts.uri.path(),
            &format!("{target} {body}"),
        );
        let good = if failure
            .as_ref()
            .is_none_or(failures::Failure::does_the_work)
        {
            once(
                &mut inner,
                &parts.method,
                &parts.uri.to_string(),
                &parts.headers,
                &body,
                &base,
            )
        } else {
            (StatusCode::OK, json!({}), false)
        };
        (good, failure, id)
    };
    // What an event says is sent without anybody's lock held.
    courier::dispatch(&stripe);
    let (status, body, replayed) = good;
    let mut response = reply(status, &body);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("request-id", value);
    }
    if replayed {
        let yes = HeaderValue::from_static("true");
        response.headers_mut().insert("idempotent-replayed", yes);
    }
    match failure {
        Some(failure) => failure.spoil(response).await,
        None => response,
    }
}

/// Where whoever asks has found this service: hosted pages are there too.
fn base_of(headers: &HeaderMap) -> String {
    let host = headers.get("host").and_then(|value| value.to_str().ok());
    format!("http://{}", host.unwrap_or("127.0.0.1"))
}

fn reply(status: StatusCode, body: &Value) -> Response {
    let json = serde_json::to_vec_pretty(body).unwrap_or_default();
    let kind = HeaderValue::from_static("application/json");
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// A POST under a key that was answered before is answered so again.
fn once(
    inner: &mut Inner,
    method: &Method,
    target: &str,
    headers: &HeaderMap,
    body: &str,
    base: &str,
) -> (StatusCode, Value, bool) {
    let key = headers
        .get("idempotency-key")
        .filter(|_| *method == Method::POST)
        .and_then(|value| value.to_str().ok());
    let fingerprint = format!("{:x?}", Sha256::digest(format!("{target}\n{body}")));
    if let Some(kept) = key.and_then(|key| inner.answered.get(key)) {
        if kept.fingerprint == fingerprint {
            return (kept.status, kept.body.clone(), true);
        }
        let error = StripeError::idempotency();
        return (error.status, error.body(), false);
    }
    let outcome =
        admit(inner, headers).and_then(|()| calls::answer(inner, method, target, body, base));
    let (status, body) = match outcome {
        Ok(body) => (StatusCode::OK, body),
        Err(error) => (error.status, error.body()),
    };
    // Stripe keeps what it began to do, not what it refused at the door.
    if let Some(key) = key
        && status.is_success()
    {
        let body = body.clone();
        inner.answered.insert(
            key.to_owned(),
            Answered {
                fingerprint,
                status,
                body,
            },
        );
    }
    (status, body, false)
}

/// The key and the version.
fn admit(inner: &Inner, headers: &HeaderMap) -> Result<(), StripeError> {
    let expected = format!("Bearer {}", inner.settings.secret_key);
    let shown = headers.get(AUTHORIZATION);
    if shown.is_none_or(|value| value.as_bytes() != expected.as_bytes()) {
        return Err(StripeError::unauthorized());
    }
    match headers.get("stripe-version") {
        Some(version) if version.as_bytes() != API_VERSION.as_bytes() => {
            Err(StripeError::invalid("Invalid Stripe API version", None))
        }
        _ => Ok(()),
    }
}
