//! Plaid's API (version 2020-09-14) as values, and nothing that could move money.
//!
//! A call is a typed request ([`Request`]) that knows its [`Endpoint`], its body and
//! the reply that answers it; the caller carries bytes. A webhook is a header and a
//! body ([`webhook`]) that become a typed event once the signature is verified.
//!
//! Replies borrow from the body they were read from, so a page of transactions
//! costs no copy of its text. Enums have an arm for what Plaid adds later, unknown
//! members are passed over, and amounts are read from their characters ([`money`]).
//!
//! ```
//! use plaid::{AccessToken, Request, TransactionsSync, read_reply};
//!
//! let token = AccessToken::new("access-sandbox-1".to_owned());
//! let request = TransactionsSync::page(&token, None);
//! assert_eq!(TransactionsSync::ENDPOINT.path(), "/transactions/sync");
//! assert!(request.body().starts_with(b"{\"access_token\":"));
//!
//! // What came back for it:
//! let body = br#"{"accounts":[],"added":[],"modified":[],"removed":[],"next_cursor":"c",
//!     "has_more":false,"transactions_update_status":"HISTORICAL_UPDATE_COMPLETE"}"#;
//! let page = read_reply::<TransactionsSync<'_>>(200, body)?;
//! assert_eq!(page.cursor(), Some("c"));
//! # Ok::<(), plaid::CallError>(())
//! ```
//!
//! Invariant: what is not a variant of [`Endpoint`] or [`LinkProduct`] cannot be asked
//! of Plaid, and an Item that was granted more is refused ([`ReadOnlyGrant`]).

mod accounts;
mod call;
mod civil_date;
mod code;
mod decimal;
mod duplicate;
mod error;
mod grant;
mod institution;
mod investments;
mod item;
mod liabilities;
mod link;
mod recurring;
mod secret;
mod text;
mod transactions;

pub mod webhook;

pub use accounts::{
    Account, AccountType, AccountsBalanceGet, AccountsGet, AccountsReply, Balances,
};
pub use call::{API_VERSION, Credentials, Endpoint, MAX_REPLY_BYTES, Request, read_reply};
pub use civil_date::{CivilDate, InvalidDate};
pub use code::Code;
pub use decimal::Decimal;
pub use duplicate::ItemFingerprint;
pub use error::{CallError, ErrorClass, ErrorType, PlaidError};
pub use grant::{READ_ONLY_PRODUCTS, ReadOnlyGrant, Refused};
pub use institution::{CountryCode, Institution, InstitutionReply, InstitutionsGetById};
pub use investments::{Holding, HoldingsGet, HoldingsReply, Security};
pub use item::{
    AccessTokenInvalidate, AccessTokenInvalidateReply, Item, ItemGet, ItemGetReply, ItemRemove,
    ItemRemoveReply, ItemStatus, ItemWebhookUpdate, ItemWebhookUpdateReply, LastWebhook,
    ProductStatus, UpdateType,
};
pub use liabilities::{
    Apr, CreditCard, Liabilities, LiabilitiesGet, LiabilitiesReply, Mortgage, StudentLoan,
};
pub use link::{
    AddedAccount, AddedInstitution, AddedItem, InvalidClientName, LinkProduct, LinkSettings,
    LinkTokenCreate, LinkTokenGet, LinkTokenGetReply, LinkTokenReply, PublicTokenExchange,
    PublicTokenExchangeReply,
};
pub use recurring::{
    Frequency, RecurringGet, RecurringReply, RecurringStream, StreamStatus, TransactionsRefresh,
    TransactionsRefreshReply,
};
pub use secret::{AccessToken, PublicToken};
pub use text::Text;
pub use transactions::{
    Category, CategoryConfidence, PaymentChannel, RemovedTransaction, SYNC_PAGE_SIZE, Transaction,
    TransactionsSync, TransactionsSyncReply, UpdateStatus,
};
pub use webhook::{VerificationKeyGet, VerificationKeyReply};
