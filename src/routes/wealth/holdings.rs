//! `/v1/holdings`: what is held in investment accounts.

use money::Money;
use plaid::CivilDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::{
    contract::{Routes, routes},
    extract::Json,
    money::MoneyBody,
};
use crate::{
    banking,
    id::AccountId,
    identity::{Caller, access},
    problem::Result,
    store::snapshots::{HoldingEntry, SecurityEntry},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(list))
}

/// So much of one security in one account.
#[derive(Serialize, ToSchema)]
struct HoldingBody {
    #[schema(value_type = String, example = "acct_5f0c8a3bb0e94b7f9a35c1d2e4f60718")]
    account_id: AccountId,
    security: SecurityBody,
    /// An exact decimal.
    #[schema(example = "12.5")]
    quantity: Option<String>,
    /// Of one, as the bank has it: an exact decimal.
    #[schema(example = "42.15")]
    price: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    price_as_of: Option<CivilDate>,
    /// What it is worth, as the bank has it.
    #[schema(value_type = Option<MoneyBody>)]
    value: Option<Money>,
    /// What was paid for it, where the bank knows.
    #[schema(value_type = Option<MoneyBody>)]
    cost_basis: Option<Money>,
    #[schema(example = "USD")]
    currency: String,
}

/// What is held.
#[derive(Serialize, ToSchema)]
struct SecurityBody {
    /// Plaid's id.
    id: String,
    #[schema(example = "Apple Inc.")]
    name: Option<String>,
    #[schema(example = "AAPL")]
    ticker: Option<String>,
    /// `equity`, `etf`, `mutual fund`, `cash` and others, in Plaid's words.
    #[serde(rename = "type")]
    #[schema(example = "equity")]
    kind: Option<String>,
    isin: Option<String>,
    /// An exact decimal.
    close_price: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    close_price_as_of: Option<CivilDate>,
    #[schema(example = "USD")]
    currency: String,
}

/// Holdings, by connection.
#[derive(Serialize, ToSchema)]
struct HoldingList {
    data: Vec<HoldingBody>,
    /// Always null: they are one page.
    next_cursor: Option<String>,
}

impl From<HoldingEntry> for HoldingBody {
    fn from(entry: HoldingEntry) -> Self {
        Self {
            account_id: AccountId(entry.account),
            security: entry.security.into(),
            quantity: entry.quantity,
            price: entry.price,
            price_as_of: entry.price_as_of,
            value: entry.value,
            cost_basis: entry.cost_basis,
            currency: entry.currency.code().to_owned(),
        }
    }
}

impl From<SecurityEntry> for SecurityBody {
    fn from(entry: SecurityEntry) -> Self {
        Self {
            id: entry.id,
            name: entry.name,
            ticker: entry.ticker,
            kind: entry.kind,
            isin: entry.isin,
            close_price: entry.close_price,
            close_price_as_of: entry.close_price_as_of,
            currency: entry.currency.code().to_owned(),
        }
    }
}

/// List holdings
///
/// Of all connections, as the banks gave them last. One batch.
#[utoipa::path(
    get,
    path = "/v1/holdings",
    operation_id = "list_holdings",
    security(("bearer" = ["accounts:read"]), ("cookie" = [])),
    tag = "Wealth",
    responses((status = 200, description = "Holdings.", body = HoldingList))
)]
async fn list(caller: Caller<access::AccountsRead>) -> Result<Json<HoldingList>> {
    let entries = banking::snapshot::<HoldingEntry, _>(caller).await?;
    Ok(Json(HoldingList {
        data: entries.into_iter().map(HoldingBody::from).collect(),
        next_cursor: None,
    }))
}
