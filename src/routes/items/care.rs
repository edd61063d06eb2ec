//! `/v1/items/{id}/…`: looking after a bank connection.

use http::StatusCode;

use super::{
    super::{
        accounts::{AccountBody, AccountList},
        contract::{Routes, routes},
        extract::{Json, PathId},
    },
    answer,
    body::{ItemWithAccounts, StatusBody},
};
use crate::{
    app::App,
    banking,
    id::ItemId,
    identity::{Caller, Signed, access},
    problem::{Problem, ProblemBody, Result},
    store::{
        accounts::{self, AccountRow},
        items::{self, ItemRow},
    },
};

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(status))
        .routes(routes!(repair))
        .routes(routes!(balances))
        .routes(routes!(rotate))
}

/// Show how a bank connection fares
///
/// When each kind of data last came, and why not since. One batch.
#[utoipa::path(
    get,
    path = "/v1/items/{id}/status",
    operation_id = "show_connection_status",
    security(("bearer" = ["items:read"]), ("cookie" = [])),
    tag = "Connections",
    params(("id" = String, Path, description = "The connection's id.", pattern = "^item_[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "How it fares.", body = StatusBody),
        (status = 404, description = "No such connection of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn status(
    caller: Caller<access::ItemsRead>,
    PathId(item): PathId<ItemId>,
) -> Result<Json<StatusBody>> {
    let (signed, [row]) = caller
        .read(|signed| Ok([items::of_person_by_id(signed.person, item)]))
        .await?;
    let row: ItemRow = row.rows()?.first()?.ok_or_else(Problem::not_found)?;
    Ok(Json(StatusBody::open(row, &signed)?))
}

/// Tell that a bank connection was repaired
///
/// For when Link's update mode has ended: looks at everything anew, takes accounts in that
/// are shared now, those among them that were disconnected before too, and takes warnings
/// back. Three batches and a sync.
#[utoipa::path(
    post,
    path = "/v1/items/{id}/repairs",
    operation_id = "repair_connection",
    security(("bearer" = ["items:write"]), ("cookie" = [])),
    tag = "Connections",
    params(("id" = String, Path, description = "The connection's id.", pattern = "^item_[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "The connection, as it is now.", body = ItemWithAccounts),
        (status = 404, description = "No such connection of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "More than read access was granted: the connection was removed.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Plaid was asked as often as it allows in a minute.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn repair(
    app: App,
    caller: Caller<access::ItemsWrite>,
    PathId(item): PathId<ItemId>,
) -> Result<Json<ItemWithAccounts>> {
    let signed = hers(caller, item).await?;
    let synced = banking::repaired(&app, item).await?;
    answer(&app, &signed, item, synced).await
}

/// Ask the bank for balances
///
/// As they are at this moment: slow, and five times a minute at most. Five batches and one
/// call to the bank.
#[utoipa::path(
    post,
    path = "/v1/items/{id}/balances",
    operation_id = "read_live_balances",
    security(("bearer" = ["items:write"]), ("cookie" = [])),
    tag = "Connections",
    params(("id" = String, Path, description = "The connection's id.", pattern = "^item_[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "The connection's accounts, as they are now.", body = AccountList),
        (status = 404, description = "No such connection of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "The bank wants the person to sign in again.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "The bank was asked as often as Plaid allows in a minute.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 502, description = "Plaid did not answer as it should.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn balances(
    app: App,
    caller: Caller<access::ItemsWrite>,
    PathId(item): PathId<ItemId>,
) -> Result<Json<AccountList>> {
    let signed = hers(caller, item).await?;
    banking::live_balances(&app, item).await?;
    let [rows] = app.db.batch([accounts::of_person(signed.person)]).await?;
    let rows: Vec<AccountRow> = rows.rows()?.all()?;
    let own = rows.into_iter().filter(|row| row.item_id == item.0);
    let data = own.map(|row| AccountBody::open(row, &signed));
    Ok(Json(AccountList::new(data.collect::<Result<_>>()?)))
}

/// Replace the access token
///
/// Plaid gives a new one for the old, which is dead at once: for when one may have leaked.
/// Four batches and one call to Plaid.
#[utoipa::path(
    post,
    path = "/v1/items/{id}/token-rotations",
    operation_id = "rotate_access_token",
    security(("bearer" = ["items:write"]), ("cookie" = [])),
    tag = "Connections",
    params(("id" = String, Path, description = "The connection's id.", pattern = "^item_[0-9a-f]{32}$")),
    responses(
        (status = 204, description = "Replaced."),
        (status = 404, description = "No such connection of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "The bank wants the person to sign in again.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Plaid is asked too often.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 502, description = "Plaid did not answer as it should.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn rotate(
    app: App,
    caller: Caller<access::ItemsWrite>,
    PathId(item): PathId<ItemId>,
) -> Result<StatusCode> {
    hers(caller, item).await?;
    banking::rotate_token(&app, item).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whoever asks, where the connection is hers.
async fn hers(caller: Caller<access::ItemsWrite>, item: ItemId) -> Result<Signed> {
    let (signed, [row]) = caller
        .read(|signed| Ok([items::of_person_by_id(signed.person, item)]))
        .await?;
    if row.rows()?.first::<ItemRow>()?.is_none() {
        return Err(Problem::not_found());
    }
    Ok(signed)
}
