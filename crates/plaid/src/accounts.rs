//! Accounts and their balances.
//! Follows Plaid's `/accounts/get` and its account object.
//! Invariant: a balance that Plaid does not know is `None`, never zero.

use money::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::call::sealed::Sealed;
use crate::secret::InRequest;
use crate::{AccessToken, Endpoint, Item, Request, Text};

/// `/accounts/get`: what Plaid has cached. At most 15 a minute for an Item.
#[derive(Serialize)]
pub struct AccountsGet<'a> {
    access_token: InRequest<'a>,
}

impl<'a> AccountsGet<'a> {
    /// Of the Item that `access_token` opens.
    #[must_use]
    pub fn new(access_token: &'a AccessToken) -> Self {
        Self {
            access_token: access_token.in_request(),
        }
    }
}

/// `/accounts/balance/get`: what the bank has now. Slow, paid for, and at most 5 a minute
/// for an Item; answered as [`AccountsGet`] is.
#[derive(Serialize)]
pub struct AccountsBalanceGet<'a> {
    access_token: InRequest<'a>,
}

impl<'a> AccountsBalanceGet<'a> {
    /// Of the Item that `access_token` opens.
    #[must_use]
    pub fn new(access_token: &'a AccessToken) -> Self {
        Self {
            access_token: access_token.in_request(),
        }
    }
}

/// The answer of `/accounts/get`.
#[derive(Deserialize)]
pub struct AccountsReply<'a> {
    /// The accounts the person chose to share.
    #[serde(borrow)]
    pub accounts: Vec<Account<'a>>,
    /// The Item they belong to.
    #[serde(borrow)]
    pub item: Item<'a>,
}

/// An account.
#[derive(Deserialize)]
pub struct Account<'a> {
    /// Case-sensitive; changes when the bank's data moves ([`Self::persistent_account_id`]).
    #[serde(borrow)]
    pub account_id: Text<'a>,
    /// The balances, as of Plaid's last update.
    #[serde(borrow)]
    pub balances: Balances<'a>,
    /// Two to four last characters of the account number.
    #[serde(borrow)]
    pub mask: Option<Text<'a>>,
    /// As the person or the bank named it.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// As the bank's own papers name it.
    #[serde(borrow)]
    pub official_name: Option<Text<'a>>,
    /// The kind.
    #[serde(rename = "type")]
    pub account_type: AccountType,
    /// The kind within the kind, in Plaid's words.
    #[serde(borrow)]
    pub subtype: Option<Text<'a>>,
    /// Outlives a new link, at the few banks that give account numbers as tokens.
    #[serde(borrow, default)]
    pub persistent_account_id: Option<Text<'a>>,
}

/// The kind of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "Plaid's own names")]
pub enum AccountType {
    Depository,
    Credit,
    Loan,
    Investment,
    /// The older name of `Investment`.
    Brokerage,
    /// `other`, and what is newer than this code.
    #[serde(other)]
    Other,
}

/// What is in an account, in one currency.
#[derive(Deserialize)]
pub struct Balances<'a> {
    #[serde(borrow)]
    available: Option<&'a RawValue>,
    #[serde(borrow)]
    current: Option<&'a RawValue>,
    #[serde(borrow)]
    limit: Option<&'a RawValue>,
    #[serde(borrow)]
    iso_currency_code: Option<Text<'a>>,
    #[serde(borrow)]
    unofficial_currency_code: Option<Text<'a>>,
}

impl Balances<'_> {
    /// What can be spent.
    ///
    /// # Errors
    /// [`MoneyError`] where the number or the currency cannot be held exactly.
    pub fn available(&self) -> Result<Option<Money>, MoneyError> {
        self.read(self.available)
    }

    /// What is there, or for a credit or loan account what is owed.
    ///
    /// # Errors
    /// As [`Self::available`].
    pub fn current(&self) -> Result<Option<Money>, MoneyError> {
        self.read(self.current)
    }

    /// The credit limit or the agreed overdraft.
    ///
    /// # Errors
    /// As [`Self::available`].
    pub fn limit(&self) -> Result<Option<Money>, MoneyError> {
        self.read(self.limit)
    }

    /// The account's currency.
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

/// An amount that may be absent. Where it is, its currency is of no matter.
pub(crate) fn money(
    lexeme: Option<&RawValue>,
    currency: impl FnOnce() -> Result<Currency, MoneyError>,
) -> Result<Option<Money>, MoneyError> {
    lexeme
        .map(|lexeme| Money::from_lexeme(lexeme.get(), currency()?))
        .transpose()
}

/// One of the two is given; neither is where Plaid does not know.
pub(crate) fn currency(
    iso: Option<&str>,
    unofficial: Option<&str>,
) -> Result<Currency, MoneyError> {
    match iso.or(unofficial) {
        // Not `Currency::iso`: a code younger than our table must not stop a sync.
        Some(code) => Currency::unofficial(code),
        None => Ok(Currency::none()),
    }
}

impl Sealed for AccountsGet<'_> {}

impl Request for AccountsGet<'_> {
    const ENDPOINT: Endpoint = Endpoint::AccountsGet;
    type Reply<'a> = AccountsReply<'a>;
}

impl Sealed for AccountsBalanceGet<'_> {}

impl Request for AccountsBalanceGet<'_> {
    const ENDPOINT: Endpoint = Endpoint::AccountsBalanceGet;
    type Reply<'a> = AccountsReply<'a>;
}
