//! Link: starting it, and taking what it gave.
//! Follows Plaid's `/link/token/create` and `/item/public_token/exchange`.
//! Invariant: a request can ask for [`LinkProduct`]s only; members that move money
//! or show account numbers (`transfer`, `payment_initiation`, `auth` …) do not exist here.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::call::sealed::Sealed;
use crate::secret::InRequest;
use crate::{AccessToken, CountryCode, Endpoint, PublicToken, Request, Text};

/// How far back Plaid fetches, in days; the most it offers.
const DAYS_REQUESTED: u16 = 730;

/// The longest `client_name`, in characters.
const MAX_CLIENT_NAME: usize = 30;

/// A product that can be asked for. Each only reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkProduct {
    /// Transactions, asked for at once.
    Transactions,
    /// Holdings, consented to at the same time, fetched when wanted.
    Investments,
    /// Loans and credit cards, likewise.
    Liabilities,
}

/// `client_name` is empty or longer than 30 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a client name has 1 to {MAX_CLIENT_NAME} characters")]
pub struct InvalidClientName;

/// What is the same for every Link session of this service.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct LinkSettings<'a> {
    client_name: &'a str,
    language: &'a str,
    country_codes: &'a [CountryCode],
    webhook: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uri: Option<&'a str>,
}

impl<'a> LinkSettings<'a> {
    /// `language` as two letters, `webhook` and `redirect_uri` as URLs; the latter
    /// must stand in the allow-list of Plaid's dashboard, without a query.
    ///
    /// # Errors
    /// [`InvalidClientName`].
    pub fn new(
        client_name: &'a str,
        language: &'a str,
        country_codes: &'a [CountryCode],
        webhook: &'a str,
        redirect_uri: Option<&'a str>,
    ) -> Result<Self, InvalidClientName> {
        if !(1..=MAX_CLIENT_NAME).contains(&client_name.chars().count()) {
            return Err(InvalidClientName);
        }
        Ok(Self {
            client_name,
            language,
            country_codes,
            webhook,
            redirect_uri,
        })
    }
}

/// `/link/token/create`.
#[derive(Serialize)]
pub struct LinkTokenCreate<'a> {
    #[serde(flatten)]
    settings: LinkSettings<'a>,
    user: LinkUser<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    products: Option<[LinkProduct; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_consented_products: Option<[LinkProduct; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transactions: Option<TransactionsOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<InRequest<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    update: Option<UpdateOptions>,
}

#[derive(Serialize)]
struct LinkUser<'a> {
    client_user_id: &'a str,
}

#[derive(Serialize)]
struct TransactionsOptions {
    days_requested: u16,
}

#[derive(Serialize)]
struct UpdateOptions {
    account_selection_enabled: bool,
}

impl<'a> LinkTokenCreate<'a> {
    /// For a new Item. `client_user_id` is opaque: no name, no email.
    #[must_use]
    pub const fn new_item(settings: LinkSettings<'a>, client_user_id: &'a str) -> Self {
        Self {
            settings,
            user: LinkUser { client_user_id },
            products: Some([LinkProduct::Transactions]),
            additional_consented_products: Some([
                LinkProduct::Investments,
                LinkProduct::Liabilities,
            ]),
            transactions: Some(TransactionsOptions {
                days_requested: DAYS_REQUESTED,
            }),
            access_token: None,
            update: None,
        }
    }

    /// Update mode: to sign in to a bank again, and with `select_accounts` to add or
    /// drop accounts. The token lives 30 minutes.
    #[must_use]
    pub fn update_mode(
        settings: LinkSettings<'a>,
        client_user_id: &'a str,
        access_token: &'a AccessToken,
        select_accounts: bool,
    ) -> Self {
        Self {
            settings,
            user: LinkUser { client_user_id },
            products: None,
            additional_consented_products: None,
            transactions: None,
            access_token: Some(access_token.in_request()),
            update: select_accounts.then_some(UpdateOptions {
                account_selection_enabled: true,
            }),
        }
    }
}

/// The answer of `/link/token/create`.
#[derive(Deserialize)]
pub struct LinkTokenReply<'a> {
    /// For Link on the person's device.
    #[serde(borrow)]
    pub link_token: Text<'a>,
    /// RFC 3339; 4 hours from now, 30 minutes in update mode.
    #[serde(borrow)]
    pub expiration: Text<'a>,
}

impl Sealed for LinkTokenCreate<'_> {}

impl Request for LinkTokenCreate<'_> {
    const ENDPOINT: Endpoint = Endpoint::LinkTokenCreate;
    type Reply<'a> = LinkTokenReply<'a>;
}

/// `/item/public_token/exchange`. Look for a duplicate first
/// ([`crate::ItemFingerprint`]); call `/transactions/sync` right after.
#[derive(Serialize)]
pub struct PublicTokenExchange<'a> {
    public_token: InRequest<'a>,
}

impl<'a> PublicTokenExchange<'a> {
    /// Of what Link gave.
    #[must_use]
    pub fn new(public_token: &'a PublicToken) -> Self {
        Self {
            public_token: public_token.in_request(),
        }
    }
}

/// The answer of `/item/public_token/exchange`.
#[derive(Deserialize)]
pub struct PublicTokenExchangeReply<'a> {
    /// Seal it at once.
    pub access_token: AccessToken,
    /// Plaid's id of the Item; case-sensitive.
    #[serde(borrow)]
    pub item_id: Text<'a>,
}

impl Sealed for PublicTokenExchange<'_> {}

impl Request for PublicTokenExchange<'_> {
    const ENDPOINT: Endpoint = Endpoint::ItemPublicTokenExchange;
    type Reply<'a> = PublicTokenExchangeReply<'a>;
}
