//! `/v1/liabilities`: cards, mortgages and student loans.

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
    store::snapshots::{Dated, DebtEntry, DebtKind},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(list))
}

/// A debt. What the bank did not say is null.
#[derive(Serialize, ToSchema)]
struct DebtBody {
    #[schema(value_type = String, example = "acct_5f0c8a3bb0e94b7f9a35c1d2e4f60718")]
    account_id: AccountId,
    /// `credit`, `mortgage` or `student`.
    #[schema(value_type = String, example = "credit")]
    kind: DebtKind,
    name: Option<String>,
    is_overdue: Option<bool>,
    last_payment: Option<PaymentBody>,
    last_statement: Option<StatementBody>,
    #[schema(value_type = Option<MoneyBody>)]
    minimum_payment: Option<Money>,
    #[schema(value_type = Option<String>, format = Date)]
    next_payment_due_date: Option<CivilDate>,
    interest: Vec<InterestBody>,
    #[schema(value_type = Option<String>, format = Date)]
    origination_date: Option<CivilDate>,
    /// What was borrowed.
    #[schema(value_type = Option<MoneyBody>)]
    origination_principal: Option<Money>,
    /// When it ends.
    #[schema(value_type = Option<String>, format = Date)]
    maturity_date: Option<CivilDate>,
}

/// A payment.
#[derive(Serialize, ToSchema)]
struct PaymentBody {
    #[schema(value_type = Option<MoneyBody>)]
    amount: Option<Money>,
    #[schema(value_type = Option<String>, format = Date)]
    date: Option<CivilDate>,
}

/// A statement.
#[derive(Serialize, ToSchema)]
struct StatementBody {
    #[schema(value_type = Option<MoneyBody>)]
    balance: Option<Money>,
    #[schema(value_type = Option<String>, format = Date)]
    date: Option<CivilDate>,
}

/// A rate.
#[derive(Serialize, ToSchema)]
struct InterestBody {
    /// A year's, in percent: an exact decimal.
    #[schema(example = "15.24")]
    percentage: Option<String>,
    /// Such as `purchase_apr` or `fixed`.
    #[serde(rename = "type")]
    #[schema(example = "purchase_apr")]
    kind: Option<String>,
}

/// Debts, by connection.
#[derive(Serialize, ToSchema)]
struct DebtList {
    data: Vec<DebtBody>,
    /// Always null: they are one page.
    next_cursor: Option<String>,
}

impl From<DebtEntry> for DebtBody {
    fn from(entry: DebtEntry) -> Self {
        let is_known = |dated: &Dated| dated.amount.is_some() || dated.date.is_some();
        let payment = Some(entry.last_payment).filter(is_known);
        let statement = Some(entry.last_statement).filter(is_known);
        let rates = entry.interest.into_iter();
        Self {
            account_id: AccountId(entry.account),
            kind: entry.kind,
            name: entry.name,
            is_overdue: entry.is_overdue,
            last_payment: payment.map(|Dated { amount, date }| PaymentBody { amount, date }),
            last_statement: statement.map(|dated| StatementBody {
                balance: dated.amount,
                date: dated.date,
            }),
            minimum_payment: entry.minimum_payment,
            next_payment_due_date: entry.next_payment_due_date,
            interest: rates
                .map(|(percentage, kind)| InterestBody { percentage, kind })
                .collect(),
            origination_date: entry.origination_date,
            origination_principal: entry.origination_principal,
            maturity_date: entry.maturity_date,
        }
    }
}

/// List liabilities
///
/// Of all connections, as the banks gave them last. Account numbers and addresses are not
/// read. One batch.
#[utoipa::path(
    get,
    path = "/v1/liabilities",
    operation_id = "list_liabilities",
    security(("bearer" = ["accounts:read"]), ("cookie" = [])),
    tag = "Wealth",
    responses((status = 200, description = "Debts.", body = DebtList))
)]
async fn list(caller: Caller<access::AccountsRead>) -> Result<Json<DebtList>> {
    let entries = banking::snapshot::<DebtEntry, _>(caller).await?;
    Ok(Json(DebtList {
        data: entries.into_iter().map(DebtBody::from).collect(),
        next_cursor: None,
    }))
}
