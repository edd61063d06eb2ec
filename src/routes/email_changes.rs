//! `/v1/me/email-changes`: another email, confirmed from both mailboxes.

use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    contract::{Routes, routes},
    extract::Json,
    me::UserBody,
    password::Mailed,
    sensitive::{Sensitive, StepUpHeader},
};
use crate::{
    app::App,
    identity::{Caller, EMAIL_CHANGE_SECONDS, ask_for_email_change, confirm_email_change},
    problem::{ProblemBody, Result},
};

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(create))
        .routes(routes!(confirm))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EmailChangeRequest {
    #[schema(format = Email, max_length = 254, example = "ada@example.org")]
    email: String,
}

/// Ask for another email
///
/// Mails a code to the present address and one to the new. Sensitive: see `POST /v1/me/step-ups`. Three batches.
#[utoipa::path(
    post,
    path = "/v1/me/email-changes",
    operation_id = "ask_for_email_change",
    tag = "Identity",
    params(StepUpHeader),
    request_body = EmailChangeRequest,
    responses(
        (status = 202, description = "Two mails are on their way.", body = Mailed),
        (status = 422, description = "Not accepted: a field.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 502, description = "A mail could not be sent.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn create(
    app: App,
    caller: Caller,
    Sensitive { body, asked }: Sensitive<EmailChangeRequest>,
) -> Result<(StatusCode, Json<Mailed>)> {
    let signed = caller.signed().await?;
    ask_for_email_change(&app, &signed, asked, &body.email).await?;
    Ok((
        StatusCode::ACCEPTED,
        Json(Mailed::good_for(EMAIL_CHANGE_SECONDS)),
    ))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EmailChangeConfirmation {
    /// The code from the present mailbox.
    #[schema(max_length = 128)]
    current_token: String,
    /// The code from the new one.
    #[schema(max_length = 128)]
    new_token: String,
}

/// Change the email
///
/// By both codes. Four batches and two mails.
#[utoipa::path(
    post,
    path = "/v1/me/email-changes/confirm",
    operation_id = "change_email",
    tag = "Identity",
    request_body = EmailChangeConfirmation,
    responses(
        (status = 200, description = "The account.", body = UserBody),
        (status = 422, description = "Not accepted: a field, or the codes (`invalid-token`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong codes.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn confirm(
    app: App,
    caller: Caller,
    Json(request): Json<EmailChangeConfirmation>,
) -> Result<Json<UserBody>> {
    let signed = caller.signed().await?;
    let (record, factors) =
        confirm_email_change(&app, &signed, &request.current_token, &request.new_token).await?;
    Ok(Json(UserBody::new(signed.person, record, &factors)))
}
