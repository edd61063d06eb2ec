//! `/v1/transactions`: what happened in the accounts, newest first.

mod annotation;
mod body;

use axum::response::Response;
use plaid::CivilDate;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    contract::{Routes, routes},
    extract::{Json, PathId, Query},
};
use crate::{
    app::App,
    banking::{self, Filter},
    id::{AccountId, TransactionId},
    identity::{Caller, access},
    problem::{Problem, ProblemBody, Result},
};

use annotation::AnnotationRequest;
use body::{TransactionBody, TransactionList, one, reply};

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(search))
        .routes(routes!(show, annotate))
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
    /// In the name, the merchant, the bank's own words, or your notes and tags, in any case, accents or not. This,
    /// `category` or `tag` is required.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, example = "coffee")]
    text: Option<String>,
    /// Your own category, or, where you gave none, Plaid's: primary or detailed.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64, example = json!(null))]
    category: Option<String>,
    /// One of your tags.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 40, example = json!(null))]
    tag: Option<String>,
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
        ..Filter::default()
    };
    reply(&banking::list(&app, caller, &filter, parameters.cursor.as_deref(), limit).await?)
}

/// Search transactions
///
/// By text, category or tag, which are private and so stand in no URL. Two batches where your months
/// are as they were when they were last searched; else one for every 2,000 transactions of those that changed.
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
    let bounds = [
        ("text", &request.text, 100),
        ("category", &request.category, 64),
        ("tag", &request.tag, 40),
    ];
    if bounds.iter().all(|(_, value, _)| value.is_none()) {
        return Err(Problem::invalid_field(
            "text",
            "missing",
            "This is required, or `category`, or `tag`.",
        ));
    }
    for (field, value, most) in bounds {
        let length = value.as_ref().map_or(1, |value| value.chars().count());
        if !(1..=most).contains(&length) {
            return Err(Problem::invalid_field(
                field,
                "length",
                "This is empty or too long.",
            ));
        }
    }
    let filter = Filter {
        account: request.account,
        from: request.from,
        to: request.to,
        pending: request.pending,
        text: request.text.as_deref().map(banking::fold),
        category: request.category.map(|category| crate::text::nfc(&category)),
        tag: request.tag.map(|tag| crate::text::nfc(&tag)),
    };
    reply(&banking::find(&app, caller, &filter, request.cursor.as_deref(), limit).await?)
}

/// Show a transaction
///
/// One batch.
#[utoipa::path(
    get,
    path = "/v1/transactions/{id}",
    operation_id = "show_transaction",
    security(("bearer" = ["transactions:read"]), ("cookie" = [])),
    tag = "Accounts and transactions",
    params(("id" = String, Path, description = "The transaction's id.", pattern = "^txn_[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "The transaction.", body = TransactionBody<'static>),
        (status = 404, description = "No such transaction of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn show(
    caller: Caller<access::TransactionsRead>,
    PathId(transaction): PathId<TransactionId>,
) -> Result<Response> {
    one(&banking::show(caller, transaction).await?)
}

/// Say something of a transaction
///
/// A category of your own, a note, tags. What you say stays when the bank changes the
/// transaction, and goes over to the posted one that replaces a pending one. Two batches;
/// more where syncs land at the same moment.
#[utoipa::path(
    patch,
    path = "/v1/transactions/{id}",
    operation_id = "annotate_transaction",
    security(("bearer" = ["transactions:write"]), ("cookie" = [])),
    tag = "Accounts and transactions",
    params(("id" = String, Path, description = "The transaction's id.", pattern = "^txn_[0-9a-f]{32}$")),
    request_body = AnnotationRequest,
    responses(
        (status = 200, description = "The transaction, as it is now.", body = TransactionBody<'static>),
        (status = 404, description = "No such transaction of yours.", body = ProblemBody<'static>, content_type = "application/problem+json"),
        (status = 422, description = "A field is not accepted.", body = ProblemBody<'static>, content_type = "application/problem+json"),
    )
)]
async fn annotate(
    app: App,
    caller: Caller<access::TransactionsWrite>,
    PathId(transaction): PathId<TransactionId>,
    Json(request): Json<AnnotationRequest>,
) -> Result<Response> {
    let change = request.check()?;
    one(&banking::annotate(&app, caller, transaction, &change).await?)
}
