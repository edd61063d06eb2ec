//! `/audit/log`: the audit log as everyone may read it, in the files of C2SP's tlog-tiles.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    contract::{Routes, routes},
    extract::Json,
};
use crate::{
    app::App,
    audit, console,
    identity::Visitor,
    platform::Timestamp,
    problem::{Problem, ProblemBody, Result},
};

/// A tile never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A checkpoint is signed once a minute at most.
const A_WHILE: HeaderValue = HeaderValue::from_static("public, max-age=10");

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(checkpoint))
        .routes(routes!(key))
        .routes(routes!(tile))
        .routes(routes!(status))
}

fn text(text: String, cached: HeaderValue) -> Response {
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    let fields = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, cached),
    ];
    (fields, text).into_response()
}

/// How the reviews stand.
#[derive(Serialize, ToSchema)]
struct AuditStatus {
    /// Sessions of the console there ever were.
    #[schema(example = 12)]
    sessions: u64,
    /// Those that nobody has decided about.
    #[schema(example = 1)]
    unreviewed: u64,
    /// When the oldest of them began, RFC 3339; null where there is none.
    #[schema(format = DateTime)]
    oldest_unreviewed_at: Option<String>,
    /// One waits for more than a week.
    overdue: bool,
    /// `on`, or `suspended` while one waits for more than two weeks: then nothing is revealed to
    /// any operator.
    #[schema(example = "on")]
    reveal: &'static str,
}

/// How the reviews stand
///
/// Whether what operators do is looked at by others, for everybody to see. One batch.
#[utoipa::path(
    get,
    path = "/audit/status",
    operation_id = "audit_status",
    tag = "Audit log",
    security(()),
    responses(
        (status = 200, description = "How they stand.", body = AuditStatus),
        (status = 429, description = "Too many from this network.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn status(app: App, _visitor: Visitor) -> Result<Json<AuditStatus>> {
    let standing = console::standing(&app).await?;
    Ok(Json(AuditStatus {
        sessions: standing.sessions,
        unreviewed: standing.unreviewed,
        oldest_unreviewed_at: standing.oldest.map(Timestamp::rfc3339),
        overdue: standing.overdue,
        reveal: if standing.suspended {
            "suspended"
        } else {
            "on"
        },
    }))
}

/// The log's head
///
/// A C2SP tlog-checkpoint, signed: how many leaves, and the root over them. One batch.
#[utoipa::path(
    get,
    path = "/audit/log/checkpoint",
    operation_id = "audit_log_checkpoint",
    tag = "Audit log",
    security(()),
    responses(
        (status = 200, description = "A signed note.", body = String, content_type = "text/plain"),
        (status = 429, description = "Too many from this network.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn checkpoint(app: App, _visitor: Visitor) -> Result<Response> {
    Ok(text(audit::checkpoint(&app).await?, A_WHILE))
}

/// The log's key
///
/// By which a checkpoint's signature is verified, as C2SP's signed-note writes it: name, id and
/// an Ed25519 key. Keep it: whoever can change the log can change this reply. No batch.
#[utoipa::path(
    get,
    path = "/audit/log/key",
    operation_id = "audit_log_key",
    tag = "Audit log",
    security(()),
    responses(
        (status = 200, description = "A verifier key.", body = String, content_type = "text/plain"),
        (status = 429, description = "Too many from this network.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn key(app: App, _visitor: Visitor) -> Result<Response> {
    let key = audit::verifier_key(&app).await?;
    Ok(text(format!("{key}\n"), A_WHILE))
}

/// A tile of the log
///
/// `{level}/{index}` of hashes, 32 bytes each, or `entries/{index}` of leaves, each behind its length
/// in two bytes; a partial one with `.p/{width}` (C2SP tlog-tiles). One batch.
#[utoipa::path(
    get,
    path = "/audit/log/tile/{*tile}",
    operation_id = "audit_log_tile",
    tag = "Audit log",
    security(()),
    params(("tile" = String, Path, description = "Which one, such as `0/000.p/3` or `entries/x001/067`.")),
    responses(
        (status = 200, description = "The tile.", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 429, description = "Too many from this network.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No tile of the last checkpoint.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn tile(app: App, _visitor: Visitor, Path(tile): Path<String>) -> Result<Response> {
    let path = format!("tile/{tile}");
    let body = audit::tile(&app, &path).await?;
    let body = body.ok_or_else(Problem::not_found)?;
    let kind = HeaderValue::from_static("application/octet-stream");
    let fields = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, FOR_EVER),
    ];
    Ok((fields, body).into_response())
}
