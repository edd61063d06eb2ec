//! What a stranger looks for at a fixed place: the contact for a weakness
//! (RFC 9116), and what a problem's `type` means.

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use http::header;

use super::contract::{Routes, routes};
use crate::{
    app::App,
    platform::Timestamp,
    problem::{Kind, Problem, ProblemBody, Result},
};

/// How long a security.txt holds, in seconds: half a year.
const HOLDS: i64 = 180 * 86_400;

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(security_txt))
        .routes(routes!(problem))
}

/// Security contact
///
/// RFC 9116. No batch.
#[utoipa::path(
    get,
    path = "/.well-known/security.txt",
    tag = "Service",
    security(()),
    responses((status = 200, description = "The contact.", body = String, content_type = "text/plain"))
)]
async fn security_txt(app: App) -> Response {
    let origin = &app.config.origin;
    let host = origin.parse::<http::Uri>().ok();
    let host = host.as_ref().and_then(http::Uri::host).unwrap_or_default();
    let text = format!(
        "Contact: mailto:security@{host}\nExpires: {}\nPreferred-Languages: en\nCanonical: {origin}/.well-known/security.txt\n",
        Timestamp::now().plus(HOLDS).rfc3339()
    );
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// What a problem means
///
/// A problem's `type` leads here, and on to its place in the documentation. No batch.
#[utoipa::path(
    get,
    path = "/problems/{slug}",
    tag = "Service",
    security(()),
    params(("slug" = String, Path, description = "The last part of a problem's `type`.")),
    responses(
        (status = 303, description = "Its place in the documentation."),
        (status = 404, description = "No such kind of problem.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn problem(Path(slug): Path<String>) -> Result<Redirect> {
    let kind = Kind::ALL
        .iter()
        .find(|kind| kind.slug() == slug)
        .ok_or_else(Problem::not_found)?;
    Ok(Redirect::to(&format!("/docs#{}", kind.slug())))
}
