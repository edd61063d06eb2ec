//! `/v1/items`: bank connections (Plaid's Items).

mod body;
mod care;

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use plaid::{ItemFingerprint, PublicToken};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    accounts::AccountBody,
    contract::{Routes, routes},
    extract::{Json, Object, PathId},
    idempotency::{IdempotencyHeader, Idempotent, Turn},
};
use crate::{
    app::App,
    banking::{self, Linked, Synced},
    billing::Entitlements,
    id::ItemId,
    identity::{Caller, Signed, access},
    problem::{Problem, ProblemBody, Result},
    store::{
        accounts::{self, AccountRow},
        billing,
        items::{self, ItemRow},
    },
};

use body::{ItemBody, ItemList, ItemWithAccounts};

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(create, list))
        .routes(routes!(show, remove))
        .routes(routes!(refresh))
        .merge(care::router())
}

/// Accounts that Link's metadata may name.
const MAX_PICKED: usize = 500;

/// What Plaid Link gave to `onSuccess`, or what stands for Plaid's own page: exactly one of `public_token` and
/// `hosted_link`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ItemRequest {
    /// Link's `public_token`.
    #[schema(
        min_length = 1,
        max_length = 512,
        example = "public-sandbox-b0e2c4ee-a763-4df5-bfe9-46a46bce993d"
    )]
    #[serde(default)]
    public_token: Option<String>,
    /// `hosted_link` of `POST /v1/link-tokens`.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 4096)]
    hosted_link: Option<String>,
    /// Link's `metadata.institution`: lets a duplicate be refused before it exists.
    #[serde(default)]
    #[schema(value_type = Option<PickedInstitution>)]
    institution: Option<Object<PickedInstitution>>,
    /// Link's `metadata.accounts`.
    #[serde(default)]
    #[schema(value_type = Vec<PickedAccount>, max_items = 500)]
    accounts: Vec<Object<PickedAccount>>,
}

/// The institution that was picked in Link.
#[derive(Deserialize, ToSchema)]
struct PickedInstitution {
    #[schema(example = "ins_109508")]
    institution_id: String,
}

/// An account that was picked in Link; other members of Link's are passed over.
#[derive(Deserialize, ToSchema)]
struct PickedAccount {
    #[schema(example = "Plaid Checking")]
    name: String,
    #[serde(default)]
    #[schema(example = "0000")]
    mask: Option<String>,
}

/// Connect a bank
///
/// Exchanges Link's public token, checks that the bank granted nothing but reading
/// (else the connection is removed at once: `not-read-only`), and syncs. Accounts are
/// in the reply; transactions too are there where the bank had up to 2,000, and
/// follow within seconds where it had more. Where Plaid's own page has not been finished: `link-pending`, ask again.
/// Two batches and a sync.
#[utoipa::path(
    post,
    path = "/v1/items",
    operation_id = "connect_bank",
    security(("bearer" = ["items:write"]), ("cookie" = [])),
    tag = "Connections",
    params(IdempotencyHeader),
    request_body = ItemRequest,
    responses(
        (status = 201, description = "Connected.", body = ItemWithAccounts),
        (status = 402, description = "The plan has no room for another bank.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 404, description = "What this Idempotency-Key connected is gone.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "The same accounts are connected already.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Not accepted: a field, the token, or more than read access.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Plaid is asked too often.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 502, description = "Plaid did not answer as it should.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn create(
    app: App,
    caller: Caller<access::ItemsWrite>,
    Idempotent {
        body: request,
        once,
    }: Idempotent<ItemRequest>,
) -> Result<Response> {
    let from = From::request(request)?;
    let (signed, [present_items, present_accounts, plan]) = caller
        .read(|signed| {
            let [items, accounts] = banking::present(signed.person);
            Ok([items, accounts, billing::of_person(signed.person)])
        })
        .await?;
    let plan = Entitlements::of_rows(&app, &signed, &plan.rows()?)?;
    let present = (
        present_items.rows()?.all()?,
        present_accounts.rows()?.all()?,
    );
    // Only the id is kept: no copy of what a bank said outlives the connection.
    let claim = match once.claim(&app, &signed).await? {
        Turn::First(claim) => claim,
        Turn::Replay(kept) => {
            let body = read_back(&app, &signed, kept.value()?).await?;
            return kept.respond_with(&body);
        }
    };
    let outcome = match plan.admit_connection(present.0.len()) {
        Ok(()) => connect(&app, &signed, present, from).await,
        Err(problem) => Err(problem),
    };
    let made = outcome.as_ref().ok();
    claim
        .record(&app, made.map(|(item, _)| (StatusCode::CREATED, item)))
        .await?;
    let (_, body) = outcome?;
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

async fn connect(
    app: &App,
    signed: &Signed,
    present: (Vec<ItemRow>, Vec<AccountRow>),
    from: From,
) -> Result<(ItemId, ItemWithAccounts)> {
    let linked = match from {
        From::Link(linked) => linked,
        From::Page(ticket) => banking::hosted_result(app, signed, &ticket).await?,
    };
    let item = banking::link(app, signed, present, &linked).await?;
    banking::sync(app, item).await?;
    Ok((item, read_back(app, signed, item).await?))
}

/// Where a connection comes from.
enum From {
    Link(Linked),
    /// Plaid's own page, by its ticket.
    Page(String),
}

impl From {
    fn request(request: ItemRequest) -> Result<Self> {
        match (&request.public_token, request.hosted_link) {
            (Some(_), None) => {}
            (None, Some(ticket)) => return Ok(Self::Page(ticket)),
            (None, None) => {
                return Err(Problem::invalid_field(
                    "public_token",
                    "missing",
                    "This field is required, or `hosted_link`.",
                ));
            }
            (Some(_), Some(_)) => {
                return Err(Problem::invalid_field(
                    "hosted_link",
                    "one_of",
                    "Send this or `public_token`.",
                ));
            }
        }
        let public_token = request.public_token.unwrap_or_default();
        linked(public_token, request.institution, &request.accounts).map(Self::Link)
    }
}

fn linked(
    public_token: String,
    institution: Option<Object<PickedInstitution>>,
    accounts: &[Object<PickedAccount>],
) -> Result<Linked> {
    if public_token.is_empty() || public_token.len() > 512 {
        return Err(Problem::invalid_field(
            "public_token",
            "length",
            "This takes 1 to 512 bytes.",
        ));
    }
    if accounts.len() > MAX_PICKED {
        return Err(Problem::invalid_field(
            "accounts",
            "length",
            "This takes 500 accounts at most.",
        ));
    }
    let picked = institution.map(|Object(institution)| {
        let accounts = accounts.iter();
        let names =
            accounts.map(|Object(account)| (account.name.as_str(), account.mask.as_deref()));
        ItemFingerprint::new(&institution.institution_id, names)
    });
    Ok(Linked {
        public_token: PublicToken::new(public_token),
        picked,
    })
}

/// The connection after a look at it. Where Plaid may not be asked now, that is the answer.
async fn answer(
    app: &App,
    signed: &Signed,
    item: ItemId,
    synced: Synced,
) -> Result<Json<ItemWithAccounts>> {
    match synced {
        Synced::Spent(seconds) => Err(Problem::too_many(seconds)),
        _ => Ok(Json(read_back(app, signed, item).await?)),
    }
}

async fn read_back(app: &App, signed: &Signed, item: ItemId) -> Result<ItemWithAccounts> {
    let [row, accounts] = app
        .db
        .batch([
            items::of_person_by_id(signed.person, item),
            accounts::of_person(signed.person),
        ])
        .await?;
    let row: ItemRow = row.rows()?.first()?.ok_or_else(Problem::not_found)?;
    let accounts: Vec<AccountRow> = accounts.rows()?.all()?;
    let own = accounts.into_iter().filter(|row| row.item_id == item.0);
    Ok(ItemWithAccounts {
        item: ItemBody::open(row, signed)?,
        accounts: own
            .map(|row| AccountBody::open(row, signed))
            .collect::<Result<_>>()?,
    })
}

/// List bank connections
///
/// One batch.
#[utoipa::path(
    get,
    path = "/v1/items",
    operation_id = "list_connections",
    security(("bearer" = ["items:read"]), ("cookie" = [])),
    tag = "Connections",
    responses((status = 200, description = "Connections.", body = ItemList))
)]
async fn list(caller: Caller<access::ItemsRead>) -> Result<Json<ItemList>> {
    let (signed, [rows]) = caller
        .read(|signed| Ok([items::of_person(signed.person)]))
        .await?;
    let rows: Vec<ItemRow> = rows.rows()?.all()?;
    let data = rows
        .into_iter()
        .map(|row| ItemBody::open(row, &signed))
        .collect::<Result<_>>()?;
    Ok(Json(ItemList {
        data,
        next_cursor: None,
    }))
}

/// Show a bank connection
///
/// One batch.
#[utoipa::path(
    get,
    path = "/v1/items/{id}",
    operation_id = "show_connection",
    security(("bearer" = ["items:read"]), ("cookie" = [])),
    tag = "Connections",
    params(("id" = String, Path, description = "The connection's id.", pattern = "^item_[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "The connection.", body = ItemWithAccounts),
        (status = 404, description = "No such connection of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn show(
    caller: Caller<access::ItemsRead>,
    PathId(item): PathId<ItemId>,
) -> Result<Json<ItemWithAccounts>> {
    let (signed, [row, accounts]) = caller
        .read(|signed| {
            Ok([
                items::of_person_by_id(signed.person, item),
                accounts::of_person(signed.person),
            ])
        })
        .await?;
    let row: ItemRow = row.rows()?.first()?.ok_or_else(Problem::not_found)?;
    let accounts: Vec<AccountRow> = accounts.rows()?.all()?;
    let own = accounts.into_iter().filter(|row| row.item_id == item.0);
    Ok(Json(ItemWithAccounts {
        item: ItemBody::open(row, &signed)?,
        accounts: own
            .map(|row| AccountBody::open(row, &signed))
            .collect::<Result<_>>()?,
    }))
}

/// Refresh a bank connection
///
/// Has the bank looked at again, where it allows that, and fetches whatever there is now:
/// transactions, accounts, holdings, debts and recurring payments. Answers when it is here
/// or, after 2,000 changes, while the rest is on its way. One batch and a sync.
#[utoipa::path(
    post,
    path = "/v1/items/{id}/sync",
    operation_id = "refresh_connection",
    security(("bearer" = ["items:write"]), ("cookie" = [])),
    tag = "Connections",
    params(("id" = String, Path, description = "The connection's id.", pattern = "^item_[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "The connection, as it is now.", body = ItemWithAccounts),
        (status = 429, description = "Plaid was asked as often as it allows in a minute.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such connection of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn refresh(
    app: App,
    caller: Caller<access::ItemsWrite>,
    PathId(item): PathId<ItemId>,
) -> Result<Json<ItemWithAccounts>> {
    let (signed, [row]) = caller
        .read(|signed| Ok([items::of_person_by_id(signed.person, item)]))
        .await?;
    if row.rows()?.first::<ItemRow>()?.is_none() {
        return Err(Problem::not_found());
    }
    app.db.batch([items::want_everything(item)]).await?;
    let synced = banking::sync(&app, item).await?;
    answer(&app, &signed, item, synced).await
}

/// Disconnect a bank
///
/// Deletes everything that was read through it at once, and has Plaid end its
/// access, however often that takes to ask. Three batches and one call to Plaid.
#[utoipa::path(
    delete,
    path = "/v1/items/{id}",
    operation_id = "disconnect_bank",
    security(("bearer" = ["items:write"]), ("cookie" = [])),
    tag = "Connections",
    params(("id" = String, Path, description = "The connection's id.", pattern = "^item_[0-9a-f]{32}$")),
    responses(
        (status = 204, description = "Gone."),
        (status = 404, description = "No such connection of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn remove(
    app: App,
    caller: Caller<access::ItemsWrite>,
    PathId(item): PathId<ItemId>,
) -> Result<StatusCode> {
    let (signed, [row]) = caller
        .read(|signed| Ok([items::of_person_by_id(signed.person, item)]))
        .await?;
    if row.rows()?.first::<ItemRow>()?.is_none() {
        return Err(Problem::not_found());
    }
    banking::unlink(&app, signed.person, item, &signed.keys).await?;
    Ok(StatusCode::NO_CONTENT)
}
