//! `/v1/me/consents`: what operators ask a person for, and what she says to it.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    contract::{Routes, routes},
    extract::{Json, PathId, Query},
};
use crate::{
    app::App,
    console::{self, ShownConsent},
    id::{ConsentId, PasskeyId, RowId},
    identity::Caller,
    platform::Timestamp,
    problem::{Problem, ProblemBody, Result},
};

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(open))
        .routes(routes!(grant))
        .routes(routes!(decline))
        .routes(routes!(revoke))
        .routes(routes!(proof))
}

/// An operator, as a person is shown him.
#[derive(Serialize, ToSchema)]
struct ConsentOperator {
    #[schema(example = "opr_0199c1f2b7a47d3c8e5f60718293a4b5")]
    id: String,
    #[schema(example = "Grace, support")]
    name: String,
    /// `employee`, `contractor` or `auditor`.
    #[schema(example = "employee")]
    role: serde_json::Value,
}

/// A consent: asked for, given or over.
#[derive(Serialize, ToSchema)]
pub(super) struct ConsentBody {
    #[schema(value_type = String, example = "cns_0199c1f2b7a47d3c8e5f60718293a4b5")]
    id: ConsentId,
    /// `requested`, `granted`, `declined`, `expired`, `revoked` or `exhausted`.
    #[schema(example = "requested")]
    state: &'static str,
    operator: ConsentOperator,
    /// What for, in the operator's words.
    #[schema(example = "The transfer of 3 March is missing: we look for it.")]
    purpose: String,
    /// Of what.
    resources: Vec<String>,
    /// Which fields of it.
    #[schema(example = json!(["transaction.amount", "transaction.name"]))]
    fields: Vec<String>,
    /// How long it holds once signed.
    hours: u32,
    /// How often it can be used.
    uses: u32,
    uses_left: u32,
    /// RFC 3339.
    #[schema(format = DateTime)]
    requested_at: String,
    /// RFC 3339; null where it was never signed.
    #[schema(format = DateTime)]
    granted_at: Option<String>,
    /// RFC 3339; null where it was never signed.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// What was signed, byte for byte.
    text: Option<String>,
}

impl From<ShownConsent> for ConsentBody {
    fn from(shown: ShownConsent) -> Self {
        let record = shown.record;
        let granted_at = record.grant.as_ref().map(|grant| grant.at.rfc3339());
        Self {
            id: shown.id,
            state: shown.state,
            operator: ConsentOperator {
                id: record.operator.public(),
                name: record.operator_name,
                role: serde_json::to_value(record.operator_role).unwrap_or_default(),
            },
            purpose: record.purpose,
            resources: record.resources,
            fields: record.fields,
            hours: record.hours,
            uses: record.uses,
            uses_left: shown.uses_left,
            requested_at: record.requested_at.rfc3339(),
            granted_at,
            expires_at: shown.expires_at.map(Timestamp::rfc3339),
            text: record.grant.map(|grant| grant.text),
        }
    }
}

/// The newest first.
#[derive(Serialize, ToSchema)]
struct ConsentList {
    data: Vec<ConsentBody>,
    /// For the next page; null on the last.
    next_cursor: Option<String>,
}

/// Which.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParameters {
    /// How many at most, 1 to 100; 20 where left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(pattern = "^cns_[0-9a-f]{32}$")]
    cursor: Option<String>,
}

/// List consents
///
/// What was asked of you, and where it stands. Two batches.
#[utoipa::path(
    get,
    path = "/v1/me/consents",
    operation_id = "list_consents",
    tag = "Consent",
    params(ListParameters),
    responses((status = 200, description = "Consents.", body = ConsentList))
)]
async fn list(
    app: App,
    caller: Caller,
    Query(parameters): Query<ListParameters>,
) -> Result<Json<ConsentList>> {
    let limit = parameters.limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(Problem::invalid_field(
            "limit",
            "range",
            "This takes 1 to 100.",
        ));
    }
    let before = match &parameters.cursor {
        None => RowId([0xff; 16]),
        Some(cursor) => {
            let id = ConsentId::parse(cursor);
            id.map(|id| id.0).ok_or_else(|| {
                Problem::invalid_field("cursor", "cursor", "This is no cursor of this list.")
            })?
        }
    };
    let mut consents = console::list_consents(&app, caller, before, limit + 1).await?;
    let goes_on = consents.len() > limit as usize;
    consents.truncate(limit as usize);
    let last = consents.last().filter(|_| goes_on);
    Ok(Json(ConsentList {
        next_cursor: last.map(|consent| consent.id.public()),
        data: consents.into_iter().map(ConsentBody::from).collect(),
    }))
}

/// Show a consent
///
/// Two batches.
#[utoipa::path(
    get,
    path = "/v1/me/consents/{id}",
    operation_id = "show_consent",
    tag = "Consent",
    params(("id" = String, Path, description = "The consent's id.", pattern = "^cns_[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "The consent.", body = ConsentBody),
        (status = 404, description = "No such consent of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn show(
    app: App,
    caller: Caller,
    PathId(id): PathId<ConsentId>,
) -> Result<Json<ConsentBody>> {
    Ok(Json(console::show_consent(&app, caller, id).await?.into()))
}

/// Which key is to sign.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpeningRequest {
    /// One of `GET /v1/me/passkeys`.
    #[schema(value_type = String, pattern = "^pk_[0-9a-f]{32}$", example = "pk_0199c1f2b7a47d3c8e5f60718293a4b5")]
    passkey: PasskeyId,
}

/// What to read, and to sign within five minutes.
#[derive(Serialize, ToSchema)]
struct OpeningReply {
    /// To be sent back with the signature.
    challenge: String,
    /// The text that is signed: SHA-256 of its bytes is the ceremony's challenge. Show it whole.
    text: String,
    /// `PublicKeyCredentialRequestOptionsJSON`.
    #[schema(value_type = Object)]
    options: serde_json::Value,
    /// RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Open a consent to sign it
///
/// Sets its text: who may see what of you, what for, how long and how often. Two batches.
#[utoipa::path(
    post,
    path = "/v1/me/consents/{id}/openings",
    operation_id = "open_consent",
    tag = "Consent",
    params(("id" = String, Path, description = "The consent's id.", pattern = "^cns_[0-9a-f]{32}$")),
    request_body = OpeningRequest,
    responses(
        (status = 201, description = "The text.", body = OpeningReply),
        (status = 404, description = "No such consent of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "It is not open any more.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "No key of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn open(
    app: App,
    caller: Caller,
    PathId(id): PathId<ConsentId>,
    Json(request): Json<OpeningRequest>,
) -> Result<Response> {
    let opening = console::open(&app, caller, id, request.passkey).await?;
    let reply = OpeningReply {
        challenge: opening.issued.ticket,
        text: opening.text,
        options: opening.options,
        expires_at: opening.issued.expires_at.rfc3339(),
    };
    Ok((StatusCode::CREATED, Json(reply)).into_response())
}

/// The signature.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GrantRequest {
    /// From `POST …/openings`.
    #[schema(max_length = 4096)]
    challenge: String,
    /// `AuthenticationResponseJSON` of WebAuthn.
    #[schema(value_type = Object)]
    credential: serde_json::Value,
}

/// Sign a consent
///
/// The key has to check that it is you. From now on it can be used. Three batches.
#[utoipa::path(
    post,
    path = "/v1/me/consents/{id}/grant",
    operation_id = "grant_consent",
    tag = "Consent",
    params(("id" = String, Path, description = "The consent's id.", pattern = "^cns_[0-9a-f]{32}$")),
    request_body = GrantRequest,
    responses(
        (status = 200, description = "It holds.", body = ConsentBody),
        (status = 401, description = "The key signed something else, too late, or without checking that it was you (`second-factor-refused`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such consent of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "It is not open any more.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Not accepted: a field.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn grant(
    app: App,
    caller: Caller,
    PathId(id): PathId<ConsentId>,
    Json(request): Json<GrantRequest>,
) -> Result<Json<ConsentBody>> {
    let granted = console::grant(&app, caller, id, &request.challenge, request.credential).await?;
    Ok(Json(granted.into()))
}

/// Decline a consent
///
/// Three batches.
#[utoipa::path(
    post,
    path = "/v1/me/consents/{id}/decline",
    operation_id = "decline_consent",
    tag = "Consent",
    params(("id" = String, Path, description = "The consent's id.", pattern = "^cns_[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "Declined.", body = ConsentBody),
        (status = 404, description = "No such consent of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "It is not open any more.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn decline(
    app: App,
    caller: Caller,
    PathId(id): PathId<ConsentId>,
) -> Result<Json<ConsentBody>> {
    Ok(Json(console::decline(&app, caller, id).await?.into()))
}

/// Take a consent back
///
/// The next command finds it gone. Three batches and a mail.
#[utoipa::path(
    post,
    path = "/v1/me/consents/{id}/revoke",
    operation_id = "revoke_consent",
    tag = "Consent",
    params(("id" = String, Path, description = "The consent's id.", pattern = "^cns_[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "Taken back.", body = ConsentBody),
        (status = 404, description = "No such consent of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "It is over already.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn revoke(
    app: App,
    caller: Caller,
    PathId(id): PathId<ConsentId>,
) -> Result<Json<ConsentBody>> {
    Ok(Json(console::revoke(&app, caller, id).await?.into()))
}

/// Prove a consent
///
/// A file that anybody can check without us: `verify.py consent FILE`. It holds the text, what
/// your key signed, and the leaves by which the audit log knows the key and the consent, with
/// their proofs. Four batches.
#[utoipa::path(
    get,
    path = "/v1/me/consents/{id}/proof",
    operation_id = "prove_consent",
    tag = "Consent",
    params(("id" = String, Path, description = "The consent's id.", pattern = "^cns_[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "The file.", body = Object),
        (status = 404, description = "No such consent of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "It was never signed.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn proof(
    app: App,
    caller: Caller,
    PathId(id): PathId<ConsentId>,
) -> Result<Json<serde_json::Value>> {
    Ok(Json(console::proof(&app, caller, id).await?))
}
