//! Transactions, as changes since a cursor.
//! Follows Plaid's `/transactions/sync`.
//! Invariant: an amount stays the characters the bank sent until it is read exactly.

use money::{Money, MoneyError};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::accounts::currency;
use crate::call::sealed::Sealed;
use crate::secret::InRequest;
use crate::{AccessToken, Account, CivilDate, Endpoint, Request, Text};

/// Changes a page, the most Plaid gives.
pub const SYNC_PAGE_SIZE: u16 = 500;

/// `/transactions/sync`: one page of up to [`SYNC_PAGE_SIZE`] changes. At most 50 a
/// minute for an Item.
#[derive(Serialize)]
pub struct TransactionsSync<'a> {
    access_token: InRequest<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
    count: u16,
    options: Options,
}

#[derive(Serialize)]
struct Options {
    include_original_description: bool,
}

impl<'a> TransactionsSync<'a> {
    /// From `cursor`, or from the beginning. An empty cursor is none: Plaid sends it
    /// for an Item that is not ready.
    #[must_use]
    pub fn page(access_token: &'a AccessToken, cursor: Option<&'a str>) -> Self {
        Self {
            access_token: access_token.in_request(),
            cursor: cursor.filter(|cursor| !cursor.is_empty()),
            count: SYNC_PAGE_SIZE,
            options: Options {
                include_original_description: true,
            },
        }
    }
}

/// The answer of `/transactions/sync`.
#[derive(Deserialize)]
pub struct TransactionsSyncReply<'a> {
    /// The Item's accounts, with cached balances.
    #[serde(borrow)]
    pub accounts: Vec<Account<'a>>,
    /// New rows.
    #[serde(borrow)]
    pub added: Vec<Transaction<'a>>,
    /// Rows to overwrite.
    #[serde(borrow)]
    pub modified: Vec<Transaction<'a>>,
    /// Rows to delete.
    #[serde(borrow)]
    pub removed: Vec<RemovedTransaction<'a>>,
    /// Where the next page, or the next sync, starts; see [`Self::cursor`].
    #[serde(borrow)]
    next_cursor: Text<'a>,
    /// Whether this batch goes on. A cursor may be stored only at its end.
    pub has_more: bool,
    /// How much of the history Plaid has.
    pub transactions_update_status: UpdateStatus,
}

impl TransactionsSyncReply<'_> {
    /// Where the next page starts; `None` while Plaid is not ready: store none then.
    #[must_use]
    pub fn cursor(&self) -> Option<&str> {
        Some(self.next_cursor.as_str()).filter(|cursor| !cursor.is_empty())
    }
}

/// How much of an Item's history Plaid has fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UpdateStatus {
    /// Nothing yet.
    NotReady,
    /// About the last 30 days.
    InitialUpdateComplete,
    /// All that was asked for.
    HistoricalUpdateComplete,
    /// `TRANSACTIONS_UPDATE_STATUS_UNKNOWN`, and what is newer than this code.
    #[serde(other)]
    Other,
}

/// A transaction.
#[derive(Deserialize)]
pub struct Transaction<'a> {
    /// The account it is in.
    #[serde(borrow)]
    pub account_id: Text<'a>,
    /// Case-sensitive. A posted row has another id than its pending one.
    #[serde(borrow)]
    pub transaction_id: Text<'a>,
    /// The pending row that this one replaces.
    #[serde(borrow)]
    pub pending_transaction_id: Option<Text<'a>>,
    #[serde(borrow)]
    amount: &'a RawValue,
    #[serde(borrow)]
    iso_currency_code: Option<Text<'a>>,
    #[serde(borrow)]
    unofficial_currency_code: Option<Text<'a>>,
    /// When it posted, or for a pending one happened.
    pub date: CivilDate,
    /// When it was authorized.
    #[serde(default)]
    pub authorized_date: Option<CivilDate>,
    /// RFC 3339, where a bank says the time.
    #[serde(borrow, default)]
    pub datetime: Option<Text<'a>>,
    /// The description, cleaned by Plaid.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Who was paid, as Plaid understood it.
    #[serde(borrow, default)]
    pub merchant_name: Option<Text<'a>>,
    /// The bank's own words.
    #[serde(borrow, default)]
    pub original_description: Option<Text<'a>>,
    /// Not final: it may change or go.
    pub pending: bool,
    /// How it was made.
    pub payment_channel: PaymentChannel,
    /// What it was for, as Plaid understood it.
    #[serde(borrow, default)]
    pub personal_finance_category: Option<Category<'a>>,
}

impl Transaction<'_> {
    /// The amount, exactly; positive when money leaves the account.
    ///
    /// # Errors
    /// [`MoneyError`] where the number or the currency cannot be held exactly.
    pub fn amount(&self) -> Result<Money, MoneyError> {
        let currency = currency(
            self.iso_currency_code.as_deref(),
            self.unofficial_currency_code.as_deref(),
        )?;
        Money::from_lexeme(self.amount.get(), currency)
    }
}

/// How a transaction was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PaymentChannel {
    /// Over the network.
    #[serde(rename = "online")]
    Online,
    /// At a till.
    #[serde(rename = "in store")]
    InStore,
    /// `other`, and what is newer than this code.
    #[serde(rename = "other", other)]
    Other,
}

/// Plaid's category of a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category<'a> {
    /// Such as `FOOD_AND_DRINK`.
    #[serde(borrow)]
    pub primary: Text<'a>,
    /// Such as `FOOD_AND_DRINK_COFFEE`.
    #[serde(borrow)]
    pub detailed: Text<'a>,
    /// How sure Plaid is.
    #[serde(default)]
    pub confidence_level: Option<CategoryConfidence>,
}

/// How sure Plaid is of a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "Plaid's own names")]
pub enum CategoryConfidence {
    VeryHigh,
    High,
    Medium,
    Low,
    /// `UNKNOWN`, and what is newer than this code.
    #[serde(rename = "UNKNOWN", other)]
    Other,
}

/// A transaction that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RemovedTransaction<'a> {
    /// Which.
    #[serde(borrow)]
    pub transaction_id: Text<'a>,
    /// The account it was in.
    #[serde(borrow)]
    pub account_id: Text<'a>,
}

impl Sealed for TransactionsSync<'_> {}

impl Request for TransactionsSync<'_> {
    const ENDPOINT: Endpoint = Endpoint::TransactionsSync;
    type Reply<'a> = TransactionsSyncReply<'a>;

    // What the trait does, but compiled here: this crate is built for speed, and generic
    // code is built as the crate that first names its types, which may be for size.
    fn parse(text: &str) -> serde_json::Result<Self::Reply<'_>> {
        serde_json::from_str(text)
    }
}
