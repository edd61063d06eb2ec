//! `/v1/me/step-ups`: proving who one is, for one sensitive request.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    contract::{Routes, routes},
    extract::Json,
    proof::StepUpProof,
};
use crate::{
    app::App,
    identity::{Action, Caller, Method, begin_step_up, confirm_step_up},
    problem::{ProblemBody, Result},
};

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(create))
        .routes(routes!(confirm))
}

/// What is to be approved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepUpRequest {
    /// The request, as the problem `step-up-required` names it.
    action: Action,
}

/// A challenge for one action, good for five minutes and once.
#[derive(Serialize, ToSchema)]
struct StepUpReply {
    /// To be sent back with the proof.
    challenge: String,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2026-11-22T14:05:00Z")]
    expires_at: String,
    action: Action,
    /// What proves it: `password` where no factor is enrolled, else of `passkey`, `totp` and `recovery_code` those
    /// there are.
    #[schema(example = json!(["passkey", "recovery_code"]))]
    methods: Vec<&'static str>,
    /// `PublicKeyCredentialRequestOptionsJSON`, where a key is enrolled.
    #[schema(value_type = Option<Object>)]
    options: Option<serde_json::Value>,
}

/// The approval.
#[derive(Serialize, ToSchema)]
struct StepUpApproval {
    /// For the header `Step-Up` of that very request, once.
    step_up: String,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2026-11-22T14:05:00Z")]
    expires_at: String,
}

/// Begin to step up
///
/// A sensitive request is refused with 403 `step-up-required` and names its `action`: send that here, the proof to
/// `POST /v1/me/step-ups/confirm`, and the request again with the header `Step-Up`. One batch.
#[utoipa::path(
    post,
    path = "/v1/me/step-ups",
    operation_id = "begin_step_up",
    tag = "Second factor",
    request_body = StepUpRequest,
    responses(
        (status = 201, description = "A challenge.", body = StepUpReply),
        (status = 422, description = "Not accepted: a field.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn create(app: App, caller: Caller, Json(request): Json<StepUpRequest>) -> Result<Response> {
    request.action.check()?;
    let begun = begin_step_up(&app, caller, request.action.clone()).await?;
    let reply = StepUpReply {
        challenge: begun.issued.ticket,
        expires_at: begun.issued.expires_at.rfc3339(),
        action: request.action,
        methods: begun.methods.into_iter().map(Method::name).collect(),
        options: begun.options,
    };
    Ok((StatusCode::CREATED, Json(reply)).into_response())
}

/// Step up
///
/// Wrong codes and passwords are counted per account, and after five the next is looked at later and later. Three
/// batches.
#[utoipa::path(
    post,
    path = "/v1/me/step-ups/confirm",
    operation_id = "step_up",
    tag = "Second factor",
    request_body = StepUpProof,
    responses(
        (status = 201, description = "The approval.", body = StepUpApproval),
        (status = 401, description = "The proof does not hold (`second-factor-refused`, `invalid-credentials`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Not exactly one proof.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong proofs.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn confirm(
    app: App,
    caller: Caller,
    Json(mut request): Json<StepUpProof>,
) -> Result<Response> {
    let challenge = std::mem::take(&mut request.challenge);
    let proof = request.proof()?;
    let issued = confirm_step_up(&app, caller, &challenge, &proof).await?;
    let reply = StepUpApproval {
        step_up: issued.ticket,
        expires_at: issued.expires_at.rfc3339(),
    };
    Ok((StatusCode::CREATED, Json(reply)).into_response())
}
