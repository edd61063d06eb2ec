//! A call: where it goes, what authenticates it, how its answer is read.
//! Follows Plaid's "API access": POST, JSON, credentials in headers.
//! Invariant: [`Endpoint`] is closed, and every request type names one of it.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::{CallError, PlaidError};

/// The API version that requests and replies here are written for.
pub const API_VERSION: &str = "2020-09-14";

/// The largest reply that is read, in bytes. A full page of transactions is under 2 MiB.
pub const MAX_REPLY_BYTES: usize = 8 << 20;

/// Every path of Plaid's that can be called. None of them moves money, and where an
/// answer shows an account number, it is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// Starts Link.
    LinkTokenCreate,
    /// What came of a Link session.
    LinkTokenGet,
    /// Turns what Link gave into an access token.
    ItemPublicTokenExchange,
    /// What changed since a cursor.
    TransactionsSync,
    /// Has the bank looked at now.
    TransactionsRefresh,
    /// Payments that come again and again.
    TransactionsRecurringGet,
    /// Accounts with the balances Plaid has cached.
    AccountsGet,
    /// Accounts with the balances the bank has now: slow, and paid for.
    AccountsBalanceGet,
    /// What is held in investment accounts.
    InvestmentsHoldingsGet,
    /// What is owed.
    LiabilitiesGet,
    /// An Item's products, consent and health.
    ItemGet,
    /// Where an Item's webhooks go.
    ItemWebhookUpdate,
    /// A new access token in place of the old one.
    ItemAccessTokenInvalidate,
    /// Ends Plaid's access to an Item.
    ItemRemove,
    /// An institution's name and look.
    InstitutionsGetById,
    /// The public key that a webhook was signed with.
    WebhookVerificationKeyGet,
}

impl Endpoint {
    /// All there are.
    pub const ALL: [Self; 16] = [
        Self::LinkTokenCreate,
        Self::LinkTokenGet,
        Self::ItemPublicTokenExchange,
        Self::TransactionsSync,
        Self::TransactionsRefresh,
        Self::TransactionsRecurringGet,
        Self::AccountsGet,
        Self::AccountsBalanceGet,
        Self::InvestmentsHoldingsGet,
        Self::LiabilitiesGet,
        Self::ItemGet,
        Self::ItemWebhookUpdate,
        Self::ItemAccessTokenInvalidate,
        Self::ItemRemove,
        Self::InstitutionsGetById,
        Self::WebhookVerificationKeyGet,
    ];

    /// The path below Plaid's base URL, with its leading slash.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::LinkTokenCreate => "/link/token/create",
            Self::LinkTokenGet => "/link/token/get",
            Self::ItemPublicTokenExchange => "/item/public_token/exchange",
            Self::TransactionsSync => "/transactions/sync",
            Self::TransactionsRefresh => "/transactions/refresh",
            Self::TransactionsRecurringGet => "/transactions/recurring/get",
            Self::AccountsGet => "/accounts/get",
            Self::AccountsBalanceGet => "/accounts/balance/get",
            Self::InvestmentsHoldingsGet => "/investments/holdings/get",
            Self::LiabilitiesGet => "/liabilities/get",
            Self::ItemGet => "/item/get",
            Self::ItemWebhookUpdate => "/item/webhook/update",
            Self::ItemAccessTokenInvalidate => "/item/access_token/invalidate",
            Self::ItemRemove => "/item/remove",
            Self::InstitutionsGetById => "/institutions/get_by_id",
            Self::WebhookVerificationKeyGet => "/webhook_verification_key/get",
        }
    }
}

/// The client's own credentials.
pub struct Credentials {
    client_id: String,
    secret: Zeroizing<String>,
}

impl Credentials {
    /// The values of `PLAID_CLIENT_ID` and `PLAID_SECRET`.
    #[must_use]
    pub fn new(client_id: String, secret: String) -> Self {
        Self {
            client_id,
            secret: Zeroizing::new(secret),
        }
    }

    /// The headers every call carries, name and value.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, &str); 4] {
        [
            ("Content-Type", "application/json"),
            ("PLAID-CLIENT-ID", &self.client_id),
            ("PLAID-SECRET", &self.secret),
            ("Plaid-Version", API_VERSION),
        ]
    }
}

pub(crate) mod sealed {
    /// Keeps other crates from adding calls.
    pub trait Sealed {}
}

/// One call of Plaid's API: a POST of [`Request::body`] to [`Request::ENDPOINT`].
pub trait Request: Serialize + sealed::Sealed {
    /// Where it goes.
    const ENDPOINT: Endpoint;

    /// What a successful answer holds, borrowed from its body.
    type Reply<'a>: Deserialize<'a>;

    /// The JSON body. It may hold a token, so it is zeroized on drop.
    fn body(&self) -> Zeroizing<Vec<u8>> {
        // Enough for every request, so that no outgrown copy is left in memory.
        let mut body = Zeroizing::new(Vec::with_capacity(2048));
        // Cannot fail: every request is a struct of strings, numbers and lists.
        let written = serde_json::to_writer(&mut *body, self);
        debug_assert!(written.is_ok());
        body
    }

    /// Reads the JSON of a reply; [`read_reply`] is what callers want.
    #[doc(hidden)]
    fn parse(text: &str) -> serde_json::Result<Self::Reply<'_>> {
        serde_json::from_str(text)
    }
}

/// Reads the answer to a request `R`.
///
/// # Errors
/// [`CallError::Plaid`] where Plaid says what is wrong, [`CallError::Status`] for
/// another status than 200 without such a body, [`CallError::UnreadableReply`] for a
/// 200 that is not what the API promises.
pub fn read_reply<R: Request>(status: u16, body: &[u8]) -> Result<R::Reply<'_>, CallError> {
    if body.len() > MAX_REPLY_BYTES {
        return Err(CallError::TooLarge);
    }
    if status != 200 {
        return Err(match PlaidError::parse(body) {
            Some(error) => CallError::Plaid(error.with_status(status)),
            None => CallError::Status(status),
        });
    }
    // Once for the whole body, instead of once for each of its strings.
    let text = std::str::from_utf8(body).map_err(|_| CallError::UnreadableReply {
        endpoint: R::ENDPOINT,
        line: 0,
        column: 0,
    })?;
    R::parse(text).map_err(|error| CallError::UnreadableReply {
        endpoint: R::ENDPOINT,
        line: error.line(),
        column: error.column(),
    })
}
