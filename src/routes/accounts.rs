//! `/v1/accounts`: the accounts behind the bank connections.

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
    id::{AccountId, ItemId},
    identity::{Caller, Signed, access},
    problem::{Problem, ProblemBody, Result},
    store::accounts::{self, AccountRow},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(list)).routes(routes!(show))
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
struct AccountList {
    data: Vec<AccountBody>,
    /// Always null: a person's accounts are one page.
    next_cursor: Option<String>,
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
    Ok(Json(AccountList {
        data,
        next_cursor: None,
    }))
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
