//! `/v1/me/password` and `/v1/password-resets`: a new password.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    contract::{Routes, routes},
    extract::Json,
    me::PasswordBody,
    sensitive::{Sensitive, StepUpHeader},
};
use crate::{
    app::App,
    identity::{
        Caller, RESET_SECONDS, TypedPassword, Visitor, ask_for_reset, change_password,
        reset_password,
    },
    problem::{ProblemBody, Result},
};

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(change))
        .routes(routes!(ask))
        .routes(routes!(reset))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    /// 15 characters or more, 8 where a second factor is enrolled; in no known leak.
    #[schema(value_type = String, format = Password, write_only, min_length = 8, max_length = 1024, example = "nine slow barges at dawn")]
    password: TypedPassword,
}

/// What is known of the new password.
#[derive(Serialize, ToSchema)]
struct PasswordChanged {
    password: PasswordBody,
}

/// Change the password
///
/// Ends every other session and every API token, and mails the person. Sensitive: see `POST /v1/me/step-ups`. Three
/// batches.
#[utoipa::path(
    put,
    path = "/v1/me/password",
    operation_id = "change_password",
    tag = "Identity",
    params(StepUpHeader),
    request_body = PasswordChange,
    responses(
        (status = 200, description = "Changed.", body = PasswordChanged),
        (status = 409, description = "The account changed at the same moment; try again.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Not accepted: a field, or a password that is in known leaks (`password-exposed`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn change(
    app: App,
    caller: Caller,
    Sensitive { body, asked }: Sensitive<PasswordChange>,
) -> Result<Json<PasswordChanged>> {
    let signed = caller.signed().await?;
    let leak = change_password(&app, &signed, asked, &body.password).await?;
    Ok(Json(PasswordChanged {
        password: PasswordBody::new(leak),
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetRequest {
    #[schema(format = Email, max_length = 254, example = "ada@example.com")]
    email: String,
}

/// What happens next, whoever it was.
#[derive(Serialize, ToSchema)]
pub(super) struct Mailed {
    /// `mailed`: a mail says how it goes on.
    #[schema(example = "mailed")]
    status: &'static str,
    /// How long the mailed code is good for, in seconds.
    #[schema(example = 3600)]
    expires_in: i64,
}

impl Mailed {
    pub(super) const fn good_for(expires_in: i64) -> Self {
        Self {
            status: "mailed",
            expires_in,
        }
    }
}

/// Ask for a new password
///
/// Mails a code. An address without an account gets a mail that says so, and nothing here tells. Two batches.
#[utoipa::path(
    post,
    path = "/v1/password-resets",
    operation_id = "ask_for_password_reset",
    tag = "Identity",
    security(()),
    request_body = ResetRequest,
    responses(
        (status = 202, description = "A mail is on its way.", body = Mailed),
        (status = 422, description = "Not accepted: a field.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many from this network.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 502, description = "The mail could not be sent.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn ask(
    app: App,
    visitor: Visitor,
    Json(request): Json<ResetRequest>,
) -> Result<(StatusCode, Json<Mailed>)> {
    ask_for_reset(&app, &visitor, &request.email).await?;
    Ok((StatusCode::ACCEPTED, Json(Mailed::good_for(RESET_SECONDS))))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetConfirmation {
    /// The code from the mail.
    #[schema(
        max_length = 128,
        example = "vN3cJ1aYq0wZr8mT5uXk2LhPfG7dSbEo9iRtQyUxW4I"
    )]
    token: String,
    /// As for a change.
    #[schema(value_type = String, format = Password, write_only, min_length = 8, max_length = 1024, example = "nine slow barges at dawn")]
    password: TypedPassword,
}

#[derive(Serialize, ToSchema)]
struct ResetDone {
    #[schema(example = "changed")]
    status: &'static str,
}

/// Set a new password
///
/// By the mailed code. Ends every session and every API token; removes no factor, and signs nobody in. Three batches.
#[utoipa::path(
    post,
    path = "/v1/password-resets/confirm",
    operation_id = "reset_password",
    tag = "Identity",
    security(()),
    request_body = ResetConfirmation,
    responses(
        (status = 200, description = "Changed.", body = ResetDone),
        (status = 409, description = "The account changed at the same moment; try again.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Not accepted: a field, the code (`invalid-token`), or a password that is in known leaks (`password-exposed`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many from this network.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn reset(
    app: App,
    _visitor: Visitor,
    Json(request): Json<ResetConfirmation>,
) -> Result<Json<ResetDone>> {
    reset_password(&app, &request.token, &request.password).await?;
    Ok(Json(ResetDone { status: "changed" }))
}
