//! `/v1/transactions`: what happened in the accounts, newest first.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use money::Money;
use plaid::{CategoryConfidence, CivilDate, PaymentChannel};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    contract::{Routes, routes},
    extract::{Json, Query},
    money::MoneyBody,
};
use crate::{
    app::App,
    banking::{self, Filter, Page},
    id::{AccountId, TransactionId},
    identity::{Caller, access},
    problem::{Problem, Result},
    store::transactions::{TransactionRecord, account_of},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(list)).routes(routes!(search))
}

/// Which transactions, and how many of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParameters {
    /// Only of this account.
    #[param(value_type = Option<String>, pattern = "^acct_[0-9a-f]{32}$")]
    account: Option<AccountId>,
    /// Not before this day, `YYYY-MM-DD`.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<CivilDate>,
    /// Not after this day, `YYYY-MM-DD`.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<CivilDate>,
    /// Only pending ones, or only posted ones.
    pending: Option<bool>,
    /// How many at most, 1 to 1000; 100 where left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// `next_cursor` of the page before, with the same filters.
    cursor: Option<String>,
}

/// Which transactions to search for, and how many of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SearchRequest {
    /// In the name, the merchant or the bank's own words, in any case, accents or not.
    #[schema(min_length = 1, max_length = 100, example = "coffee")]
    text: String,
    /// Only of this account.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^acct_[0-9a-f]{32}$", example = json!(null))]
    account: Option<AccountId>,
    /// Not before this day, `YYYY-MM-DD`.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = json!(null))]
    from: Option<CivilDate>,
    /// Not after this day, `YYYY-MM-DD`.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = json!(null))]
    to: Option<CivilDate>,
    /// Only pending ones, or only posted ones.
    #[serde(default)]
    pending: Option<bool>,
    /// How many at most, 1 to 1000; 100 where left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// `next_cursor` of the page before, with the same filters.
    #[serde(default)]
    #[schema(example = json!(null))]
    cursor: Option<String>,
}

/// A page of transactions, newest first.
#[derive(Serialize, ToSchema)]
struct TransactionList<'a> {
    data: Vec<TransactionBody<'a>>,
    /// For the next page; null on the last.
    next_cursor: Option<&'a str>,
}

/// A transaction.
#[derive(Serialize, ToSchema)]
struct TransactionBody<'a> {
    #[schema(value_type = String, example = "txn_9b1f0c3e5a7d4821b6c4f0a9d8e7c6b5")]
    id: TransactionId,
    #[schema(value_type = String, example = "acct_5f0c8a3bb0e94b7f9a35c1d2e4f60718")]
    account_id: AccountId,
    /// When it posted; of a pending one, when it happened.
    #[schema(value_type = String, format = Date, example = "2026-10-03")]
    date: CivilDate,
    /// When it was authorized, where the bank says so.
    #[schema(value_type = Option<String>, format = Date)]
    authorized_date: Option<CivilDate>,
    /// The time, where the bank tells it.
    datetime: Option<Cow<'a, str>>,
    #[schema(value_type = MoneyBody)]
    amount: Money,
    #[schema(example = "Blue Bottle Coffee")]
    name: Cow<'a, str>,
    #[schema(example = "Blue Bottle Coffee")]
    merchant_name: Option<Cow<'a, str>>,
    /// The bank's own words.
    original_description: Option<Cow<'a, str>>,
    /// Not final: the bank may change it or take it back.
    pending: bool,
    /// `online`, `in store` or `other`.
    #[schema(value_type = String, example = "in store")]
    payment_channel: PaymentChannel,
    category: Option<CategoryBody<'a>>,
    /// The pending transaction that this one replaced.
    #[schema(value_type = Option<String>)]
    replaces: Option<TransactionId>,
}

/// Plaid's category.
#[derive(Serialize, ToSchema)]
struct CategoryBody<'a> {
    #[schema(example = "FOOD_AND_DRINK")]
    primary: Cow<'a, str>,
    #[schema(example = "FOOD_AND_DRINK_COFFEE")]
    detailed: Option<Cow<'a, str>>,
    /// How sure Plaid is.
    #[schema(value_type = Option<String>, example = "HIGH")]
    confidence: Option<CategoryConfidence>,
}

impl<'a> TransactionBody<'a> {
    fn new(id: TransactionId, record: TransactionRecord<'a>) -> Result<Self> {
        Ok(Self {
            id,
            account_id: account_of(&record),
            amount: record.amount()?,
            date: record.date,
            authorized_date: record.authorized_date,
            datetime: record.datetime,
            name: record.name,
            merchant_name: record.merchant_name,
            original_description: record.original_description,
            pending: record.pending,
            payment_channel: record.channel,
            category: record.category.map(|primary| CategoryBody {
                primary,
                detailed: record.category_detail,
                confidence: record.category_confidence,
            }),
            replaces: record.replaces.map(TransactionId),
        })
    }
}

fn reply(page: &Page) -> Result<Response> {
    let data = page.transactions().map(|row| {
        let (id, record) = row?;
        TransactionBody::new(id, record)
    });
    let list = TransactionList {
        data: data.collect::<Result<_>>()?,
        next_cursor: page.next_cursor.as_deref(),
    };
    Ok(Json(list).into_response())
}

fn checked_limit(limit: Option<u32>) -> Result<usize> {
    match limit.unwrap_or(100) {
        limit @ 1..=1000 => Ok(usize::try_from(limit).unwrap_or(1000)),
        _ => Err(Problem::invalid_field(
            "limit",
            "range",
            "This takes 1 to 1000.",
        )),
    }
}

/// List transactions
///
/// Newest first. Stable under new transactions: a page goes on where the one before
/// ended. One batch where this isolate knows your keys, two where it does not.
#[utoipa::path(
    get,
    path = "/v1/transactions",
    operation_id = "list_transactions",
    security(("bearer" = ["transactions:read"]), ("cookie" = [])),
    tag = "Accounts and transactions",
    params(ListParameters),
    responses((status = 200, description = "A page.", body = TransactionList<'static>))
)]
async fn list(
    app: App,
    caller: Caller<access::TransactionsRead>,
    Query(parameters): Query<ListParameters>,
) -> Result<Response> {
    let limit = checked_limit(parameters.limit)?;
    let filter = Filter {
        account: parameters.account,
        from: parameters.from,
        to: parameters.to,
        pending: parameters.pending,
        text: None,
    };
    reply(&banking::list(&app, caller, &filter, parameters.cursor.as_deref(), limit).await?)
}

/// Search transactions
///
/// By text, which is private and so stands in no URL. Looks through your own rows,
/// 4,000 to a batch.
#[utoipa::path(
    post,
    path = "/v1/transactions/search",
    operation_id = "search_transactions",
    security(("bearer" = ["transactions:read"]), ("cookie" = [])),
    tag = "Accounts and transactions",
    request_body = SearchRequest,
    responses((status = 200, description = "A page.", body = TransactionList<'static>))
)]
async fn search(
    app: App,
    caller: Caller<access::TransactionsRead>,
    Json(request): Json<SearchRequest>,
) -> Result<Response> {
    let limit = checked_limit(request.limit)?;
    if !(1..=100).contains(&request.text.chars().count()) {
        return Err(Problem::invalid_field(
            "text",
            "length",
            "This takes 1 to 100 characters.",
        ));
    }
    let filter = Filter {
        account: request.account,
        from: request.from,
        to: request.to,
        pending: request.pending,
        text: Some(banking::fold(&request.text)),
    };
    reply(&banking::list(&app, caller, &filter, request.cursor.as_deref(), limit).await?)
}
