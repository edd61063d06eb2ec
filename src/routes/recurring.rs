//! `/v1/recurring`: payments that come again and again.

use money::Money;
use plaid::{CivilDate, Frequency, StreamStatus};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    contract::{Routes, routes},
    extract::Json,
    money::MoneyBody,
};
use crate::{
    banking,
    id::{AccountId, TransactionId},
    identity::{Caller, access},
    problem::Result,
    store::snapshots::{Direction, RecurringEntry},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(list))
}

/// A payment that comes again and again.
#[derive(Serialize, ToSchema)]
struct RecurringBody {
    #[schema(value_type = String, example = "acct_5f0c8a3bb0e94b7f9a35c1d2e4f60718")]
    account_id: AccountId,
    /// `in` or `out`.
    #[schema(value_type = String, example = "out")]
    direction: Direction,
    #[schema(example = "Rent")]
    description: String,
    merchant_name: Option<String>,
    #[schema(example = "RENT_AND_UTILITIES")]
    category: Option<String>,
    /// `WEEKLY`, `BIWEEKLY`, `SEMI_MONTHLY`, `MONTHLY`, `ANNUALLY` or `UNKNOWN`.
    #[schema(value_type = String, example = "MONTHLY")]
    frequency: Frequency,
    #[schema(value_type = String, format = Date)]
    first_date: CivilDate,
    #[schema(value_type = String, format = Date)]
    last_date: CivilDate,
    /// When the next is expected.
    #[schema(value_type = Option<String>, format = Date)]
    next_date: Option<CivilDate>,
    #[schema(value_type = Option<MoneyBody>)]
    average_amount: Option<Money>,
    #[schema(value_type = Option<MoneyBody>)]
    last_amount: Option<Money>,
    /// Whether it still goes on.
    active: bool,
    /// How sure Plaid is: `MATURE`, `EARLY_DETECTION`, `TOMBSTONED` or `UNKNOWN`.
    #[schema(value_type = String, example = "MATURE")]
    status: StreamStatus,
    #[schema(value_type = Vec<String>)]
    transaction_ids: Vec<TransactionId>,
}

/// Recurring payments.
#[derive(Serialize, ToSchema)]
struct RecurringList {
    data: Vec<RecurringBody>,
    /// Always null: they are one page.
    next_cursor: Option<String>,
}

impl From<RecurringEntry> for RecurringBody {
    fn from(entry: RecurringEntry) -> Self {
        Self {
            account_id: AccountId(entry.account),
            direction: entry.direction,
            description: entry.description,
            merchant_name: entry.merchant_name,
            category: entry.category,
            frequency: entry.frequency,
            first_date: entry.first_date,
            last_date: entry.last_date,
            next_date: entry.next_date,
            average_amount: entry.average_amount,
            last_amount: entry.last_amount,
            active: entry.is_active,
            status: entry.status,
            transaction_ids: entry.transactions.into_iter().map(TransactionId).collect(),
        }
    }
}

/// List recurring payments
///
/// As Plaid found them in the transactions, of all connections. One batch.
#[utoipa::path(
    get,
    path = "/v1/recurring",
    operation_id = "list_recurring_payments",
    security(("bearer" = ["transactions:read"]), ("cookie" = [])),
    tag = "Accounts and transactions",
    responses((status = 200, description = "Recurring payments.", body = RecurringList))
)]
async fn list(caller: Caller<access::TransactionsRead>) -> Result<Json<RecurringList>> {
    let entries = banking::snapshot::<RecurringEntry, _>(caller).await?;
    Ok(Json(RecurringList {
        data: entries.into_iter().map(RecurringBody::from).collect(),
        next_cursor: None,
    }))
}
