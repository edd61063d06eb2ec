//! `/v1/accounts`: the accounts behind the bank connections.

use http::StatusCode;
use money::Money;
use plaid::AccountType;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    contract::{Routes, routes},
    extract::{Json, PathId},
    money::MoneyBody,
};
use crate::{
    app::App,
    banking,
    id::{AccountId, ItemId},
    identity::{Caller, Signed, access},
    problem::{Kind, Problem, ProblemBody, Result},
    store::accounts::{self, AccountRow},
};

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(show, disconnect))
}

/// An account at a bank.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountBody {
    #[schema(value_type = String, example = "acct_5f0c8a3bb0e94b7f9a35c1d2e4f60718")]
    id: AccountId,
    #[schema(value_type = String, example = "item_0199c1f2b7a47d3c8e5f60718293a4b5")]
    item_id: ItemId,
    #[schema(example = "Plaid Checking")]
    name: String,
    #[schema(example = "Plaid Gold Standard 0% Interest Checking")]
    official_name: Option<String>,
    /// The last digits of its number.
    #[schema(example = "0000")]
    mask: Option<String>,
    /// `depository`, `credit`, `loan`, `investment`, `brokerage` or `other`.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "depository")]
    kind: AccountType,
    /// Plaid's subtype, such as `checking`.
    #[schema(example = "checking")]
    subtype: Option<String>,
    #[schema(example = "USD")]
    currency: String,
    balances: BalancesBody,
    /// When these figures were read.
    updated_at: String,
}

/// What the bank said last. What it did not say is null, never zero.
#[derive(Serialize, ToSchema)]
struct BalancesBody {
    /// What can be spent.
    #[schema(value_type = Option<MoneyBody>)]
    available: Option<Money>,
    /// What is there, or, of a loan or a card, what is owed.
    #[schema(value_type = Option<MoneyBody>)]
    current: Option<Money>,
    /// A card's or an overdraft's limit.
    #[schema(value_type = Option<MoneyBody>)]
    limit: Option<Money>,
}

/// Accounts, by connection.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountList {
    data: Vec<AccountBody>,
    /// Always null: a person's accounts are one page.
    next_cursor: Option<String>,
}

impl AccountList {
    pub(super) const fn new(data: Vec<AccountBody>) -> Self {
        Self {
            data,
            next_cursor: None,
        }
    }
}

impl AccountBody {
    pub(super) fn open(row: AccountRow, signed: &Signed) -> Result<Self> {
        let (id, item_id) = (AccountId(row.id), ItemId(row.item_id));
        let record = row.open(&signed.keys)?;
        let record = record
            .reveal(&signed.reveal)
            .map_err(|_| Problem::not_found())?;
        Ok(Self {
            id,
            item_id,
            name: record.name,
            official_name: record.official_name,
            mask: record.mask,
            kind: record.kind,
            subtype: record.subtype,
            currency: record.currency,
            balances: BalancesBody {
                available: record.available,
                current: record.current,
                limit: record.limit,
            },
            updated_at: record.updated_at.rfc3339(),
        })
    }
}

/// List accounts
///
/// Of all connections, with the balances the bank gave last. One batch.
#[utoipa::path(
    get,
    path = "/v1/accounts",
    operation_id = "list_accounts",
    security(("bearer" = ["accounts:read"]), ("cookie" = [])),
    tag = "Accounts and transactions",
    responses((status = 200, description = "Accounts.", body = AccountList))
)]
async fn list(caller: Caller<access::AccountsRead>) -> Result<Json<AccountList>> {
    let (signed, [rows]) = caller
        .read(|signed| Ok([accounts::of_person(signed.person)]))
        .await?;
    let rows: Vec<AccountRow> = rows.rows()?.all()?;
    let data = rows
        .into_iter()
        .map(|row| AccountBody::open(row, &signed))
        .collect::<Result<_>>()?;
    Ok(Json(AccountList::new(data)))
}

/// Show an account
///
/// One batch.
#[utoipa::path(
    get,
    path = "/v1/accounts/{id}",
    operation_id = "show_bank_account",
    security(("bearer" = ["accounts:read"]), ("cookie" = [])),
    tag = "Accounts and transactions",
    params(("id" = String, Path, description = "The account's id.", pattern = "^acct_[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "The account.", body = AccountBody),
        (status = 404, description = "No such account of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn show(
    caller: Caller<access::AccountsRead>,
    PathId(account): PathId<AccountId>,
) -> Result<Json<AccountBody>> {
    let (signed, [row]) = caller
        .read(|signed| Ok([accounts::of_person_by_id(signed.person, account)]))
        .await?;
    let row: AccountRow = row.rows()?.first()?.ok_or_else(Problem::not_found)?;
    Ok(Json(AccountBody::open(row, &signed)?))
}

/// Disconnect an account
///
/// Deletes everything that was read of it at once: transactions and what you said of them,
/// holdings, debts, its part in net worth. Its siblings stay, and no sync brings it back
/// (`POST /v1/items/{id}/repairs` may). A batch for every 2,000 transactions of the
/// connection, and six more.
#[utoipa::path(
    delete,
    path = "/v1/accounts/{id}",
    operation_id = "disconnect_account",
    security(("bearer" = ["items:write"]), ("cookie" = [])),
    tag = "Accounts and transactions",
    params(("id" = String, Path, description = "The account's id.", pattern = "^acct_[0-9a-f]{32}$")),
    responses(
        (status = 204, description = "Disconnected, and its data deleted."),
        (status = 404, description = "No such account of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 409, description = "It is the connection's last: disconnect the bank.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn disconnect(
    app: App,
    caller: Caller<access::ItemsWrite>,
    PathId(account): PathId<AccountId>,
) -> Result<StatusCode> {
    let (_, [rows]) = caller
        .read(|signed| Ok([accounts::of_person(signed.person)]))
        .await?;
    let rows: Vec<AccountRow> = rows.rows()?.all()?;
    let item = rows
        .iter()
        .find(|row| row.id == account.0)
        .map(|row| row.item_id)
        .ok_or_else(Problem::not_found)?;
    if rows.iter().filter(|row| row.item_id == item).count() < 2 {
        return Err(Problem::new(
            Kind::LastAccount,
            "This is the last account of the connection: disconnect the bank instead.",
        ));
    }
    banking::remove_account(&app, ItemId(item), account).await?;
    Ok(StatusCode::NO_CONTENT)
}
