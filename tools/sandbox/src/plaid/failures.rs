//! The ways a call to Plaid goes wrong when a test orders it.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Deserialize;

use super::call::{halved, pause};
use super::errors::PlaidError;
use super::once;
use crate::server::Break;

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Hang,
    Slow,
    Malformed,
    Half,
    Html,
    Reset,
    Empty,
    WrongShape,
    Lost,
}

/// One order to fail: an error by its code, or a mode.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failure {
    endpoint: String,
    #[serde(default)]
    item_id: Option<String>,
    #[serde(default = "one_time", deserialize_with = "once")]
    times: Option<u64>,
    #[serde(default)]
    skip: u64,
    #[serde(default)]
    error_code: Option<String>,
    #[serde(default)]
    error_type: Option<String>,
    #[serde(default)]
    error_message: Option<String>,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    mode: Option<Mode>,
    #[serde(default)]
    millis: Option<u64>,
}

#[expect(clippy::unnecessary_wraps, reason = "None means always")]
fn one_time() -> Option<u64> {
    Some(1)
}

/// The orders that still stand, the oldest first.
#[derive(Default)]
pub(super) struct Failures(Vec<Failure>);

impl Failures {
    pub(super) fn push(&mut self, failure: Failure) -> Result<(), &'static str> {
        if failure.error_code.is_some() == failure.mode.is_some() {
            return Err("give either error_code or mode");
        }
        if failure.times != Some(0) {
            self.0.push(failure);
        }
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The order that this call falls under.
    pub(super) fn next(&mut self, path: &str, item_id: Option<&str>) -> Option<Failure> {
        let position = self.0.iter_mut().position(|failure| {
            let mine = failure.endpoint == path
                && (failure.item_id.is_none() || failure.item_id.as_deref() == item_id);
            if mine && failure.skip > 0 {
                failure.skip -= 1;
                return false;
            }
            mine
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
    /// The error to answer with, where the order is for one.
    pub(super) fn error(&self) -> Option<PlaidError> {
        let mut error = PlaidError::of(self.error_code.clone()?);
        if let Some(error_type) = &self.error_type {
            error.error_type = error_type.clone().into();
        }
        if let Some(message) = &self.error_message {
            error.message = message.clone().into();
        }
        if let Some(status) = self.status.and_then(|code| StatusCode::from_u16(code).ok()) {
            error.status = status;
        }
        Some(error)
    }

    /// Whether the call takes effect before its answer is spoilt.
    pub(super) fn does_the_work(&self) -> bool {
        matches!(self.mode, Some(Mode::Slow | Mode::Half | Mode::Lost))
    }

    /// Spoils a good answer.
    pub(super) async fn spoil(self, good: Response) -> Response {
        let Some(mode) = self.mode else {
            return good;
        };
        match mode {
            Mode::Hang => {
                pause(self.millis, 60_000).await;
                Break::Close.into_response()
            }
            Mode::Slow => {
                pause(self.millis, 2_000).await;
                good
            }
            Mode::Malformed => with_body(r#"{"accounts":[{"account_id":"BxBXxLj1m4HMXBm9"#),
            Mode::Half => halved(good).await,
            Mode::Html => {
                let mut page = Response::new(Body::from("<html><h1>502 Bad Gateway</h1></html>"));
                *page.status_mut() = StatusCode::BAD_GATEWAY;
                let kind = HeaderValue::from_static("text/html");
                page.headers_mut().insert(CONTENT_TYPE, kind);
                page
            }
            Mode::Reset => Break::Reset.into_response(),
            Mode::Empty => with_body(""),
            Mode::WrongShape => with_body(r#"{"added":"soon","has_more":"maybe","next_cursor":7}"#),
            Mode::Lost => Break::Close.into_response(),
        }
    }
}

fn with_body(body: &'static str) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, kind)], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(json: &str) -> Failures {
        let mut failures = Failures::default();
        failures.push(serde_json::from_str(json).unwrap()).unwrap();
        failures
    }

    #[test]
    fn an_order_lets_some_calls_pass_then_fails_once_by_default() {
        let mut failures =
            orders(r#"{"endpoint":"/item/get","error_code":"INTERNAL_SERVER_ERROR","skip":2}"#);
        let mut hit = || failures.next("/item/get", None).is_some();
        assert_eq!([hit(), hit(), hit(), hit()], [false, false, true, false]);
    }

    #[test]
    fn an_order_without_end_goes_on_for_its_item_only() {
        let mut failures =
            orders(r#"{"endpoint":"/item/get","mode":"reset","times":null,"item_id":"a"}"#);
        assert!(failures.next("/item/get", Some("b")).is_none());
        assert!((0..50).all(|_| failures.next("/item/get", Some("a")).is_some()));
        assert!(failures.next("/accounts/get", Some("a")).is_none());
    }

    #[test]
    fn an_error_may_override_type_status_and_message() {
        let failure: Failure = serde_json::from_str(
            r#"{"endpoint":"/x","error_code":"NEW","error_type":"ODD","status":418,"error_message":"m"}"#,
        )
        .unwrap();
        let error = failure.error().unwrap();
        assert_eq!(
            (error.status.as_u16(), &*error.error_type, &*error.message),
            (418, "ODD", "m")
        );
    }
}
