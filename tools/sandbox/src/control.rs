//! What every `/_control/` surface shares: JSON in, JSON out, and a refusal that names the mistake,
//! since a misspelt member that is silently ignored makes a test pass for the wrong reason.

use std::fmt::Display;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::json;

const BODY_LIMIT: usize = 64 << 20;

/// Why a control call was not done.
#[derive(Debug)]
pub(crate) enum Refusal {
    Bad(String),
    Missing(String),
}

impl Refusal {
    pub(crate) fn bad(reason: impl Display) -> Self {
        Self::Bad(reason.to_string())
    }

    pub(crate) fn missing(what: impl Display) -> Self {
        Self::Missing(what.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, reason) = match self {
            Self::Bad(reason) => (StatusCode::BAD_REQUEST, reason),
            Self::Missing(what) => (StatusCode::NOT_FOUND, format!("no such {what}")),
        };
        (status, Json(json!({ "error": reason }))).into_response()
    }
}

/// A control call's body; an empty one counts as `{}`.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let body = to_bytes(request.into_body(), BODY_LIMIT)
            .await
            .map_err(Refusal::bad)?;
        let body = if body.is_empty() { &b"{}"[..] } else { &body };
        serde_json::from_slice(body).map(Self).map_err(Refusal::bad)
    }
}

/// The answer where there is nothing to tell.
pub(crate) fn done() -> Json<serde_json::Value> {
    Json(json!({ "ok": true }))
}
