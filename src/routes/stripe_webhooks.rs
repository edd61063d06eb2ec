//! `POST /webhooks/stripe`: what Stripe has to tell us.

use axum::body::Bytes;
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::contract::{Routes, routes};
use super::extract::Json;
use crate::{
    app::App,
    billing,
    problem::{Kind, Problem, ProblemBody, Result},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(receive))
}

/// Written down, or nothing of ours.
#[derive(Serialize, ToSchema)]
#[schema(as = EventReceived)]
struct Received {
    received: bool,
}

/// Receive an event of Stripe's
///
/// For Stripe: signed (HMAC-SHA256) in the `Stripe-Signature` header, verified in full,
/// written down by its id before it is answered. Any number of copies, in any order; up to
/// 256 KiB. One batch.
#[utoipa::path(
    post,
    path = "/webhooks/stripe",
    operation_id = "receive_stripe_webhook",
    tag = "Webhooks",
    security(()),
    params(("Stripe-Signature" = Option<String>, Header, description = "When it was signed, and the signatures.")),
    request_body(content = serde_json::Value, description = "The event.", content_type = "application/json"),
    responses(
        (status = 200, description = "Written down, or nothing of ours.", body = Received),
        (status = 401, description = "Not verifiably Stripe's.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 404, description = "This instance takes no payments.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn receive(app: App, headers: HeaderMap, body: Bytes) -> Result<Json<Received>> {
    let signature = headers
        .get(stripe::webhook::SIGNATURE_HEADER)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| {
            Problem::new(
                Kind::InvalidSignature,
                "The Stripe-Signature header is missing.",
            )
        })?;
    billing::receive(&app, signature, &body).await?;
    Ok(Json(Received { received: true }))
}
