//! `/v1/me/export`: everything the service holds about whoever asks.

use axum::{
    body::Bytes,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, header};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    contract::{Routes, routes},
    extract::Query,
    sensitive::{SensitiveBare, StepUpHeader},
};
use crate::{
    app::App,
    identity::{Caller, ExportFormat, export},
    problem::{ProblemBody, Result},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(show))
}

/// In which form.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExportParameters {
    /// `json` where left out.
    #[param(inline)]
    format: Option<FormatParameter>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum FormatParameter {
    /// One object.
    Json,
    /// A ZIP archive of CSV files, one a table.
    Csv,
}

/// Export everything
///
/// Everything the service holds about you, but for what would open something (hashes, secrets, access tokens):
/// `docs/EXPORT.md` in the source names each member. Amounts are exact decimals, positive when money leaves the
/// account. In CSV a text that would begin a formula is led by an apostrophe. Sensitive: see `POST /v1/me/step-ups`.
/// Four batches and one for every 2,000 transactions.
#[utoipa::path(
    get,
    path = "/v1/me/export",
    operation_id = "export_account",
    tag = "Identity",
    params(ExportParameters, StepUpHeader),
    responses((
        status = 200,
        description = "Everything.",
        content((serde_json::Value = "application/json"), (Vec<u8> = "application/zip")),
        headers(("content-disposition" = String, description = "A file, and its name.")),
    ), (
        status = 403,
        description = "Not approved yet (`step-up-required`), or an API token (`session-required`).",
        body = ProblemBody<'static>,
        content_type = "application/problem+json",
    ))
)]
async fn show(
    app: App,
    caller: Caller,
    Query(parameters): Query<ExportParameters>,
    SensitiveBare(asked): SensitiveBare,
) -> Result<Response> {
    let (format, kind, disposition) = match parameters.format {
        None | Some(FormatParameter::Json) => (
            ExportFormat::Json,
            "application/json",
            "attachment; filename=\"balance-export.json\"",
        ),
        Some(FormatParameter::Csv) => (
            ExportFormat::Csv,
            "application/zip",
            "attachment; filename=\"balance-export.zip\"",
        ),
    };
    let body = export(&app, caller, asked, format).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static(disposition),
        ),
    ];
    Ok((headers, Bytes::from(body)).into_response())
}
