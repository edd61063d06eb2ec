//! Calls that fail on purpose.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::reply;
use crate::faults::half;
use crate::server::Break;

/// Which calls fail, and how.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failure {
    /// What the path begins with.
    path: String,
    #[serde(default)]
    method: Option<String>,
    /// Only calls that name this somewhere: a customer's id, say.
    #[serde(default)]
    about: Option<String>,
    mode: Mode,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    millis: Option<u64>,
    /// None fails until it is cleared.
    #[serde(default = "once")]
    times: Option<u32>,
    #[serde(default)]
    skip: u32,
}

#[allow(clippy::unnecessary_wraps, reason = "the default of an Option")]
fn once() -> Option<u32> {
    Some(1)
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    /// An error of Stripe's with `status`, 500 unless told.
    Status,
    /// 429.
    RateLimited,
    /// No answer for `millis`, then the end of the connection.
    Hang,
    /// A good answer after `millis`.
    Slow,
    /// Good headers and half the body.
    Half,
    /// 200, and no JSON.
    Malformed,
    /// A proxy's page.
    Html,
    /// Done, and never answered.
    Lost,
    /// A TCP reset; nothing done.
    Reset,
}

/// The orders.
#[derive(Default)]
pub(super) struct Failures(Vec<Failure>);

impl Failures {
    pub(super) fn push(&mut self, failure: Failure) {
        self.0.push(failure);
    }

    /// Ends all, or those about one.
    pub(super) fn clear(&mut self, about: Option<&str>) {
        self.0
            .retain(|failure| about.is_some() && failure.about.as_deref() != about);
    }

    /// The order that a call falls under.
    pub(super) fn next(&mut self, method: &str, path: &str, text: &str) -> Option<Failure> {
        let position = self.0.iter_mut().position(|failure| {
            let mine = path.starts_with(&failure.path)
                && failure
                    .method
                    .as_deref()
                    .is_none_or(|wanted| wanted == method)
                && failure
                    .about
                    .as_deref()
                    .is_none_or(|about| text.contains(about));
            if mine && failure.skip > 0 {
                failure.skip -= 1;
                return false;
            }
            mine
        })?;
        let failure = self.0.get_mut(position)?;
        let taken = failure.clone();
        if let Some(times) = &mut failure.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.0.remove(position);
            }
        }
        Some(taken)
    }
}

impl Failure {
    /// Whether the call takes effect before its answer is spoilt.
    pub(super) fn does_the_work(&self) -> bool {
        matches!(self.mode, Mode::Slow | Mode::Half | Mode::Lost)
    }

    /// Spoils a good answer.
    pub(super) async fn spoil(self, good: Response) -> Response {
        let pause = |usual| tokio::time::sleep(Duration::from_millis(self.millis.unwrap_or(usual)));
        let error = |status: StatusCode, kind: &str| {
            reply(
                status,
                &json!({"error": {"type": kind, "message": "On purpose."}}),
            )
        };
        match self.mode {
            Mode::Status => {
                let status = self
                    .status
                    .and_then(|status| StatusCode::from_u16(status).ok());
                error(
                    status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                    "api_error",
                )
            }
            Mode::RateLimited => error(StatusCode::TOO_MANY_REQUESTS, "invalid_request_error"),
            Mode::Hang => {
                pause(60_000).await;
                Break::Close.into_response()
            }
            Mode::Slow => {
                pause(2_000).await;
                good
            }
            Mode::Half => {
                let (parts, body) = good.into_parts();
                let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
                let mut parts = parts;
                parts
                    .headers
                    .insert("content-length", HeaderValue::from(whole.len()));
                Response::from_parts(parts, half(&whole))
            }
            Mode::Malformed => with_body(
                StatusCode::OK,
                "application/json",
                r#"{"object":"list","data":["#,
            ),
            Mode::Html => with_body(
                StatusCode::BAD_GATEWAY,
                "text/html",
                "<html><h1>502 Bad Gateway</h1></html>",
            ),
            Mode::Lost => Break::Close.into_response(),
            Mode::Reset => Break::Reset.into_response(),
        }
    }
}

fn with_body(status: StatusCode, kind: &'static str, body: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
