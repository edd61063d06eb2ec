//! `/v1/me/tokens`: tokens for programs.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::{
    contract::{Routes, routes},
    extract::{Json, PathId},
    sensitive::{Sensitive, StepUpHeader},
};
use crate::{
    app::App,
    id::ApiTokenId,
    identity::{Caller, TokenRequest, mint_token},
    platform::Timestamp,
    problem::{Problem, ProblemBody, Result},
    store::api_tokens::{self, TokenRecord, TokenRow},
};

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(create, list))
        .routes(routes!(remove))
}

/// What a token is to be good for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ApiTokenRequest {
    /// What to call it.
    #[schema(min_length = 1, max_length = 100, example = "Spreadsheet")]
    name: String,
    /// Of `profile:read`, `accounts:read`, `transactions:read`, `items:read` and `items:write`.
    #[schema(min_items = 1, example = json!(["accounts:read", "transactions:read"]))]
    scopes: Vec<String>,
    /// How long.
    #[schema(minimum = 1, maximum = 365, example = 90)]
    expires_in_days: u32,
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
struct NewApiToken {
    /// To be sent as `Authorization: Bearer`. Shown this once.
    #[schema(value_type = String, example = "bal_jY2oX0f3mN6bV9cL1kD4aQ7wE5rT8uI0pS2gH3zB6xM")]
    token: Zeroizing<String>,
    #[serde(flatten)]
    body: ApiTokenBody,
}

/// A token.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiToken)]
struct ApiTokenBody {
    #[schema(value_type = String, example = "tok_0199c1f2b7a47d3c8e5f60718293a4b5")]
    id: ApiTokenId,
    #[schema(example = "Spreadsheet")]
    name: String,
    #[schema(example = json!(["accounts:read", "transactions:read"]))]
    scopes: Vec<String>,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2026-11-22T14:00:00Z")]
    created_at: String,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2027-02-20T14:00:00Z")]
    expires_at: String,
    /// RFC 3339, to the hour; null where it never was.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

/// All tokens, newest first.
#[derive(Serialize, ToSchema)]
struct ApiTokenList {
    data: Vec<ApiTokenBody>,
    /// Always null: they are one page.
    next_cursor: Option<String>,
}

impl ApiTokenBody {
    fn new(id: ApiTokenId, expires_at: Timestamp, record: TokenRecord) -> Self {
        Self {
            id,
            name: record.name,
            scopes: record.scopes,
            created_at: record.created_at.rfc3339(),
            expires_at: expires_at.rfc3339(),
            last_used_at: record.last_used_at.map(Timestamp::rfc3339),
        }
    }
}

/// Make an API token
///
/// It opens the routes of its scopes and no other. Sensitive: see `POST /v1/me/step-ups`. Three batches and a mail.
#[utoipa::path(
    post,
    path = "/v1/me/tokens",
    operation_id = "create_api_token",
    tag = "API tokens",
    params(StepUpHeader),
    request_body = ApiTokenRequest,
    responses(
        (status = 201, description = "The token.", body = NewApiToken),
        (status = 422, description = "Not accepted: a field.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn create(
    app: App,
    caller: Caller,
    Sensitive { body, asked }: Sensitive<ApiTokenRequest>,
) -> Result<Response> {
    let request = TokenRequest::check(&body.name, &body.scopes, body.expires_in_days)?;
    let signed = caller.signed().await?;
    let minted = mint_token(&app, &signed, asked, request).await?;
    let reply = NewApiToken {
        token: minted.token,
        body: ApiTokenBody::new(minted.id, minted.expires_at, minted.record),
    };
    Ok((StatusCode::CREATED, Json(reply)).into_response())
}

/// List API tokens
///
/// One batch.
#[utoipa::path(
    get,
    path = "/v1/me/tokens",
    operation_id = "list_api_tokens",
    tag = "API tokens",
    responses((status = 200, description = "The tokens.", body = ApiTokenList))
)]
async fn list(caller: Caller) -> Result<Json<ApiTokenList>> {
    let (signed, [rows]) = caller
        .read(|signed| Ok([api_tokens::of_person(signed.person, Timestamp::now())]))
        .await?;
    let rows: Vec<TokenRow> = rows.rows()?.all()?;
    let data = rows.into_iter().map(|row| {
        let (id, expires_at) = (ApiTokenId(row.id), row.expires_at);
        let record = row
            .open(&signed.keys, None)?
            .reveal(&signed.reveal)
            .map_err(|_| Problem::internal("a token of someone else's"))?;
        Ok(ApiTokenBody::new(id, expires_at, record))
    });
    Ok(Json(ApiTokenList {
        data: data.collect::<Result<_>>()?,
        next_cursor: None,
    }))
}

/// End an API token
///
/// At once. Two batches.
#[utoipa::path(
    delete,
    path = "/v1/me/tokens/{id}",
    operation_id = "end_api_token",
    tag = "API tokens",
    params(("id" = String, Path, description = "The token's id.")),
    responses(
        (status = 204, description = "Ended."),
        (status = 404, description = "No such token of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn remove(app: App, caller: Caller, PathId(id): PathId<ApiTokenId>) -> Result<StatusCode> {
    let signed = caller.signed().await?;
    let [deleted] = app
        .db
        .batch([api_tokens::delete(signed.person, id)])
        .await?;
    if deleted.changed() == 0 {
        return Err(Problem::not_found());
    }
    Ok(StatusCode::NO_CONTENT)
}
