//! `/v1/cash-flow`: what went in and out, by month and category.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    contract::{Routes, routes},
    extract::{Json, Query},
};
use crate::{
    app::App,
    banking,
    id::AccountId,
    identity::{Caller, access},
    platform::Timestamp,
    problem::{Problem, Result},
    store::month_totals::Total,
};

/// Months that are shown at most.
const MOST: usize = 36;

/// Months that are shown where nobody says.
const USUAL: i64 = 12;

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(show))
}

/// Which months, and of which account.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Parameters {
    /// The first month, `YYYY-MM`; eleven before the last where left out.
    #[param(pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$")]
    from: Option<String>,
    /// The last month, `YYYY-MM`; this one where left out. 36 at most with those between.
    #[param(pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$")]
    to: Option<String>,
    /// Only of this account.
    #[param(value_type = Option<String>, pattern = "^acct_[0-9a-f]{32}$")]
    account: Option<AccountId>,
}

/// Months, newest first; one without a transaction is left out.
#[derive(Serialize, ToSchema)]
struct CashFlow {
    data: Vec<MonthBody>,
}

/// What went in and out in a month.
#[derive(Serialize, ToSchema)]
struct MonthBody {
    #[schema(example = "2026-03")]
    month: String,
    totals: Vec<TotalBody>,
}

/// Of one account, in one category and currency, pending transactions too.
#[derive(Serialize, ToSchema)]
struct TotalBody {
    #[schema(value_type = String, example = "acct_5f0c8a3bb0e94b7f9a35c1d2e4f60718")]
    account_id: AccountId,
    /// Yours, where you gave one, else Plaid's primary one; null where it gave none.
    #[schema(example = "FOOD_AND_DRINK")]
    category: Option<String>,
    /// ISO 4217, or the bank's own code.
    #[schema(example = "USD")]
    currency: String,
    /// How many of the digits are decimals.
    #[schema(example = 2)]
    scale: u8,
    /// What came in, exactly.
    #[schema(value_type = i64, example = 0)]
    in_minor_units: i128,
    /// What went out, exactly.
    #[schema(value_type = i64, example = 4820)]
    out_minor_units: i128,
    /// Of how many transactions.
    #[schema(example = 3)]
    count: u32,
}

impl From<Total> for TotalBody {
    fn from(total: Total) -> Self {
        Self {
            account_id: AccountId(total.account),
            category: total.category,
            currency: total.currency,
            scale: total.scale,
            in_minor_units: total.into,
            out_minor_units: total.out,
            count: total.count,
        }
    }
}

/// Show cash flow
///
/// By month, account and category. One batch where no month changed since it was last
/// asked for; for each that did, one for every 2,000 transactions, and one more.
#[utoipa::path(
    get,
    path = "/v1/cash-flow",
    operation_id = "show_cash_flow",
    security(("bearer" = ["transactions:read"]), ("cookie" = [])),
    tag = "Accounts and transactions",
    params(Parameters),
    responses((status = 200, description = "Months.", body = CashFlow))
)]
async fn show(
    app: App,
    caller: Caller<access::TransactionsRead>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<CashFlow>> {
    let months = months(parameters.from, parameters.to)?;
    let flows = banking::cash_flow(&app, caller, &months, parameters.account).await?;
    let data = flows.into_iter().map(|flow| MonthBody {
        month: flow.month,
        totals: flow.totals.into_iter().map(TotalBody::from).collect(),
    });
    Ok(Json(CashFlow {
        data: data.collect(),
    }))
}

fn months(from: Option<String>, to: Option<String>) -> Result<Vec<String>> {
    let refused = |field, message: &'static str| Problem::invalid_field(field, "month", message);
    let last = match to {
        Some(to) => to,
        None => Timestamp::now()
            .rfc3339()
            .get(..7)
            .unwrap_or_default()
            .to_owned(),
    };
    if banking::months_between(&last, &last).is_none() {
        return Err(refused("to", "This takes a month as YYYY-MM."));
    }
    let first = match from {
        Some(from) => from,
        None => usual_first(&last),
    };
    let months = banking::months_between(&first, &last)
        .ok_or_else(|| refused("from", "This takes a month as YYYY-MM."))?;
    if months.is_empty() {
        return Err(refused("from", "This is after `to`."));
    }
    if months.len() > MOST {
        return Err(refused("from", "This takes 36 months at most."));
    }
    Ok(months)
}

/// Eleven months before.
fn usual_first(last: &str) -> String {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok());
    let year = number(last.get(..4)).unwrap_or_default();
    let month = number(last.get(5..)).unwrap_or(1);
    let first = (year * 12 + month - 1 - (USUAL - 1)).max(0);
    format!("{:04}-{:02}", first / 12, first % 12 + 1)
}
