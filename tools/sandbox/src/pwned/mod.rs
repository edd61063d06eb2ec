//! Pwned Passwords, the range API (<https://haveibeenpwned.com/API/v3#PwnedPasswords>). A client
//! sees of a leaked password only the suffixes that share its prefix; what it sent is kept whole, so
//! that a test can show that nothing but the prefix left.

mod control;
mod failure;
mod range;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, USER_AGENT, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::Serialize;

use failure::Failures;
use range::Leaks;

const TEXT: &str = "text/plain; charset=utf-8";
const BODY_LIMIT: usize = 1 << 20;

/// The whole service.
#[derive(Clone)]
pub(crate) struct Pwned(Arc<Mutex<Inner>>);

struct Inner {
    leaks: Leaks,
    failures: Failures,
    requests: Vec<Heard>,
}

/// A request exactly as it came.
#[derive(Clone, Serialize)]
struct Heard {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Pwned {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The service and its control surface.
pub(crate) fn router(seed: u64) -> Router {
    let pwned = Pwned(Arc::new(Mutex::new(Inner {
        leaks: Leaks::known(seed),
        failures: Failures::default(),
        requests: Vec::new(),
    })));
    Router::new()
        .nest("/_control", control::router())
        .fallback(answer)
        .with_state(pwned)
}

async fn answer(State(pwned): State<Pwned>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    pwned.lock().requests.push(Heard {
        method: parts.method.to_string(),
        target: parts.uri.to_string(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), lossy(value.as_bytes())))
            .collect(),
        body: lossy(&body),
    });
    if parts
        .headers
        .get(USER_AGENT)
        .is_none_or(HeaderValue::is_empty)
    {
        return plain(StatusCode::FORBIDDEN, "Missing User-Agent header");
    }
    if parts.method == Method::OPTIONS {
        return preflight();
    }
    let Some(prefix) = parts.uri.path().strip_prefix("/range/") else {
        return plain(StatusCode::BAD_REQUEST, "Invalid API query");
    };
    if parts.method != Method::GET {
        let method = &parts.method;
        return plain(
            StatusCode::METHOD_NOT_ALLOWED,
            &format!(
                "Only GET requests can be used to query ranges, but this request used the {method} verb"
            ),
        );
    }
    if prefix.len() != 5 {
        return plain(
            StatusCode::BAD_REQUEST,
            "The hash prefix was not in a valid format",
        );
    }
    if !prefix.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return plain(
            StatusCode::BAD_REQUEST,
            "The hash prefix was not valid hexadecimal",
        );
    }
    let prefix = prefix.to_ascii_uppercase();
    let (good, failure) = {
        let mut inner = pwned.lock();
        let lines = if asks_for_padding(&parts.headers) {
            inner.leaks.padded(&prefix)
        } else {
            inner.leaks.plain(&prefix)
        };
        (lines, inner.failures.next(&prefix))
    };
    match failure {
        Some(failure) => failure.answer(&good, &parts.headers).await,
        None => range_reply(&good.join("\r\n").into(), &parts.headers),
    }
}

fn asks_for_padding(headers: &HeaderMap) -> bool {
    headers
        .get("add-padding")
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
}

/// The real service's headers: a padded reply differs each time, so it is neither tagged nor cached.
fn range_reply(body: &Bytes, asked: &HeaderMap) -> Response {
    let mut headers = shared_headers(TEXT);
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("Content-MD5, ETag"),
    );
    if !asked.contains_key("add-padding") {
        headers.insert(
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=2678400"),
        );
        if let Ok(tag) = HeaderValue::from_str(&range::entity_tag(body)) {
            let unchanged = asked.get(IF_NONE_MATCH) == Some(&tag);
            headers.insert(ETAG, tag);
            if unchanged {
                return (StatusCode::NOT_MODIFIED, headers).into_response();
            }
        }
    }
    (headers, body.clone()).into_response()
}

fn plain(status: StatusCode, body: &str) -> Response {
    (
        status,
        shared_headers("text/plain;charset=UTF-8"),
        body.to_owned(),
    )
        .into_response()
}

fn preflight() -> Response {
    let mut headers = shared_headers(TEXT);
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, "GET"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "Add-Padding"),
        (ACCESS_CONTROL_MAX_AGE, "1728000"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.into_response()
}

fn shared_headers(content_type: &'static str) -> HeaderMap {
    const SHARED: [(HeaderName, &str); 2] = [(CACHE_CONTROL, "no-store"), (VARY, "Add-Padding")];
    let mut headers = HeaderMap::new();
    for (name, value) in SHARED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
