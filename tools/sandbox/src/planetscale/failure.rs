//! The ways an Execute goes wrong when a test orders it.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};

use crate::faults::half;

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mode {
    /// The connection ends; nothing was done.
    CutBefore,
    /// Done, and the connection ends half-way through the reply.
    CutAfter,
    /// The transaction is gone as if its tablet had restarted.
    SessionLost,
    /// The transaction is rolled back by MySQL.
    Deadlock,
    /// Not done in time; a transaction is gone with it.
    Timeout,
    /// Cloudflare's page in place of the service.
    #[serde(rename = "html_520")]
    Html520,
    /// An HTTP status with an error of the protocol.
    Status,
    Unauthenticated,
    /// Done, but late.
    Slow,
}

/// One order to fail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failure {
    pub(super) mode: Mode,
    /// Null: until it is cleared.
    #[serde(default = "one_time")]
    times: Option<u64>,
    /// A part of the SQL, in any case.
    #[serde(default)]
    matching: Option<String>,
    /// How many matching ones pass before.
    #[serde(default)]
    after: u64,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    pub(super) millis: Option<u64>,
}

#[expect(clippy::unnecessary_wraps, reason = "None means always")]
fn one_time() -> Option<u64> {
    Some(1)
}

/// The orders that still stand, the oldest first.
#[derive(Default)]
pub(super) struct Failures(Vec<Failure>);

impl Failures {
    pub(super) fn push(&mut self, failure: Failure) {
        if failure.times != Some(0) {
            self.0.push(failure);
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The order that this statement falls under.
    pub(super) fn next(&mut self, sql: &str) -> Option<Failure> {
        if self.0.is_empty() {
            return None;
        }
        let sql = sql.to_lowercase();
        let position = self.0.iter_mut().position(|failure| {
            let part = failure.matching.as_ref();
            let matches = part.is_none_or(|part| sql.contains(&part.to_lowercase()));
            let passes = matches && failure.after > 0;
            if passes {
                failure.after -= 1;
            }
            matches && !passes
        })?;
        let failure = self.0.get_mut(position)?;
        let taken = failure.clone();
        if let Some(times) = &mut failure.times {
            *times -= 1;
            if *times == 0 {
                self.0.remove(position);
            }
        }
        Some(taken)
    }
}

impl Failure {
    /// A reply with an HTTP status of its own.
    pub(super) fn status(&self) -> Response {
        let status = self.status.and_then(|code| StatusCode::from_u16(code).ok());
        let status = status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        let code = match status.as_u16() {
            400 => "invalid_argument",
            401 => "unauthenticated",
            403 => "permission_denied",
            404 => "not_found",
            408 | 504 => "deadline_exceeded",
            429 => "resource_exhausted",
            500 => "internal",
            502 | 503 => "unavailable",
            _ => "unknown",
        };
        let reason = status.canonical_reason().unwrap_or("no reason");
        super::refusal(status, code, &reason.to_lowercase())
    }
}

/// What Cloudflare answers for an origin that says nonsense.
pub(super) fn html_520() -> Response {
    let page = "<!DOCTYPE html>\n<html lang=\"en-US\"><head><title>psdb.cloud | 520: Web server is \
                returning an unknown error</title></head><body><h1>Error code 520</h1></body></html>\n";
    let status = StatusCode::from_u16(520).unwrap_or(StatusCode::BAD_GATEWAY);
    (status, [(CONTENT_TYPE, "text/html; charset=UTF-8")], page).into_response()
}

/// The first half of a JSON body, under headers that promise all of it.
pub(super) fn cut(whole: Vec<u8>) -> Response {
    let whole = Bytes::from(whole);
    let mut response = Response::new(half(&whole));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    let length = HeaderValue::from(whole.len());
    response.headers_mut().insert(CONTENT_LENGTH, length);
    response
}

/// A JSON body.
pub(super) fn whole(body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(json: &str) -> Failure {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_order_lets_some_pass_and_stands_as_often_as_it_says() {
        let mut failures = Failures::default();
        failures.push(order(
            r#"{"mode":"cut_after","matching":"Insert INTO t","after":1,"times":2}"#,
        ));
        let mut falls = |sql: &str| failures.next(sql).is_some();
        assert!(!falls("SELECT 1"));
        assert!(!falls("insert into t values (1)"));
        assert!(falls("insert into t values (1)"));
        assert!(falls("INSERT INTO T values (1)"));
        assert!(!falls("insert into t values (1)"));
    }

    #[test]
    fn one_time_is_the_default_and_null_is_always() {
        let mut failures = Failures::default();
        failures.push(order(r#"{"mode":"deadlock"}"#));
        assert!(failures.next("SELECT 1").is_some());
        assert!(failures.next("SELECT 1").is_none());
        failures.push(order(r#"{"mode":"slow","times":null}"#));
        assert!((0..9).all(|_| failures.next("SELECT 1").is_some()));
    }
}
