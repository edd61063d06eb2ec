//! What is owed: cards, mortgages, student loans.
//! Follows Plaid's `/liabilities/get`.
//! Invariant: account numbers and postal addresses, which stand in the answer too, are
//! not read: nobody here needs them.

use money::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::accounts::money;
use crate::call::sealed::Sealed;
use crate::secret::InRequest;
use crate::{AccessToken, Account, CivilDate, Decimal, Endpoint, Request, Text};

/// `/liabilities/get`. At most 15 a minute for an Item.
#[derive(Serialize)]
pub struct LiabilitiesGet<'a> {
    access_token: InRequest<'a>,
}

impl<'a> LiabilitiesGet<'a> {
    /// Of the Item that `access_token` opens.
    #[must_use]
    pub fn new(access_token: &'a AccessToken) -> Self {
        Self {
            access_token: access_token.in_request(),
        }
    }
}

/// The answer of `/liabilities/get`.
#[derive(Deserialize)]
pub struct LiabilitiesReply<'a> {
    /// The accounts that debts are in.
    #[serde(borrow)]
    pub accounts: Vec<Account<'a>>,
    /// The debts.
    #[serde(borrow)]
    pub liabilities: Liabilities<'a>,
}

/// Debts, by kind. A kind that the bank does not give is absent.
#[derive(Deserialize)]
pub struct Liabilities<'a> {
    /// Credit cards.
    #[serde(borrow, default)]
    pub credit: Option<Vec<CreditCard<'a>>>,
    /// Mortgages.
    #[serde(borrow, default)]
    pub mortgage: Option<Vec<Mortgage<'a>>>,
    /// Student loans.
    #[serde(borrow, default)]
    pub student: Option<Vec<StudentLoan<'a>>>,
}

/// Amounts of a debt name no currency: it is the account's.
macro_rules! amounts {
    ($($(#[$doc:meta])* $name:ident,)+) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// [`MoneyError`] where the number cannot be held exactly.
        pub fn $name(&self, currency: Currency) -> Result<Option<Money>, MoneyError> {
            money(self.$name, || Ok(currency))
        }
    )+};
}

/// A credit card.
#[derive(Deserialize)]
pub struct CreditCard<'a> {
    /// The card's account.
    #[serde(borrow, default)]
    pub account_id: Option<Text<'a>>,
    /// Its interest rates.
    #[serde(borrow, default)]
    pub aprs: Vec<Apr<'a>>,
    /// Whether a payment is late.
    #[serde(default)]
    pub is_overdue: Option<bool>,
    /// When something was last paid.
    #[serde(default)]
    pub last_payment_date: Option<CivilDate>,
    /// When the last statement came.
    #[serde(default)]
    pub last_statement_issue_date: Option<CivilDate>,
    /// When the next payment is due.
    #[serde(default)]
    pub next_payment_due_date: Option<CivilDate>,
    #[serde(borrow, default)]
    last_payment_amount: Option<&'a RawValue>,
    #[serde(borrow, default)]
    last_statement_balance: Option<&'a RawValue>,
    #[serde(borrow, default)]
    minimum_payment_amount: Option<&'a RawValue>,
}

impl CreditCard<'_> {
    amounts! {
        /// What was last paid.
        last_payment_amount,
        /// What the last statement came to.
        last_statement_balance,
        /// What has to be paid of it at least.
        minimum_payment_amount,
    }
}

/// An interest rate of a card.
#[derive(Deserialize)]
pub struct Apr<'a> {
    /// Such as `purchase_apr`.
    #[serde(borrow)]
    pub apr_type: Text<'a>,
    #[serde(borrow, default)]
    apr_percentage: Option<&'a RawValue>,
}

impl Apr<'_> {
    /// A year's, in percent.
    #[must_use]
    pub fn percentage(&self) -> Option<Decimal> {
        Decimal::read(self.apr_percentage)
    }
}

/// A mortgage.
#[derive(Deserialize)]
pub struct Mortgage<'a> {
    /// Its account.
    #[serde(borrow)]
    pub account_id: Text<'a>,
    /// Such as `conventional`.
    #[serde(borrow, default)]
    pub loan_type_description: Option<Text<'a>>,
    /// When something was last paid.
    #[serde(default)]
    pub last_payment_date: Option<CivilDate>,
    /// When the next payment is due.
    #[serde(default)]
    pub next_payment_due_date: Option<CivilDate>,
    /// When it was taken out.
    #[serde(default)]
    pub origination_date: Option<CivilDate>,
    /// When it ends.
    #[serde(default)]
    pub maturity_date: Option<CivilDate>,
    #[serde(borrow, default)]
    interest_rate: Option<MortgageRate<'a>>,
    #[serde(borrow, default)]
    last_payment_amount: Option<&'a RawValue>,
    #[serde(borrow, default)]
    next_monthly_payment: Option<&'a RawValue>,
    #[serde(borrow, default)]
    origination_principal_amount: Option<&'a RawValue>,
    #[serde(borrow, default)]
    past_due_amount: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct MortgageRate<'a> {
    #[serde(borrow, default)]
    percentage: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "type")]
    kind: Option<Text<'a>>,
}

impl<'a> Mortgage<'a> {
    amounts! {
        /// What was last paid.
        last_payment_amount,
        /// What is to be paid next.
        next_monthly_payment,
        /// What was borrowed.
        origination_principal_amount,
        /// What is late.
        past_due_amount,
    }

    /// A year's, in percent.
    #[must_use]
    pub fn interest_percentage(&self) -> Option<Decimal> {
        Decimal::read(self.interest_rate.as_ref()?.percentage)
    }

    /// `fixed` or `variable`.
    #[must_use]
    pub fn interest_type(&self) -> Option<&Text<'a>> {
        self.interest_rate.as_ref()?.kind.as_ref()
    }
}

/// A student loan.
#[derive(Deserialize)]
pub struct StudentLoan<'a> {
    /// Its account.
    #[serde(borrow, default)]
    pub account_id: Option<Text<'a>>,
    /// As the lender calls it.
    #[serde(borrow, default)]
    pub loan_name: Option<Text<'a>>,
    /// Whether a payment is late.
    #[serde(default)]
    pub is_overdue: Option<bool>,
    /// When something was last paid.
    #[serde(default)]
    pub last_payment_date: Option<CivilDate>,
    /// When the last statement came.
    #[serde(default)]
    pub last_statement_issue_date: Option<CivilDate>,
    /// When the next payment is due.
    #[serde(default)]
    pub next_payment_due_date: Option<CivilDate>,
    /// When it was taken out.
    #[serde(default)]
    pub origination_date: Option<CivilDate>,
    /// When it will have been paid back.
    #[serde(default)]
    pub expected_payoff_date: Option<CivilDate>,
    #[serde(borrow, default)]
    interest_rate_percentage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    last_payment_amount: Option<&'a RawValue>,
    #[serde(borrow, default)]
    last_statement_balance: Option<&'a RawValue>,
    #[serde(borrow, default)]
    minimum_payment_amount: Option<&'a RawValue>,
    #[serde(borrow, default)]
    origination_principal_amount: Option<&'a RawValue>,
}

impl StudentLoan<'_> {
    amounts! {
        /// What was last paid.
        last_payment_amount,
        /// What the last statement came to.
        last_statement_balance,
        /// What has to be paid next at least.
        minimum_payment_amount,
        /// What was borrowed.
        origination_principal_amount,
    }

    /// A year's, in percent.
    #[must_use]
    pub fn interest_percentage(&self) -> Option<Decimal> {
        Decimal::read(self.interest_rate_percentage)
    }
}

impl Sealed for LiabilitiesGet<'_> {}

impl Request for LiabilitiesGet<'_> {
    const ENDPOINT: Endpoint = Endpoint::LiabilitiesGet;
    type Reply<'a> = LiabilitiesReply<'a>;
}
