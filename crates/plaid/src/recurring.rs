//! Payments that come again and again, and asking a bank to look for new ones.
//! Follows Plaid's `/transactions/recurring/get` and `/transactions/refresh`.
//! Invariant: a stream names its transactions by Plaid's ids, and copies none of them.

use money::{Money, MoneyError};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::accounts::{currency, money};
use crate::call::sealed::Sealed;
use crate::secret::InRequest;
use crate::{AccessToken, Category, CivilDate, Endpoint, Request, Text};

/// `/transactions/recurring/get`. At most 20 a minute for an Item.
#[derive(Serialize)]
pub struct RecurringGet<'a> {
    access_token: InRequest<'a>,
}

impl<'a> RecurringGet<'a> {
    /// Of the Item that `access_token` opens.
    #[must_use]
    pub fn new(access_token: &'a AccessToken) -> Self {
        Self {
            access_token: access_token.in_request(),
        }
    }
}

/// The answer of `/transactions/recurring/get`.
#[derive(Deserialize)]
pub struct RecurringReply<'a> {
    /// What comes in.
    #[serde(borrow)]
    pub inflow_streams: Vec<RecurringStream<'a>>,
    /// What goes out.
    #[serde(borrow)]
    pub outflow_streams: Vec<RecurringStream<'a>>,
}

/// A payment that comes again and again.
#[derive(Deserialize)]
pub struct RecurringStream<'a> {
    /// In which account.
    #[serde(borrow)]
    pub account_id: Text<'a>,
    /// Case-sensitive.
    #[serde(borrow)]
    pub stream_id: Text<'a>,
    /// What its transactions are called.
    #[serde(borrow)]
    pub description: Text<'a>,
    /// Who is paid, as Plaid understood it.
    #[serde(borrow)]
    pub merchant_name: Option<Text<'a>>,
    /// The day of the first.
    pub first_date: CivilDate,
    /// The day of the last so far.
    pub last_date: CivilDate,
    /// When the next is expected.
    #[serde(default)]
    pub predicted_next_date: Option<CivilDate>,
    /// How often.
    pub frequency: Frequency,
    /// Which transactions.
    #[serde(borrow)]
    pub transaction_ids: Vec<Text<'a>>,
    /// Whether it still goes on.
    pub is_active: bool,
    /// How sure Plaid is.
    pub status: StreamStatus,
    /// What it is for.
    #[serde(borrow, default)]
    pub personal_finance_category: Option<Category<'a>>,
    #[serde(borrow)]
    average_amount: StreamAmount<'a>,
    #[serde(borrow)]
    last_amount: StreamAmount<'a>,
}

impl RecurringStream<'_> {
    /// The average, positive when money leaves the account.
    ///
    /// # Errors
    /// [`MoneyError`] where the number or the currency cannot be held exactly.
    pub fn average_amount(&self) -> Result<Option<Money>, MoneyError> {
        self.average_amount.money()
    }

    /// The last, likewise.
    ///
    /// # Errors
    /// As [`Self::average_amount`].
    pub fn last_amount(&self) -> Result<Option<Money>, MoneyError> {
        self.last_amount.money()
    }
}

#[derive(Deserialize)]
struct StreamAmount<'a> {
    #[serde(borrow, default)]
    amount: Option<&'a RawValue>,
    #[serde(borrow, default)]
    iso_currency_code: Option<Text<'a>>,
    #[serde(borrow, default)]
    unofficial_currency_code: Option<Text<'a>>,
}

impl StreamAmount<'_> {
    fn money(&self) -> Result<Option<Money>, MoneyError> {
        money(self.amount, || {
            currency(
                self.iso_currency_code.as_deref(),
                self.unofficial_currency_code.as_deref(),
            )
        })
    }
}

/// How often a payment comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "Plaid's own names")]
pub enum Frequency {
    Weekly,
    Biweekly,
    SemiMonthly,
    Monthly,
    Annually,
    /// `UNKNOWN`, and what is newer than this code.
    #[serde(rename = "UNKNOWN", other)]
    Other,
}

/// How sure Plaid is of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StreamStatus {
    /// Three or more, regularly.
    Mature,
    /// Seems to begin.
    EarlyDetection,
    /// Has not come for so long that it ended.
    Tombstoned,
    /// `UNKNOWN`, and what is newer than this code.
    #[serde(rename = "UNKNOWN", other)]
    Other,
}

/// `/transactions/refresh`: has Plaid ask the bank now. What is new comes with a webhook
/// and the next sync.
#[derive(Serialize)]
pub struct TransactionsRefresh<'a> {
    access_token: InRequest<'a>,
}

impl<'a> TransactionsRefresh<'a> {
    /// Of the Item that `access_token` opens.
    #[must_use]
    pub fn new(access_token: &'a AccessToken) -> Self {
        Self {
            access_token: access_token.in_request(),
        }
    }
}

/// The answer of `/transactions/refresh`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct TransactionsRefreshReply {}

impl Sealed for RecurringGet<'_> {}

impl Request for RecurringGet<'_> {
    const ENDPOINT: Endpoint = Endpoint::TransactionsRecurringGet;
    type Reply<'a> = RecurringReply<'a>;
}

impl Sealed for TransactionsRefresh<'_> {}

impl Request for TransactionsRefresh<'_> {
    const ENDPOINT: Endpoint = Endpoint::TransactionsRefresh;
    type Reply<'a> = TransactionsRefreshReply;
}
