//! HTTP in: a thin adapter between the runtime's `Request` and `Response` and
//! the router. Crosses into JavaScript for what is read (one string for the
//! head, one buffer for a body) and answers with bytes: stream bodies and header
//! copies are what an adapter's cost is made of.

use axum::{body::Body, response::Response};
use http::{HeaderValue, Method, Request, header};
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;

use super::glue;
use crate::problem::Problem;

/// The longest request body that a route reads, in bytes.
pub(crate) const BODY_LIMIT: u32 = 64 * 1024;

/// The one that may be longer: Stripe's events hold whole objects.
const LONG_BODY: (&str, u32) = ("/webhooks/stripe", 256 * 1024);

/// Reads a request whole. The error is the problem to answer with.
pub(crate) async fn read(request: &web_sys::Request) -> Result<Request<Body>, Problem> {
    let head = glue::request_head(request);
    let mut lines = head.split('\n');
    let method = lines
        .next()
        .and_then(|name| Method::from_bytes(name.as_bytes()).ok());
    let method = method.ok_or_else(|| Problem::bad_request("The method is not one of HTTP's."))?;
    let url = lines.next().unwrap_or_default();
    let mut incoming = Request::builder().method(method.clone()).uri(url);
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        // A value may hold bytes beyond ASCII (RFC 9110, obs-text).
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            incoming = incoming.header(name, value);
        }
    }
    let body = if method == Method::GET || method == Method::HEAD {
        Body::empty()
    } else {
        let path = incoming.uri_ref().map_or("", http::Uri::path);
        let limit = if path == LONG_BODY.0 {
            LONG_BODY.1
        } else {
            BODY_LIMIT
        };
        Body::from(read_body(request, limit).await?)
    };
    incoming
        .body(body)
        .map_err(|_| Problem::bad_request("The request could not be read."))
}

async fn read_body(request: &web_sys::Request, limit: u32) -> Result<Vec<u8>, Problem> {
    let body = glue::request_body(request, limit)
        .await
        .map_err(|_| Problem::bad_request("The body ended early."))?;
    let bytes: Uint8Array = body.dyn_into().map_err(|_| Problem::too_large(limit))?;
    Ok(bytes.to_vec())
}

/// Hands a response to the runtime.
pub(crate) async fn write(response: Response) -> Result<web_sys::Response, wasm_bindgen::JsValue> {
    let (parts, body) = response.into_parts();
    // Every body here is bytes in memory: collecting copies nothing.
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    let mut fields = String::with_capacity(512);
    for (name, value) in &parts.headers {
        if name == header::CONTENT_LENGTH {
            continue;
        }
        if let Ok(value) = value.to_str() {
            if !fields.is_empty() {
                fields.push('\n');
            }
            fields.push_str(name.as_str());
            fields.push('\n');
            fields.push_str(value);
        }
    }
    glue::respond(parts.status.as_u16(), &fields, &body)
}
