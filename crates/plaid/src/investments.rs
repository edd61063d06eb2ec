//! What is held in investment accounts.
//! Follows Plaid's `/investments/holdings/get`.
//! Invariant: quantities and prices stay the decimals that the bank sent.

use money::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::accounts::{currency, money};
use crate::call::sealed::Sealed;
use crate::secret::InRequest;
use crate::{AccessToken, Account, CivilDate, Decimal, Endpoint, Request, Text};

/// `/investments/holdings/get`. At most 15 a minute for an Item.
#[derive(Serialize)]
pub struct HoldingsGet<'a> {
    access_token: InRequest<'a>,
}

impl<'a> HoldingsGet<'a> {
    /// Of the Item that `access_token` opens.
    #[must_use]
    pub fn new(access_token: &'a AccessToken) -> Self {
        Self {
            access_token: access_token.in_request(),
        }
    }
}

/// The answer of `/investments/holdings/get`.
#[derive(Deserialize)]
pub struct HoldingsReply<'a> {
    /// The investment accounts.
    #[serde(borrow)]
    pub accounts: Vec<Account<'a>>,
    /// What is in them.
    #[serde(borrow)]
    pub holdings: Vec<Holding<'a>>,
    /// What the holdings are of.
    #[serde(borrow)]
    pub securities: Vec<Security<'a>>,
}

/// So much of one security in one account.
#[derive(Deserialize)]
pub struct Holding<'a> {
    /// In which account.
    #[serde(borrow)]
    pub account_id: Text<'a>,
    /// Of which security.
    #[serde(borrow)]
    pub security_id: Text<'a>,
    /// Which day the price is of.
    #[serde(default)]
    pub institution_price_as_of: Option<CivilDate>,
    #[serde(borrow, default)]
    quantity: Option<&'a RawValue>,
    #[serde(borrow, default)]
    institution_price: Option<&'a RawValue>,
    #[serde(borrow, default)]
    institution_value: Option<&'a RawValue>,
    #[serde(borrow, default)]
    cost_basis: Option<&'a RawValue>,
    #[serde(borrow)]
    iso_currency_code: Option<Text<'a>>,
    #[serde(borrow)]
    unofficial_currency_code: Option<Text<'a>>,
}

impl Holding<'_> {
    /// How much of it.
    #[must_use]
    pub fn quantity(&self) -> Option<Decimal> {
        Decimal::read(self.quantity)
    }

    /// What one costs, as the bank has it.
    #[must_use]
    pub fn price(&self) -> Option<Decimal> {
        Decimal::read(self.institution_price)
    }

    /// What it is worth, as the bank has it.
    ///
    /// # Errors
    /// [`MoneyError`] where the number or the currency cannot be held exactly.
    pub fn value(&self) -> Result<Option<Money>, MoneyError> {
        self.read(self.institution_value)
    }

    /// What was paid for it, where the bank knows.
    ///
    /// # Errors
    /// As [`Self::value`].
    pub fn cost_basis(&self) -> Result<Option<Money>, MoneyError> {
        self.read(self.cost_basis)
    }

    /// The currency of price, value and cost.
    ///
    /// # Errors
    /// [`MoneyError::InvalidCurrency`].
    pub fn currency(&self) -> Result<Currency, MoneyError> {
        currency(
            self.iso_currency_code.as_deref(),
            self.unofficial_currency_code.as_deref(),
        )
    }

    fn read(&self, lexeme: Option<&RawValue>) -> Result<Option<Money>, MoneyError> {
        money(lexeme, || self.currency())
    }
}

/// What can be held: a share, a fund, cash, a coin.
#[derive(Deserialize)]
pub struct Security<'a> {
    /// Case-sensitive; may change when Plaid learns more of it.
    #[serde(borrow)]
    pub security_id: Text<'a>,
    /// Its name.
    #[serde(borrow, default)]
    pub name: Option<Text<'a>>,
    /// Its symbol at an exchange.
    #[serde(borrow, default)]
    pub ticker_symbol: Option<Text<'a>>,
    /// `equity`, `etf`, `cash` and others, in Plaid's words.
    #[serde(borrow, default, rename = "type")]
    pub security_type: Option<Text<'a>>,
    /// ISO 6166.
    #[serde(borrow, default)]
    pub isin: Option<Text<'a>>,
    /// Which day the closing price is of.
    #[serde(default)]
    pub close_price_as_of: Option<CivilDate>,
    #[serde(borrow, default)]
    close_price: Option<&'a RawValue>,
    #[serde(borrow, default)]
    iso_currency_code: Option<Text<'a>>,
    #[serde(borrow, default)]
    unofficial_currency_code: Option<Text<'a>>,
}

impl Security<'_> {
    /// The last closing price.
    #[must_use]
    pub fn close_price(&self) -> Option<Decimal> {
        Decimal::read(self.close_price)
    }

    /// The currency of the closing price.
    ///
    /// # Errors
    /// [`MoneyError::InvalidCurrency`].
    pub fn currency(&self) -> Result<Currency, MoneyError> {
        currency(
            self.iso_currency_code.as_deref(),
            self.unofficial_currency_code.as_deref(),
        )
    }
}

impl Sealed for HoldingsGet<'_> {}

impl Request for HoldingsGet<'_> {
    const ENDPOINT: Endpoint = Endpoint::InvestmentsHoldingsGet;
    type Reply<'a> = HoldingsReply<'a>;
}
