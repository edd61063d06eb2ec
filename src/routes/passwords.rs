//! `GET /v1/passwords/range/{prefix}`: the leaked-password range for clients, so
//! that a browser can check before it submits.

use axum::{
    extract::{Path, rejection::PathRejection},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, header};
use pwned::Prefix;

use super::contract::{Routes, routes};
use crate::{
    app::App,
    identity::{Visitor, leaks},
    problem::{Problem, ProblemBody, Result},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(range))
}

/// Look up leaked passwords
///
/// Takes the first five hex digits of the SHA-1 of a password (UTF-8, NFC), and answers with all that follows them
/// in known leaks: a line `SUFFIX:COUNT` for each, among padding with the count 0. Session and cookie are ignored.
/// No batch.
#[utoipa::path(
    get,
    path = "/v1/passwords/range/{prefix}",
    operation_id = "look_up_leaked_passwords",
    tag = "Identity",
    security(()),
    params(("prefix" = String, Path, description = "Five hex digits.", pattern = "^[0-9A-Fa-f]{5}$", example = "21BD1")),
    responses(
        (status = 200, description = "The range, 800 lines or more.", body = String, content_type = "text/plain", example = "0018A45C4D1DEF81644B54AB7F969B88D65:10\r\n00D4F6E8FA6EECAD2A3AA415EEC418D38EC:2\r\n0000000000000000000000000000000000A:0"),
        (status = 422, description = "Not five hex digits.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many from this network.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 502, description = "The service behind it did not answer as it should.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn range(
    app: App,
    _visitor: Visitor,
    prefix: std::result::Result<Path<String>, PathRejection>,
) -> Result<Response> {
    const FIELDS: [(HeaderName, HeaderValue); 2] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=86400"),
        ),
    ];
    let prefix = prefix
        .ok()
        .and_then(|Path(prefix)| Prefix::parse(&prefix).ok())
        .ok_or_else(|| {
            Problem::invalid_field("prefix", "prefix_invalid", "A prefix is five hex digits.")
        })?;
    let body = leaks::range(&app, prefix).await?;
    Ok((FIELDS, body).into_response())
}
