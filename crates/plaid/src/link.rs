//! Link: starting it, and taking what it gave.
//! Follows Plaid's `/link/token/create` and `/item/public_token/exchange`.
//! Invariant: a request can ask for [`LinkProduct`]s only; members that move money
//! or show account numbers (`transfer`, `payment_initiation`, `auth` …) do not exist here.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::call::sealed::Sealed;
use crate::secret::InRequest;
use crate::{AccessToken, CountryCode, Endpoint, ItemFingerprint, PublicToken, Request, Text};

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
    #[serde(skip_serializing_if = "Option::is_none")]
    hosted_link: Option<HostedLink>,
}

/// Plaid's own page, with its defaults.
#[derive(Serialize)]
struct HostedLink {}

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
            hosted_link: None,
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
            hosted_link: None,
        }
    }

    /// The same on a page of Plaid's own, for where none of its scripts is to be loaded.
    /// What came of it is then for [`LinkTokenGet`] to say.
    #[must_use]
    pub fn hosted(mut self) -> Self {
        self.hosted_link = Some(HostedLink {});
        self
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
    /// The page, where one was asked for.
    #[serde(borrow, default)]
    pub hosted_link_url: Option<Text<'a>>,
}

impl Sealed for LinkTokenCreate<'_> {}

impl Request for LinkTokenCreate<'_> {
    const ENDPOINT: Endpoint = Endpoint::LinkTokenCreate;
    type Reply<'a> = LinkTokenReply<'a>;
}

/// `/link/token/get`: what came of a session on Plaid's own page.
#[derive(Serialize)]
pub struct LinkTokenGet<'a> {
    link_token: &'a str,
}

impl<'a> LinkTokenGet<'a> {
    /// Of the token that opened it.
    #[must_use]
    pub const fn new(link_token: &'a str) -> Self {
        Self { link_token }
    }
}

/// The answer of `/link/token/get`.
#[derive(Deserialize)]
pub struct LinkTokenGetReply<'a> {
    /// The one that was asked about.
    #[serde(borrow)]
    pub link_token: Text<'a>,
    #[serde(borrow, default)]
    link_sessions: Option<Vec<LinkSession<'a>>>,
}

#[derive(Deserialize)]
struct LinkSession<'a> {
    #[serde(borrow, default)]
    results: Option<LinkResults<'a>>,
}

#[derive(Deserialize)]
struct LinkResults<'a> {
    #[serde(borrow, default)]
    item_add_results: Option<Vec<AddedItem<'a>>>,
}

/// An Item that was added in a session, not yet exchanged.
#[derive(Deserialize)]
pub struct AddedItem<'a> {
    /// To be exchanged.
    pub public_token: PublicToken,
    /// What was picked.
    #[serde(borrow, default)]
    pub institution: Option<AddedInstitution<'a>>,
    /// The accounts that were picked.
    #[serde(borrow, default)]
    pub accounts: Option<Vec<AddedAccount<'a>>>,
}

/// The institution of an [`AddedItem`].
#[derive(Deserialize)]
pub struct AddedInstitution<'a> {
    /// Plaid's id of it.
    #[serde(borrow, default)]
    pub institution_id: Option<Text<'a>>,
}

/// An account of an [`AddedItem`].
#[derive(Deserialize)]
pub struct AddedAccount<'a> {
    /// Its name at the bank.
    #[serde(borrow, default)]
    pub name: Option<Text<'a>>,
    /// The last digits.
    #[serde(borrow, default)]
    pub mask: Option<Text<'a>>,
}

impl<'a> LinkTokenGetReply<'a> {
    /// The Item that was added, once one was. One Link token adds one.
    #[must_use]
    pub fn added(self) -> Option<AddedItem<'a>> {
        let sessions = self.link_sessions.into_iter().flatten();
        let results = sessions.filter_map(|session| session.results);
        let mut added = results.flat_map(|results| results.item_add_results.into_iter().flatten());
        added.next()
    }
}

impl AddedItem<'_> {
    /// What a second link of the same login would have in common with it.
    #[must_use]
    pub fn fingerprint(&self) -> Option<ItemFingerprint> {
        let institution = self.institution.as_ref()?.institution_id.as_ref()?;
        let accounts = self.accounts.iter().flatten().filter_map(|account| {
            let mask = account.mask.as_ref().map(Text::as_str);
            Some((account.name.as_ref()?.as_str(), mask))
        });
        Some(ItemFingerprint::new(institution.as_str(), accounts))
    }
}

impl Sealed for LinkTokenGet<'_> {}

impl Request for LinkTokenGet<'_> {
    const ENDPOINT: Endpoint = Endpoint::LinkTokenGet;
    type Reply<'a> = LinkTokenGetReply<'a>;
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
