//! `/v1/me/passkeys`: the security and biometric keys of an account.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use passkey::RegistrationResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    contract::{Routes, routes},
    extract::{Json, PathId},
    sensitive::{Sensitive, SensitiveBare, StepUpHeader},
};
use crate::{
    app::App,
    id::PasskeyId,
    identity::{Caller, Enrolled, checked_name, enrol_passkey, remove_passkey},
    platform::Timestamp,
    problem::{Problem, ProblemBody, Result},
    store::passkeys::{self, PasskeyRecord, PasskeyRow},
};

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(create, list))
        .routes(routes!(show, rename, remove))
}

/// A key that was made for a challenge.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasskeyRequest {
    /// From `POST /v1/passkey-challenges`.
    #[schema(max_length = 4096)]
    challenge: String,
    /// What to call it.
    #[schema(min_length = 1, max_length = 100, example = "Laptop")]
    name: String,
    /// `RegistrationResponseJSON` of WebAuthn.
    #[schema(value_type = Object)]
    credential: Box<RegistrationResponse>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasskeyChanges {
    #[schema(min_length = 1, max_length = 100, example = "Old laptop")]
    name: String,
}

/// A security or biometric key.
#[derive(Serialize, ToSchema)]
#[schema(as = Passkey)]
struct PasskeyBody {
    #[schema(value_type = String, example = "pk_0199c1f2b7a47d3c8e5f60718293a4b5")]
    id: PasskeyId,
    #[schema(example = "Laptop")]
    name: String,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2026-11-22T14:00:00Z")]
    created_at: String,
    /// RFC 3339; null where it never was.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    /// It verified the person when it was added, by a fingerprint or a PIN: it can sign in alone where it is a passkey.
    user_verified: bool,
    /// It may be copied to other devices, as a synchronised passkey is.
    backup_eligible: bool,
    /// It has been.
    backed_up: bool,
    /// How a browser reaches it.
    #[schema(value_type = Vec<String>, example = json!(["internal"]))]
    transports: passkey::Transports,
    /// `ES256`, `EdDSA` or `RS256`.
    #[schema(example = "ES256")]
    algorithm: &'static str,
}

/// All keys, the oldest first.
#[derive(Serialize, ToSchema)]
struct PasskeyList {
    data: Vec<PasskeyBody>,
    /// Always null: they are one page.
    next_cursor: Option<String>,
}

impl PasskeyBody {
    fn new(id: PasskeyId, record: PasskeyRecord) -> Self {
        Self {
            id,
            name: record.name,
            created_at: record.created_at.rfc3339(),
            last_used_at: record.last_used_at.map(Timestamp::rfc3339),
            user_verified: record.user_verified,
            backup_eligible: record.credential.backup_eligible,
            backed_up: record.credential.backed_up,
            algorithm: record.credential.public_key.algorithm().name(),
            transports: record.credential.transports,
        }
    }
}

/// Add a key
///
/// From now on every sign-in asks for it after the password, or it signs in alone. Sensitive: see
/// `POST /v1/me/step-ups`. Three batches and a mail.
#[utoipa::path(
    post,
    path = "/v1/me/passkeys",
    operation_id = "add_passkey",
    tag = "Second factor",
    params(StepUpHeader),
    request_body = PasskeyRequest,
    responses(
        (status = 201, description = "Added.", body = PasskeyBody),
        (status = 401, description = "The challenge is none of ours, was used or has expired (`second-factor-refused`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "The key is enrolled already.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "A field, or an answer that breaks a rule of WebAuthn (`key-refused`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn create(
    app: App,
    caller: Caller,
    Sensitive { body, asked }: Sensitive<PasskeyRequest>,
) -> Result<Response> {
    let name = checked_name(&body.name)?;
    let signed = caller.signed().await?;
    let (id, record) = enrol_passkey(
        &app,
        &signed,
        asked,
        &body.challenge,
        name,
        &body.credential,
    )
    .await?;
    Ok((StatusCode::CREATED, Json(PasskeyBody::new(id, record))).into_response())
}

/// List the keys
///
/// One batch.
#[utoipa::path(
    get,
    path = "/v1/me/passkeys",
    operation_id = "list_passkeys",
    tag = "Second factor",
    responses((status = 200, description = "The keys.", body = PasskeyList))
)]
async fn list(caller: Caller) -> Result<Json<PasskeyList>> {
    let (signed, [rows]) = caller
        .read(|signed| Ok([passkeys::of_person(signed.person)]))
        .await?;
    let rows: Vec<PasskeyRow> = rows.rows()?.all()?;
    let data = rows.into_iter().map(|row| {
        let enrolled = Enrolled::open(row, &signed.keys, &signed.reveal)?;
        Ok(PasskeyBody::new(enrolled.id, enrolled.record))
    });
    Ok(Json(PasskeyList {
        data: data.collect::<Result<_>>()?,
        next_cursor: None,
    }))
}

/// Show a key
///
/// One batch.
#[utoipa::path(
    get,
    path = "/v1/me/passkeys/{id}",
    operation_id = "show_passkey",
    tag = "Second factor",
    params(("id" = String, Path, description = "The key's id.")),
    responses(
        (status = 200, description = "The key.", body = PasskeyBody),
        (status = 404, description = "No such key of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn show(caller: Caller, PathId(id): PathId<PasskeyId>) -> Result<Json<PasskeyBody>> {
    let (signed, [rows]) = caller
        .read(|signed| Ok([passkeys::of_person(signed.person)]))
        .await?;
    let rows: Vec<PasskeyRow> = rows.rows()?.all()?;
    let row = rows
        .into_iter()
        .find(|row| row.id == id.0)
        .ok_or_else(Problem::not_found)?;
    let enrolled = Enrolled::open(row, &signed.keys, &signed.reveal)?;
    Ok(Json(PasskeyBody::new(id, enrolled.record)))
}

/// Rename a key
///
/// Two batches.
#[utoipa::path(
    patch,
    path = "/v1/me/passkeys/{id}",
    operation_id = "rename_passkey",
    tag = "Second factor",
    params(("id" = String, Path, description = "The key's id.")),
    request_body = PasskeyChanges,
    responses(
        (status = 200, description = "The key.", body = PasskeyBody),
        (status = 404, description = "No such key of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "It was used at the same moment; try again.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Not accepted: a field.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn rename(
    app: App,
    caller: Caller,
    PathId(id): PathId<PasskeyId>,
    Json(changes): Json<PasskeyChanges>,
) -> Result<Json<PasskeyBody>> {
    let name = checked_name(&changes.name)?;
    let (signed, [rows]) = caller
        .read(|signed| Ok([passkeys::of_person(signed.person)]))
        .await?;
    let rows: Vec<PasskeyRow> = rows.rows()?.all()?;
    let row = rows
        .into_iter()
        .find(|row| row.id == id.0)
        .ok_or_else(Problem::not_found)?;
    let mut enrolled = Enrolled::open(row, &signed.keys, &signed.reveal)?;
    enrolled.record.name = name;
    app.db
        .batch(passkeys::update(
            &signed.keys,
            id,
            enrolled.rev,
            &enrolled.record,
        )?)
        .await?;
    Ok(Json(PasskeyBody::new(id, enrolled.record)))
}

/// Remove a key
///
/// Where it is the last factor the password has to be long enough to stand alone. Sensitive: see
/// `POST /v1/me/step-ups`. Three batches and a mail.
#[utoipa::path(
    delete,
    path = "/v1/me/passkeys/{id}",
    operation_id = "remove_passkey",
    tag = "Second factor",
    params(("id" = String, Path, description = "The key's id."), StepUpHeader),
    responses(
        (status = 204, description = "Removed."),
        (status = 404, description = "No such key of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "It is the last factor, and the password is too short (`password-too-short`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn remove(
    app: App,
    caller: Caller,
    PathId(id): PathId<PasskeyId>,
    SensitiveBare(asked): SensitiveBare,
) -> Result<StatusCode> {
    let signed = caller.signed().await?;
    remove_passkey(&app, &signed, asked, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
