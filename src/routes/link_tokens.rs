//! `POST /v1/link-tokens`: opens Plaid Link on the person's device.

use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::contract::{Routes, routes};
use super::idempotency::{IdempotencyHeader, Idempotent};
use crate::{
    app::App,
    banking,
    billing::Entitlements,
    id::ItemId,
    identity::{Caller, access},
    problem::{Problem, Result},
    store::{
        self,
        items::{self, ItemRow},
    },
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(create))
}

/// What the Link token is for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkTokenRequest {
    /// An Item to repair (Link's update mode). Left out: a new connection.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^item_[0-9a-f]{32}$", example = json!(null))]
    item_id: Option<ItemId>,
    /// On a page of Plaid's own (Hosted Link), for clients that load none of its scripts.
    #[serde(default)]
    hosted: bool,
}

/// A token for Plaid Link.
#[derive(Serialize, ToSchema)]
struct LinkTokenReply {
    /// For Link's `token`.
    #[schema(example = "link-sandbox-af1a0311-da53-4636-b754-dd15cc058176")]
    link_token: String,
    /// When it ends, RFC 3339: four hours, half an hour in update mode.
    #[schema(example = "2026-11-22T17:26:39Z")]
    expires_at: String,
    /// Plaid's page, where `hosted` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://secure.plaid.com/hl/ap0s9d8f7")]
    hosted_link_url: Option<String>,
    /// For `POST /v1/items`, once the person is through with that page; left out for a repair.
    #[serde(skip_serializing_if = "Option::is_none")]
    hosted_link: Option<String>,
}

/// Create a Link token
///
/// Asks for transactions, and consent to investments and liabilities: never for
/// anything that could move money. One batch, two for a repair, and one call to Plaid.
#[utoipa::path(
    post,
    path = "/v1/link-tokens",
    operation_id = "create_link_token",
    security(("bearer" = ["items:write"]), ("cookie" = [])),
    tag = "Connections",
    params(IdempotencyHeader),
    request_body = LinkTokenRequest,
    responses(
        (status = 201, description = "The token.", body = LinkTokenReply),
        (status = 402, description = "The plan has no room for another bank.", body = crate::problem::ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such Item of yours.", body = crate::problem::ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "The bank wants a new sign-in first.", body = crate::problem::ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Plaid is asked too often.", body = crate::problem::ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 502, description = "Plaid did not answer as it should.", body = crate::problem::ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn create(
    app: App,
    caller: Caller<access::ItemsWrite>,
    Idempotent {
        body: request,
        once,
    }: Idempotent<LinkTokenRequest>,
) -> Result<Response> {
    let (signed, repair) = match request.item_id {
        None => {
            let (signed, [present, plan]) = caller
                .read(|signed| {
                    let person = signed.person;
                    Ok([items::of_person(person), store::billing::of_person(person)])
                })
                .await?;
            let present: Vec<ItemRow> = present.rows()?.all()?;
            let plan = Entitlements::of_rows(&app, &signed, &plan.rows()?)?;
            plan.admit_connection(present.len())?;
            (signed, None)
        }
        Some(item) => {
            let (signed, [row]) = caller
                .read(|signed| Ok([items::of_person_by_id(signed.person, item)]))
                .await?;
            let row: ItemRow = row.rows()?.first()?.ok_or_else(Problem::not_found)?;
            (signed, Some(row))
        }
    };
    let work = async {
        let token = banking::link_token(&app, &signed, repair, request.hosted).await?;
        let (hosted_link_url, hosted_link) = match token.hosted {
            Some(hosted) => (Some(hosted.url), hosted.ticket),
            None => (None, None),
        };
        let reply = LinkTokenReply {
            link_token: token.token,
            expires_at: token.expiration,
            hosted_link_url,
            hosted_link,
        };
        Ok((StatusCode::CREATED, reply))
    };
    once.run(&app, &signed, work).await
}
