//! Cloudflare's API, the account's audit log (version 2): who did what with wrangler and in the
//! dashboard. Entries are what the control surface says.

mod control;
mod page;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use http::header::{AUTHORIZATION, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::server::Break;
use page::Query;

/// The only account, and the only token that may read its log.
pub(crate) const ACCOUNT: &str = "4bb334f7c94c4a29a045f03944f072e5";
pub(crate) const TOKEN: &str = "sandbox-audit-token";

/// The whole service.
#[derive(Clone, Default)]
pub(crate) struct Cloudflare(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    entries: Vec<Value>,
    requests: Vec<String>,
    failures: Vec<Failure>,
}

/// One order to fail.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Failure {
    mode: Mode,
    /// How often; for good without it.
    #[serde(default)]
    times: Option<u64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Error,
    RateLimited,
    Html,
    Hang,
    Reset,
}

impl Cloudflare {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn failure(&mut self) -> Option<Mode> {
        let failure = self.failures.first_mut()?;
        let mode = failure.mode;
        if let Some(times) = &mut failure.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.failures.remove(0);
            }
        }
        Some(mode)
    }
}

/// The service and its control surface.
pub(crate) fn router() -> Router {
    Router::new()
        .nest("/_control", control::router())
        .route("/client/v4/accounts/{account}/logs/audit", get(audit))
        .fallback(async || refuse(StatusCode::NOT_FOUND, 7003, "Could not route to this path"))
        .with_state(Cloudflare::default())
}

async fn audit(
    State(cloudflare): State<Cloudflare>,
    Path(account): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let failure = {
        let mut inner = cloudflare.lock();
        inner.requests.push(query.clone());
        inner.failure()
    };
    match failure {
        Some(Mode::Error) => {
            return refuse(StatusCode::INTERNAL_SERVER_ERROR, 10001, "internal error");
        }
        Some(Mode::RateLimited) => {
            let refusal = refuse(
                StatusCode::TOO_MANY_REQUESTS,
                971,
                "Please wait and consider throttling your request speed",
            );
            return ([(RETRY_AFTER, "5")], refusal).into_response();
        }
        Some(Mode::Html) => {
            return (StatusCode::OK, "<html>checking your browser</html>").into_response();
        }
        Some(Mode::Hang) => tokio::time::sleep(Duration::from_hours(1)).await,
        Some(Mode::Reset) => return Break::Reset.into_response(),
        None => {}
    }
    let bearer = format!("Bearer {TOKEN}");
    if headers
        .get(AUTHORIZATION)
        .is_none_or(|sent| sent.as_bytes() != bearer.as_bytes())
    {
        return refuse(StatusCode::FORBIDDEN, 10000, "Authentication error");
    }
    if account != ACCOUNT {
        return refuse(
            StatusCode::NOT_FOUND,
            7003,
            "Could not route to this account",
        );
    }
    let query = match Query::parse(&query) {
        Ok(query) => query,
        Err(message) => return refuse(StatusCode::BAD_REQUEST, 10005, &message),
    };
    let inner = cloudflare.lock();
    Json(query.answer(&inner.entries)).into_response()
}

fn refuse(status: StatusCode, code: u32, message: &str) -> Response {
    let body = json!({
        "success": false,
        "errors": [{"code": code, "message": message}],
        "messages": [],
        "result": null,
    });
    (status, Json(body)).into_response()
}
