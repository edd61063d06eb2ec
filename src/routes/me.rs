//! `/v1/me`: the account of whoever asks.

use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    contract::{Routes, routes},
    erasures::ErasureBegun,
    extract::Json,
    sensitive::{SensitiveBare, StepUpHeader},
};
use crate::{
    app::App,
    id::PersonId,
    identity::{self, Caller, Factors, access, no_cookie, rename},
    platform::Timestamp,
    problem::{Problem, ProblemBody, Result},
    store::people::{self, LeakState, PersonRecord, PersonRow},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(show, change, erase))
}

/// An account.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserBody {
    #[schema(value_type = String, example = "usr_0199c1f2b7a47d3c8e5f60718293a4b5")]
    id: PersonId,
    #[schema(example = "ada@example.com")]
    email: String,
    #[schema(example = "Ada Lovelace")]
    name: Option<String>,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2026-11-22T14:00:00Z")]
    created_at: String,
    password: PasswordBody,
    second_factor: SecondFactorBody,
}

/// What is asked for after the password.
#[derive(Serialize, ToSchema)]
pub(super) struct SecondFactorBody {
    /// A password alone does not sign in.
    enrolled: bool,
    /// How many security and biometric keys.
    #[schema(example = 1)]
    passkeys: usize,
    /// Whether there is an authenticator app.
    totp: bool,
    /// How many recovery codes are left.
    #[schema(example = 10)]
    recovery_codes: usize,
}

impl SecondFactorBody {
    fn new(factors: &Factors) -> Self {
        Self {
            enrolled: factors.enrolled(),
            passkeys: factors.passkeys.len(),
            totp: factors.has_totp(),
            recovery_codes: factors.recovery_codes_left(),
        }
    }
}

/// What is known of the password and the leaks.
#[derive(Serialize, ToSchema)]
pub(super) struct PasswordBody {
    /// It is in known leaks, and should be changed. Stays so until it is.
    exposed: bool,
    /// How often.
    #[serde(skip_serializing_if = "Option::is_none")]
    exposed_count: Option<u64>,
    /// When it was last looked up, RFC 3339. Left out where the look-up failed so far: the next sign-in tries again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, example = "2026-11-22T14:00:00Z")]
    checked_at: Option<String>,
}

impl UserBody {
    pub(super) fn new(person: PersonId, record: PersonRecord, factors: &Factors) -> Self {
        Self {
            id: person,
            email: record.email,
            name: record.name,
            created_at: record.created_at.rfc3339(),
            password: PasswordBody::new(record.leak),
            second_factor: SecondFactorBody::new(factors),
        }
    }
}

impl PasswordBody {
    pub(super) fn new(leak: LeakState) -> Self {
        let (exposed_count, checked_at) = match leak {
            LeakState::NotFound { checked_at } => (None, Some(checked_at)),
            LeakState::Exposed { count, checked_at } => (Some(count), Some(checked_at)),
            LeakState::Unchecked => (None, None),
        };
        Self {
            exposed: exposed_count.is_some(),
            exposed_count,
            checked_at: checked_at.map(Timestamp::rfc3339),
        }
    }
}

/// Show the account
///
/// One batch, two where this isolate has not met her within a minute.
#[utoipa::path(
    get,
    path = "/v1/me",
    operation_id = "show_account",
    security(("bearer" = ["profile:read"]), ("cookie" = [])),
    tag = "Identity",
    responses((status = 200, description = "The account.", body = UserBody))
)]
async fn show(caller: Caller<access::ProfileRead>) -> Result<Json<UserBody>> {
    let (signed, outcomes) = caller
        .read(|signed| {
            let [passkeys, totp, codes] = Factors::of_person(signed.person);
            Ok([people::by_id(signed.person), passkeys, totp, codes])
        })
        .await?;
    let [row, passkeys, totp, codes] = outcomes;
    let factors = Factors::open(&signed.keys, &signed.reveal, [passkeys, totp, codes])?;
    let row: PersonRow = row
        .rows()?
        .first()?
        .ok_or_else(|| Problem::internal("a session without its person"))?;
    let record = signed
        .keys
        .open::<PersonRecord>(row.id, row.rev, row.sealed)?
        .reveal(&signed.reveal)
        .map_err(|_| Problem::internal("a session that reveals another's account"))?;
    Ok(Json(UserBody::new(signed.person, record, &factors)))
}

/// What is to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserChanges {
    /// What to call her; null: nothing.
    // Not left out: that would be to take the name away without a word.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(
        required = true,
        min_length = 1,
        max_length = 100,
        example = "Ada King"
    )]
    name: Option<String>,
}

/// Change the name
///
/// Three batches. Email and password have routes of their own.
#[utoipa::path(
    patch,
    path = "/v1/me",
    operation_id = "change_account",
    tag = "Identity",
    request_body = UserChanges,
    responses(
        (status = 200, description = "The account.", body = UserBody),
        (status = 409, description = "The account changed at the same moment; try again.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Not accepted: a field.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn change(
    app: App,
    caller: Caller,
    Json(changes): Json<UserChanges>,
) -> Result<Json<UserBody>> {
    let signed = caller.signed().await?;
    let (record, factors) = rename(&app, &signed, changes.name.as_deref()).await?;
    Ok(Json(UserBody::new(signed.person, record, &factors)))
}

/// Delete the account
///
/// At once every session and token ends, nobody can sign in, and the keys that everything of hers is sealed with are
/// destroyed. Then the banks' access ends, every row goes, and a receipt is mailed: see `GET /v1/erasures/{id}`. There
/// is no way back; the address can sign up anew at once. Sensitive: see `POST /v1/me/step-ups`. Four batches.
#[utoipa::path(
    delete,
    path = "/v1/me",
    operation_id = "delete_account",
    tag = "Identity",
    params(StepUpHeader),
    responses(
        (status = 202, description = "The account is no more; the rest is on its way.", body = ErasureBegun, headers(("set-cookie" = String, description = "Takes the session's token from a browser."))),
        (status = 403, description = "Not approved yet (`step-up-required`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn erase(app: App, caller: Caller, SensitiveBare(asked): SensitiveBare) -> Result<Response> {
    let begun = identity::erase(&app, caller, asked).await?;
    let cookie = [(header::SET_COOKIE, no_cookie()?)];
    let reply = Json(ErasureBegun::new(&begun));
    Ok((StatusCode::ACCEPTED, cookie, reply).into_response())
}
