//! `POST /v1/passkey-challenges`: what a browser needs to make a credential, or to
//! sign in with one.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, request::Parts};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    contract::{Routes, routes},
    extract::{Json, parse},
};
use crate::{
    app::App,
    identity::{Caller, Visitor, begin_passkey, passkey_challenge},
    problem::{ProblemBody, Result},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(create))
}

/// What the challenge is for.
#[derive(Deserialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum PasskeyPurpose {
    /// To sign in by a passkey alone; needs no session.
    SignIn,
    /// To add a key to the account of whoever asks.
    Enrolment,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasskeyChallengeRequest {
    purpose: PasskeyPurpose,
}

/// A challenge, good for five minutes and once.
#[derive(Serialize, ToSchema)]
pub(super) struct PasskeyChallengeReply {
    /// To be sent back beside the browser's answer.
    pub(super) challenge: String,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2026-11-22T14:05:00Z")]
    pub(super) expires_at: String,
    /// `PublicKeyCredentialCreationOptionsJSON`, or `PublicKeyCredentialRequestOptionsJSON` to sign in.
    #[schema(value_type = Object)]
    pub(super) options: serde_json::Value,
}

/// Begin a ceremony of WebAuthn
///
/// `options` are what `navigator.credentials` takes, by way of `PublicKeyCredential.parseCreationOptionsFromJSON` and
/// `parseRequestOptionsFromJSON`. To sign in: no batch. To add a key: two batches, three where this isolate has not
/// met her within a minute.
#[utoipa::path(
    post,
    path = "/v1/passkey-challenges",
    operation_id = "create_passkey_challenge",
    tag = "Second factor",
    security((), ("bearer" = []), ("cookie" = [])),
    request_body = PasskeyChallengeRequest,
    responses(
        (status = 201, description = "A challenge.", body = PasskeyChallengeReply),
        (status = 401, description = "To add a key one has to be signed in.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many from this network.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn create(
    app: App,
    visitor: Visitor,
    mut parts: Parts,
    body: axum::body::Bytes,
) -> Result<Response> {
    let _ = visitor;
    super::extract::require_json(&parts.headers)?;
    let request: PasskeyChallengeRequest = parse(&body)?;
    let (issued, options) = match request.purpose {
        PasskeyPurpose::SignIn => passkey_challenge(&app).await?,
        PasskeyPurpose::Enrolment => {
            let caller = <Caller as axum::extract::FromRequestParts<()>>::from_request_parts(
                &mut parts,
                &(),
            )
            .await?;
            let signed = caller.signed().await?;
            begin_passkey(&app, &signed).await?
        }
    };
    let reply = PasskeyChallengeReply {
        challenge: issued.ticket,
        expires_at: issued.expires_at.rfc3339(),
        options,
    };
    Ok((StatusCode::CREATED, Json(reply)).into_response())
}
