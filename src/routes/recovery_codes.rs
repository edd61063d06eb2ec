//! `/v1/me/recovery-codes`: what stands in for a lost key.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::{
    contract::{Routes, routes},
    extract::Json,
    sensitive::{SensitiveBare, StepUpHeader},
};
use crate::{
    app::App,
    identity::{Caller, Factors, draw_recovery_codes},
    problem::{ProblemBody, Result},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(create, show))
}

/// Ten codes, each good once. Shown this once.
#[derive(Serialize, ToSchema)]
struct RecoveryCodes {
    #[schema(value_type = Vec<String>, example = json!(["ABCD-EFGH-JKLM-NPQR"]))]
    codes: Vec<Zeroizing<String>>,
}

/// How many codes are left.
#[derive(Serialize, ToSchema)]
struct RecoveryCodesLeft {
    #[schema(example = 9)]
    remaining: usize,
}

/// Draw recovery codes
///
/// In the place of all from before. Sensitive: see `POST /v1/me/step-ups`. Three batches and a mail.
#[utoipa::path(
    post,
    path = "/v1/me/recovery-codes",
    operation_id = "draw_recovery_codes",
    tag = "Second factor",
    params(StepUpHeader),
    responses(
        (status = 201, description = "The codes.", body = RecoveryCodes),
        (status = 409, description = "No second factor is enrolled (`no-second-factor`).", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn create(app: App, caller: Caller, SensitiveBare(asked): SensitiveBare) -> Result<Response> {
    let signed = caller.signed().await?;
    let codes = draw_recovery_codes(&app, &signed, asked).await?;
    Ok((StatusCode::CREATED, Json(RecoveryCodes { codes })).into_response())
}

/// Count the recovery codes
///
/// One batch.
#[utoipa::path(
    get,
    path = "/v1/me/recovery-codes",
    operation_id = "count_recovery_codes",
    tag = "Second factor",
    responses((status = 200, description = "How many are left.", body = RecoveryCodesLeft))
)]
async fn show(caller: Caller) -> Result<Json<RecoveryCodesLeft>> {
    let (signed, outcomes) = caller
        .read(|signed| Ok(Factors::of_person(signed.person)))
        .await?;
    let factors = Factors::open(&signed.keys, &signed.reveal, outcomes)?;
    Ok(Json(RecoveryCodesLeft {
        remaining: factors.recovery_codes_left(),
    }))
}
