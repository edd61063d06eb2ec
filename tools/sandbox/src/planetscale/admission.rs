//! What every call must be before it is looked at, and the protocol's own errors.

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::settings::Settings;

/// The largest request.
const REQUEST: usize = 16 << 20;

/// What every call must be: ours by its key, JSON, not too large.
pub(super) async fn admitted(settings: &Settings, request: Request) -> Result<Bytes, Response> {
    let (parts, body) = request.into_parts();
    if !knows(settings, &parts.headers) {
        return Err(unauthenticated());
    }
    let kind = parts.headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next() != Some("application/json") {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
    }
    to_bytes(body, REQUEST).await.map_err(|_| {
        let message = format!("message size exceeds the limit of {REQUEST} bytes");
        refusal(
            StatusCode::TOO_MANY_REQUESTS,
            "resource_exhausted",
            &message,
        )
    })
}

fn knows(settings: &Settings, headers: &HeaderMap) -> bool {
    let given = headers.get(AUTHORIZATION).map(http::HeaderValue::as_bytes);
    let key = format!("{}:{}", settings.username, settings.password);
    given == Some(format!("Basic {}", STANDARD.encode(key)).as_bytes())
}

/// An error of the protocol itself, which is Connect's (`code`, `message`).
pub(super) fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "code": code, "message": message });
    (status, axum::Json(body)).into_response()
}

pub(super) fn unauthenticated() -> Response {
    let message = "invalid authorization credentials";
    refusal(StatusCode::UNAUTHORIZED, "unauthenticated", message)
}

pub(super) fn bad_session() -> Response {
    let message = "invalid session signature";
    refusal(StatusCode::BAD_REQUEST, "invalid_argument", message)
}
