//! `POST /v1/users`: sign-up, until the mailed token confirms it.

use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::contract::{Routes, routes};
use super::idempotency::{IdempotencyHeader, Idempotent, Turn};
use crate::{
    app::App,
    identity::{Applicant, TypedPassword, Visitor, sign_up},
    problem::{ProblemBody, Result},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(create))
}

/// Who wants an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignUpRequest {
    /// Where the code is mailed to, and what to sign in with, in any case.
    #[schema(format = Email, max_length = 254, example = "ada@example.com")]
    email: String,
    /// 15 characters or more, up to 1,024 bytes, of any kind; in no known leak, and not the email, the name or a common
    /// password.
    #[schema(value_type = String, format = Password, write_only, min_length = 15, max_length = 1024, example = "seven quiet herons at dusk")]
    password: TypedPassword,
    /// What to call her; left out: nothing.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, example = "Ada Lovelace")]
    name: Option<String>,
}

/// What happens next, whoever it was.
#[derive(Serialize, ToSchema)]
struct SignUpReply {
    /// `mailed`: a mail says how it goes on.
    #[schema(example = "mailed")]
    status: &'static str,
    /// How long the mailed code is good for, in seconds.
    #[schema(example = 86400)]
    expires_in: u32,
}

const MAILED: SignUpReply = SignUpReply {
    status: "mailed",
    expires_in: 24 * 60 * 60,
};

/// Sign up
///
/// Mails a code, to be sent to `POST /v1/email-verifications` with the same password; no account begins before.
/// An address that has an account gets another mail, and nothing here tells. Two batches, and two more with an
/// `Idempotency-Key`.
#[utoipa::path(
    post,
    path = "/v1/users",
    operation_id = "sign_up",
    tag = "Identity",
    security(()),
    params(IdempotencyHeader),
    request_body = SignUpRequest,
    responses(
        (status = 202, description = "A mail is on its way.", body = SignUpReply),
        (status = 409, description = "The first request with this key still runs.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Not accepted: a field, or a password that is in known leaks (`password-exposed`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many from this network.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 502, description = "The mail could not be sent.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn create(
    app: App,
    visitor: Visitor,
    Idempotent { body, once }: Idempotent<SignUpRequest>,
) -> Result<Response> {
    let applicant = Applicant::check(&body.email, body.name.as_deref(), body.password.expose())?;
    let system = app.system_keys().await?;
    let claim = match once.claim_from(&app, &system, &visitor.network()).await? {
        Turn::Replay(kept) => return kept.respond(),
        Turn::First(claim) => claim,
    };
    let signed_up = sign_up(&app, &visitor, &applicant).await;
    claim
        .settle(&app, signed_up.map(|()| (StatusCode::ACCEPTED, MAILED)))
        .await
}
