//! Items: a person's login at one bank, as Plaid holds it.
//! Follows Plaid's `/item/get` and `/item/remove`.
//! Invariant: what an Item may do is read from Plaid, never assumed from what was asked.

use serde::{Deserialize, Serialize};

use crate::call::sealed::Sealed;
use crate::secret::InRequest;
use crate::{AccessToken, Endpoint, PlaidError, Request, Text};

/// `/item/get`. At most 15 a minute for an Item.
#[derive(Serialize)]
pub struct ItemGet<'a> {
    access_token: InRequest<'a>,
}

impl<'a> ItemGet<'a> {
    /// Of the Item that `access_token` opens.
    #[must_use]
    pub fn new(access_token: &'a AccessToken) -> Self {
        Self {
            access_token: access_token.in_request(),
        }
    }
}

/// The answer of `/item/get`.
#[derive(Deserialize)]
pub struct ItemGetReply<'a> {
    /// The Item.
    #[serde(borrow)]
    pub item: Item<'a>,
    /// How its products are doing.
    #[serde(borrow, default)]
    pub status: Option<ItemStatus<'a>>,
}

/// An Item.
#[derive(Deserialize)]
pub struct Item<'a> {
    /// Case-sensitive.
    #[serde(borrow)]
    pub item_id: Text<'a>,
    /// The bank.
    #[serde(borrow, default)]
    pub institution_id: Option<Text<'a>>,
    /// The bank's name.
    #[serde(borrow, default)]
    pub institution_name: Option<Text<'a>>,
    /// Where its webhooks go.
    #[serde(borrow)]
    pub webhook: Option<Text<'a>>,
    /// What is wrong with it, if anything is.
    pub error: Option<PlaidError>,
    /// What it is billed for: what was added to it at least once.
    #[serde(borrow)]
    pub billed_products: Vec<Text<'a>>,
    /// What was added to it. Plaid leaves it out of some answers.
    #[serde(borrow, default)]
    pub products: Option<Vec<Text<'a>>>,
    /// What the person consented to, by scope. Absent where a bank knows no scopes.
    #[serde(borrow, default)]
    pub consented_products: Option<Vec<Text<'a>>>,
    /// RFC 3339; when the person has to consent again.
    #[serde(borrow)]
    pub consent_expiration_time: Option<Text<'a>>,
    /// Whether Plaid can refresh it alone.
    pub update_type: UpdateType,
}

impl Item<'_> {
    /// Every product that stands against this Item's name: added, billed or consented to.
    pub fn granted_products(&self) -> impl Iterator<Item = &str> {
        let lists = [self.products.as_deref(), self.consented_products.as_deref()];
        lists
            .into_iter()
            .flatten()
            .flatten()
            .chain(&self.billed_products)
            .map(Text::as_str)
    }
}

/// How an Item is refreshed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdateType {
    /// By Plaid alone.
    Background,
    /// Only while the person is there.
    UserPresentRequired,
    /// What is newer than this code.
    #[serde(other)]
    Other,
}

/// How an Item's products are doing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ItemStatus<'a> {
    /// Transactions.
    #[serde(borrow, default)]
    pub transactions: Option<ProductStatus<'a>>,
    /// Investments.
    #[serde(borrow, default)]
    pub investments: Option<ProductStatus<'a>>,
    /// The last webhook Plaid sent for it.
    #[serde(borrow, default)]
    pub last_webhook: Option<LastWebhook<'a>>,
}

/// When a product was last refreshed; RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ProductStatus<'a> {
    /// And it worked.
    #[serde(borrow, default)]
    pub last_successful_update: Option<Text<'a>>,
    /// And it failed.
    #[serde(borrow, default)]
    pub last_failed_update: Option<Text<'a>>,
}

/// The last webhook Plaid sent for an Item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LastWebhook<'a> {
    /// RFC 3339.
    #[serde(borrow, default)]
    pub sent_at: Option<Text<'a>>,
    /// Its `webhook_code`.
    #[serde(borrow, default)]
    pub code_sent: Option<Text<'a>>,
}

/// `/item/remove`: the access token is dead afterwards.
#[derive(Serialize)]
pub struct ItemRemove<'a> {
    access_token: InRequest<'a>,
}

impl<'a> ItemRemove<'a> {
    /// Of the Item that `access_token` opens.
    #[must_use]
    pub fn new(access_token: &'a AccessToken) -> Self {
        Self {
            access_token: access_token.in_request(),
        }
    }
}

/// The answer of `/item/remove`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct ItemRemoveReply {}

/// `/item/webhook/update`.
#[derive(Serialize)]
pub struct ItemWebhookUpdate<'a> {
    access_token: InRequest<'a>,
    webhook: &'a str,
}

impl<'a> ItemWebhookUpdate<'a> {
    /// The webhooks of the Item that `access_token` opens go to this URL from now on.
    #[must_use]
    pub fn new(access_token: &'a AccessToken, webhook: &'a str) -> Self {
        Self {
            access_token: access_token.in_request(),
            webhook,
        }
    }
}

/// The answer of `/item/webhook/update`.
#[derive(Deserialize)]
pub struct ItemWebhookUpdateReply<'a> {
    /// The Item, as it is then.
    #[serde(borrow)]
    pub item: Item<'a>,
}

/// `/item/access_token/invalidate`: the old token is dead as soon as Plaid has answered,
/// or would have.
#[derive(Serialize)]
pub struct AccessTokenInvalidate<'a> {
    access_token: InRequest<'a>,
}

impl<'a> AccessTokenInvalidate<'a> {
    /// A new one for the Item that `access_token` opens.
    #[must_use]
    pub fn new(access_token: &'a AccessToken) -> Self {
        Self {
            access_token: access_token.in_request(),
        }
    }
}

/// The answer of `/item/access_token/invalidate`.
#[derive(Deserialize)]
pub struct AccessTokenInvalidateReply {
    /// Seal it at once.
    pub new_access_token: AccessToken,
}

impl Sealed for ItemWebhookUpdate<'_> {}

impl Request for ItemWebhookUpdate<'_> {
    const ENDPOINT: Endpoint = Endpoint::ItemWebhookUpdate;
    type Reply<'a> = ItemWebhookUpdateReply<'a>;
}

impl Sealed for AccessTokenInvalidate<'_> {}

impl Request for AccessTokenInvalidate<'_> {
    const ENDPOINT: Endpoint = Endpoint::ItemAccessTokenInvalidate;
    type Reply<'a> = AccessTokenInvalidateReply;
}

impl Sealed for ItemGet<'_> {}

impl Request for ItemGet<'_> {
    const ENDPOINT: Endpoint = Endpoint::ItemGet;
    type Reply<'a> = ItemGetReply<'a>;
}

impl Sealed for ItemRemove<'_> {}

impl Request for ItemRemove<'_> {
    const ENDPOINT: Endpoint = Endpoint::ItemRemove;
    type Reply<'a> = ItemRemoveReply;
}
