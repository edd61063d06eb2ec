//! A transaction, as the API shows it.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use money::Money;
use plaid::{CategoryConfidence, CivilDate, PaymentChannel};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::{extract::Json, money::MoneyBody};
use crate::{
    banking::{Page, Shown},
    id::{AccountId, TransactionId},
    problem::Result,
    store::transactions::account_of,
};

/// A page of transactions, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct TransactionList<'a> {
    data: Vec<TransactionBody<'a>>,
    /// For the next page; null on the last.
    next_cursor: Option<&'a str>,
}

/// A transaction.
#[derive(Serialize, ToSchema)]
pub(super) struct TransactionBody<'a> {
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
    /// Your own category, in place of Plaid's.
    #[schema(example = "Coffee with Ada")]
    corrected_category: Option<&'a str>,
    /// Your own words.
    note: Option<&'a str>,
    /// Your own tags.
    tags: &'a [String],
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
    fn new(shown: &'a Shown) -> Result<Self> {
        let (id, record, own) = (shown.id(), shown.transaction()?, shown.own());
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
            corrected_category: own.and_then(|own| own.category.as_deref()),
            note: own.and_then(|own| own.note.as_deref()),
            tags: own.map_or(&[], |own| &own.tags),
        })
    }
}

/// A page.
pub(super) fn reply(page: &Page) -> Result<Response> {
    let list = TransactionList {
        data: page
            .rows()
            .iter()
            .map(TransactionBody::new)
            .collect::<Result<_>>()?,
        next_cursor: page.next_cursor.as_deref(),
    };
    Ok(Json(list).into_response())
}

/// A transaction by itself.
pub(super) fn one(shown: &Shown) -> Result<Response> {
    Ok(Json(TransactionBody::new(shown)?).into_response())
}
