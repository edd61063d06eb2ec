//! `/v1/erasures`: how far the erasure of an account is, for whoever began it.

use axum::extract::FromRequestParts;
use http::{header, request::Parts};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    contract::{Routes, routes},
    extract::{Json, PathId},
};
use crate::{
    app::App,
    id::ErasureId,
    identity::{BegunErasure, look_at_erasure},
    platform::Timestamp,
    problem::{Problem, ProblemBody, Result},
    store::erasures::{ErasureRow, ErasureState},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(show))
}

/// An erasure that has begun.
#[derive(Serialize, ToSchema)]
pub(super) struct ErasureBegun {
    #[schema(value_type = String, example = "ers_0199c1f2b7a47d3c8e5f60718293a4b5")]
    id: ErasureId,
    /// To look at it with, as `Authorization: Bearer`. Shown this once, and good for nothing else.
    #[schema(example = "jY2oX0f3mN6bV9cL1kD4aQ7wE5rT8uI0pS2gH3zB6xM")]
    token: String,
    #[schema(example = "erasing")]
    status: &'static str,
}

impl ErasureBegun {
    pub(super) fn new(begun: &BegunErasure) -> Self {
        Self {
            id: begun.id,
            token: begun.token.expose().to_owned(),
            status: "erasing",
        }
    }
}

/// An erasure.
#[derive(Serialize, ToSchema)]
struct Erasure {
    #[schema(value_type = String, example = "ers_0199c1f2b7a47d3c8e5f60718293a4b5")]
    id: ErasureId,
    /// `erasing`, or `erased` when nothing is left to do.
    #[schema(example = "erasing")]
    status: &'static str,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2026-11-22T14:00:00Z")]
    requested_at: String,
    /// RFC 3339; null while something is left to do.
    #[schema(format = DateTime)]
    completed_at: Option<String>,
    /// In their order.
    steps: Vec<ErasureStep>,
}

/// A step of an erasure.
#[derive(Serialize, ToSchema)]
struct ErasureStep {
    /// `access_ended`, `keys_destroyed`, `banks_disconnected`, `rows_deleted` or `receipt_mailed`.
    #[schema(example = "keys_destroyed")]
    name: &'static str,
    /// RFC 3339; null while it is to be done.
    #[schema(format = DateTime, example = "2026-11-22T14:00:00Z")]
    done_at: Option<String>,
}

impl Erasure {
    fn new(id: ErasureId, row: &ErasureRow) -> Self {
        let steps = [
            ("access_ended", Some(row.requested_at)),
            ("keys_destroyed", Some(row.requested_at)),
            ("banks_disconnected", row.providers_at),
            ("rows_deleted", row.rows_at),
            ("receipt_mailed", row.receipt_at),
        ];
        Self {
            id,
            status: match row.state {
                ErasureState::Erasing => "erasing",
                ErasureState::Erased | ErasureState::Closed => "erased",
            },
            requested_at: row.requested_at.rfc3339(),
            completed_at: row.completed_at.map(Timestamp::rfc3339),
            steps: steps
                .into_iter()
                .map(|(name, done_at)| ErasureStep {
                    name,
                    done_at: done_at.map(Timestamp::rfc3339),
                })
                .collect(),
        }
    }
}

/// The token that an erasure began with. No cookie stands in for it.
struct ErasureToken(String);

impl<S: Sync> FromRequestParts<S> for ErasureToken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self> {
        let value = parts.headers.get(header::AUTHORIZATION);
        let text = value.and_then(|value| value.to_str().ok());
        let (scheme, token) = text
            .and_then(|text| text.split_once(' '))
            .ok_or_else(Problem::unauthenticated)?;
        if scheme.eq_ignore_ascii_case("bearer") {
            Ok(Self(token.trim().to_owned()))
        } else {
            Err(Problem::unauthenticated())
        }
    }
}

/// Look at an erasure
///
/// With the token that `DELETE /v1/me` gave: there is no session any more. One batch.
#[utoipa::path(
    get,
    path = "/v1/erasures/{id}",
    operation_id = "show_erasure",
    tag = "Identity",
    security(("receipt" = [])),
    params(("id" = String, Path, description = "The erasure's id.", pattern = "^ers_[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "How far it is.", body = Erasure),
        (status = 404, description = "No such erasure, or another's token.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn show(
    app: App,
    ErasureToken(token): ErasureToken,
    PathId(id): PathId<ErasureId>,
) -> Result<Json<Erasure>> {
    let row = look_at_erasure(&app, id, &token).await?;
    Ok(Json(Erasure::new(id, &row)))
}
