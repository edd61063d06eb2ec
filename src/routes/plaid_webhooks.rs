//! `POST /webhooks/plaid`: what Plaid has to tell us.

use axum::body::Bytes;
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::contract::{Routes, routes};
use super::extract::Json;
use crate::{
    app::App,
    banking,
    problem::{Kind, Problem, ProblemBody, Result},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(receive))
}

/// Written down.
#[derive(Serialize, ToSchema)]
struct Received {
    received: bool,
}

/// Receive a webhook of Plaid's
///
/// For Plaid: signed (ES256) in the `Plaid-Verification` header, verified in full,
/// written down before it is answered. Any number of copies, in any order. One batch.
#[utoipa::path(
    post,
    path = "/webhooks/plaid",
    operation_id = "receive_plaid_webhook",
    tag = "Webhooks",
    security(()),
    params(("Plaid-Verification" = Option<String>, Header, description = "The JWT that signs the body.")),
    request_body(content = serde_json::Value, description = "The webhook.", content_type = "application/json"),
    responses(
        (status = 200, description = "Written down.", body = Received),
        (status = 401, description = "Not verifiably Plaid's.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many unknown keys.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 502, description = "Plaid did not say which key it signs with.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn receive(app: App, headers: HeaderMap, body: Bytes) -> Result<Json<Received>> {
    let verification = headers
        .get(plaid::webhook::VERIFICATION_HEADER)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| {
            Problem::new(
                Kind::InvalidSignature,
                "The Plaid-Verification header is missing.",
            )
        })?;
    banking::receive(&app, verification, &body).await?;
    Ok(Json(Received { received: true }))
}
