//! `/v1/me/totp`: an authenticator app (RFC 6238).

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::{
    contract::{Routes, routes},
    extract::Json,
    sensitive::{SensitiveBare, StepUpHeader},
};
use crate::{
    app::App,
    identity::{Caller, begin_totp, enrol_totp, remove_totp},
    problem::{ProblemBody, Result},
};

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(create, remove))
        .routes(routes!(confirm))
}

/// A secret that is enrolled once the app shows a code of it.
#[derive(Serialize, ToSchema)]
struct TotpSecret {
    /// To be typed into the app, base32. Shown this once.
    #[schema(value_type = String, example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    secret: Zeroizing<String>,
    /// The same for a QR code.
    #[schema(value_type = String, example = "otpauth://totp/Balance:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Balance")]
    uri: Zeroizing<String>,
    /// To be sent back with the first code.
    challenge: String,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2026-11-22T14:05:00Z")]
    expires_at: String,
}

/// The app's first code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TotpConfirmation {
    /// From `POST /v1/me/totp`.
    #[schema(max_length = 4096)]
    challenge: String,
    /// Six digits.
    #[schema(value_type = String, write_only, example = "492039")]
    code: Zeroizing<String>,
}

#[derive(Serialize, ToSchema)]
struct TotpEnrolled {
    /// It is asked for from now on.
    #[schema(example = true)]
    enrolled: bool,
}

/// Begin with an authenticator app
///
/// Sensitive: see `POST /v1/me/step-ups`. Three batches.
#[utoipa::path(
    post,
    path = "/v1/me/totp",
    operation_id = "begin_totp",
    tag = "Second factor",
    params(StepUpHeader),
    responses(
        (status = 201, description = "A secret, not yet enrolled.", body = TotpSecret),
        (status = 409, description = "One is enrolled already.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn create(app: App, caller: Caller, SensitiveBare(asked): SensitiveBare) -> Result<Response> {
    let signed = caller.signed().await?;
    let begun = begin_totp(&app, &signed, asked).await?;
    let reply = TotpSecret {
        secret: begun.secret,
        uri: begun.uri,
        challenge: begun.issued.ticket,
        expires_at: begun.issued.expires_at.rfc3339(),
    };
    Ok((StatusCode::CREATED, Json(reply)).into_response())
}

/// Enrol the authenticator app
///
/// Its first code shows that the secret has arrived. Three batches and a mail.
#[utoipa::path(
    post,
    path = "/v1/me/totp/confirm",
    operation_id = "enrol_totp",
    tag = "Second factor",
    request_body = TotpConfirmation,
    responses(
        (status = 200, description = "Enrolled.", body = TotpEnrolled),
        (status = 401, description = "The code or the challenge does not hold (`second-factor-refused`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "One is enrolled already.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn confirm(
    app: App,
    caller: Caller,
    Json(request): Json<TotpConfirmation>,
) -> Result<Json<TotpEnrolled>> {
    let signed = caller.signed().await?;
    enrol_totp(&app, &signed, &request.challenge, &request.code).await?;
    Ok(Json(TotpEnrolled { enrolled: true }))
}

/// Remove the authenticator app
///
/// Where it is the last factor the password has to be long enough to stand alone. Sensitive: see
/// `POST /v1/me/step-ups`. Three batches and a mail.
#[utoipa::path(
    delete,
    path = "/v1/me/totp",
    operation_id = "remove_totp",
    tag = "Second factor",
    params(StepUpHeader),
    responses(
        (status = 204, description = "Removed."),
        (status = 404, description = "None is enrolled.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "It is the last factor, and the password is too short (`password-too-short`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn remove(
    app: App,
    caller: Caller,
    SensitiveBare(asked): SensitiveBare,
) -> Result<StatusCode> {
    let signed = caller.signed().await?;
    remove_totp(&app, &signed, asked).await?;
    Ok(StatusCode::NO_CONTENT)
}
