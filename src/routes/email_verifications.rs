//! `POST /v1/email-verifications`: the account begins.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    contract::{Routes, routes},
    extract::Json,
    me::UserBody,
};
use crate::{
    app::App,
    id::SessionId,
    identity::{Factors, TypedPassword, Visitor, confirm},
    problem::{Problem, ProblemBody, Result},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(create))
}

/// What only the person who signed up has both of.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VerificationRequest {
    /// The code from the mail.
    #[schema(
        max_length = 128,
        example = "vN3cJ1aYq0wZr8mT5uXk2LhPfG7dSbEo9iRtQyUxW4I"
    )]
    token: String,
    /// The password of that sign-up.
    #[schema(value_type = String, format = Password, write_only, max_length = 1024, example = "seven quiet herons at dusk")]
    password: TypedPassword,
}

const LONGEST_TOKEN: usize = 128;

/// A new account, signed in.
#[derive(Serialize, ToSchema)]
struct VerificationReply {
    user: UserBody,
    session: SessionStart,
}

/// A session that has just begun.
#[derive(Serialize, ToSchema)]
struct SessionStart {
    #[schema(value_type = String, example = "ses_0199c1f2b7a47d3c8e5f60718293a4b5")]
    id: SessionId,
    /// To be sent as `Authorization: Bearer`; also set as a cookie. Shown this once.
    #[schema(example = "jY2oX0f3mN6bV9cL1kD4aQ7wE5rT8uI0pS2gH3zB6xM")]
    token: String,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2026-12-22T14:00:00Z")]
    expires_at: String,
}

/// Confirm a sign-up
///
/// The mailed code and the password of that sign-up together make the account, and sign in. Which of the two was
/// wrong is not told. Two batches.
#[utoipa::path(
    post,
    path = "/v1/email-verifications",
    operation_id = "confirm_sign_up",
    tag = "Identity",
    security(()),
    request_body = VerificationRequest,
    responses(
        (status = 201, description = "The account has begun.", body = VerificationReply, headers(("set-cookie" = String, description = "The session's token."))),
        (status = 422, description = "Not accepted: a field, the code or the password (`invalid-token`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong passwords for this code, or too many requests from this network.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn create(
    app: App,
    visitor: Visitor,
    Json(request): Json<VerificationRequest>,
) -> Result<Response> {
    if request.token.len() > LONGEST_TOKEN {
        return Err(Problem::invalid_field(
            "token",
            "too_long",
            "This is longer than any code.",
        ));
    }
    let password = request.password.normalize()?;
    let confirmed = confirm(&app, &visitor, &request.token, &password).await?;
    let session = SessionStart {
        id: confirmed.session.id,
        token: confirmed.session.token.expose().to_owned(),
        expires_at: confirmed.session.expires_at.rfc3339(),
    };
    let user = UserBody::new(confirmed.person, confirmed.record, &Factors::none());
    let cookie = [(header::SET_COOKIE, confirmed.session.cookie()?)];
    Ok((
        StatusCode::CREATED,
        cookie,
        Json(VerificationReply { user, session }),
    )
        .into_response())
}
