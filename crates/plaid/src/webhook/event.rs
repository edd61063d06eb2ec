//! What a webhook says.
//! Follows Plaid's webhook bodies, told apart by `webhook_type` and `webhook_code`.
//! Invariant: a body that we have no use for is an event too ([`Webhook::Other`]), never
//! an error.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{WebhookError, read_object};
use crate::{Code, PlaidError, Text};

/// The largest body that is read, in bytes.
pub const MAX_BODY_BYTES: usize = 64 << 10;

/// Plaid's ids have 37 characters.
const MAX_ID_LEN: usize = 128;

/// With nanoseconds and an offset.
const MAX_TIME_LEN: usize = 35;

macro_rules! plaid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// 1 to 128 printable ASCII bytes; `None` for anything else.
            #[must_use]
            pub fn new(text: &str) -> Option<Self> {
                let well_formed = (1..=MAX_ID_LEN).contains(&text.len())
                    && text.bytes().all(|byte| byte.is_ascii_graphic());
                well_formed.then(|| Self(text.into()))
            }

            /// The id.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

plaid_id! {
    /// Plaid's id of an Item; case-sensitive.
    ItemId
}

plaid_id! {
    /// Plaid's id of an account; case-sensitive.
    AccountId
}

/// A webhook's event, and the Item it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Webhook {
    /// `TRANSACTIONS: SYNC_UPDATES_AVAILABLE`: sync.
    SyncUpdatesAvailable {
        /// Which Item.
        item_id: ItemId,
        /// Whether about the last 30 days are there.
        initial_update_complete: bool,
        /// Whether all that was asked for is there.
        historical_update_complete: bool,
    },
    /// `TRANSACTIONS: INITIAL_UPDATE`, `HISTORICAL_UPDATE`, `DEFAULT_UPDATE` or
    /// `TRANSACTIONS_REMOVED`: nothing to do, they are of an older API.
    LegacyTransactions {
        /// Which Item.
        item_id: ItemId,
    },
    /// `ITEM: ERROR`: by its [`PlaidError::classify`].
    ItemError {
        /// Which Item.
        item_id: ItemId,
        /// What is wrong.
        error: PlaidError,
    },
    /// `ITEM: LOGIN_REPAIRED`: clear the need for re-authentication.
    LoginRepaired {
        /// Which Item.
        item_id: ItemId,
    },
    /// `ITEM: PENDING_DISCONNECT`: warn the person.
    PendingDisconnect {
        /// Which Item.
        item_id: ItemId,
        /// Why, as a code.
        reason: Code,
        /// When, RFC 3339.
        disconnect_time: String,
    },
    /// `ITEM: PENDING_EXPIRATION`: warn the person.
    PendingExpiration {
        /// Which Item.
        item_id: ItemId,
        /// When, RFC 3339.
        consent_expiration_time: String,
    },
    /// `ITEM: USER_PERMISSION_REVOKED`: stop, and delete the Item's data.
    UserPermissionRevoked {
        /// Which Item.
        item_id: ItemId,
    },
    /// `ITEM: USER_ACCOUNT_REVOKED`: delete that account's data only.
    UserAccountRevoked {
        /// Which Item.
        item_id: ItemId,
        /// Which of its accounts.
        account_id: AccountId,
    },
    /// `ITEM: NEW_ACCOUNTS_AVAILABLE`: offer update mode.
    NewAccountsAvailable {
        /// Which Item.
        item_id: ItemId,
    },
    /// `ITEM: WEBHOOK_UPDATE_ACKNOWLEDGED`: record.
    WebhookUpdateAcknowledged {
        /// Which Item.
        item_id: ItemId,
    },
    /// `HOLDINGS`, `INVESTMENTS_TRANSACTIONS` or `LIABILITIES: DEFAULT_UPDATE`, and
    /// `TRANSACTIONS: RECURRING_TRANSACTIONS_UPDATE`.
    Refetch {
        /// Which Item.
        item_id: ItemId,
        /// What of it.
        what: Refetch,
    },
    /// Anything else, or one of the above without what it needs: count it.
    Other {
        /// `webhook_type`, made safe to print; empty where there was none.
        webhook_type: Code,
        /// `webhook_code`, likewise.
        webhook_code: Code,
    },
}

/// What to fetch again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refetch {
    /// Investment holdings.
    Holdings,
    /// Investment transactions.
    InvestmentTransactions,
    /// Loans and credit cards.
    Liabilities,
    /// Streams of recurring payments.
    Recurring,
}

/// Every member that any event needs, unread: the same name stands for a text in one
/// event and for an object in another.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    webhook_type: Member<'a>,
    #[serde(borrow)]
    webhook_code: Member<'a>,
    #[serde(borrow)]
    item_id: Member<'a>,
    #[serde(borrow)]
    account_id: Member<'a>,
    #[serde(borrow)]
    error: Member<'a>,
    #[serde(borrow)]
    initial_update_complete: Member<'a>,
    #[serde(borrow)]
    historical_update_complete: Member<'a>,
    #[serde(borrow)]
    reason: Member<'a>,
    #[serde(borrow)]
    disconnect_time: Member<'a>,
    #[serde(borrow)]
    consent_expiration_time: Member<'a>,
}

type Member<'a> = Option<&'a RawValue>;

/// A member, where it is there and of the type that is needed.
fn read<'a, T: Deserialize<'a>>(member: Member<'a>) -> Option<T> {
    serde_json::from_str(member?.get()).ok()
}

/// A time in the alphabet of RFC 3339, and no longer than one.
fn read_time(member: Member<'_>) -> Option<String> {
    let allowed = |byte: u8| byte.is_ascii_digit() || b"-+:.TZtz".contains(&byte);
    read(member).filter(|text: &String| text.len() <= MAX_TIME_LEN && text.bytes().all(allowed))
}

impl Webhook {
    /// Reads a body whose signature and claims have been verified.
    ///
    /// # Errors
    /// [`WebhookError::BodyTooLarge`], [`WebhookError::MalformedBody`].
    pub fn parse(body: &[u8]) -> Result<Self, WebhookError> {
        if body.len() > MAX_BODY_BYTES {
            return Err(WebhookError::BodyTooLarge);
        }
        let body: Body<'_> = read_object(body).ok_or(WebhookError::MalformedBody)?;
        let webhook_type: Text<'_> = read(body.webhook_type).unwrap_or_default();
        let webhook_code: Text<'_> = read(body.webhook_code).unwrap_or_default();
        let event = body.event(&webhook_type, &webhook_code);
        Ok(event.unwrap_or_else(|| Self::Other {
            webhook_type: Code::new(&webhook_type),
            webhook_code: Code::new(&webhook_code),
        }))
    }

    /// The Item an event is about.
    #[must_use]
    pub const fn item_id(&self) -> Option<&ItemId> {
        match self {
            Self::SyncUpdatesAvailable { item_id, .. }
            | Self::LegacyTransactions { item_id }
            | Self::ItemError { item_id, .. }
            | Self::LoginRepaired { item_id }
            | Self::PendingDisconnect { item_id, .. }
            | Self::PendingExpiration { item_id, .. }
            | Self::UserPermissionRevoked { item_id }
            | Self::UserAccountRevoked { item_id, .. }
            | Self::NewAccountsAvailable { item_id }
            | Self::WebhookUpdateAcknowledged { item_id }
            | Self::Refetch { item_id, .. } => Some(item_id),
            Self::Other { .. } => None,
        }
    }
}

impl Body<'_> {
    fn event(&self, webhook_type: &str, webhook_code: &str) -> Option<Webhook> {
        let item_id = ItemId::new(&read::<Text<'_>>(self.item_id)?)?;
        Some(match (webhook_type, webhook_code) {
            ("TRANSACTIONS", "SYNC_UPDATES_AVAILABLE") => Webhook::SyncUpdatesAvailable {
                item_id,
                initial_update_complete: read(self.initial_update_complete).unwrap_or_default(),
                historical_update_complete: read(self.historical_update_complete)
                    .unwrap_or_default(),
            },
            (
                "TRANSACTIONS",
                "INITIAL_UPDATE" | "HISTORICAL_UPDATE" | "DEFAULT_UPDATE" | "TRANSACTIONS_REMOVED",
            ) => Webhook::LegacyTransactions { item_id },
            ("ITEM", code) => self.item_event(code, item_id)?,
            ("TRANSACTIONS", "RECURRING_TRANSACTIONS_UPDATE") => Webhook::Refetch {
                item_id,
                what: Refetch::Recurring,
            },
            ("HOLDINGS", "DEFAULT_UPDATE") => Webhook::Refetch {
                item_id,
                what: Refetch::Holdings,
            },
            ("INVESTMENTS_TRANSACTIONS", "DEFAULT_UPDATE") => Webhook::Refetch {
                item_id,
                what: Refetch::InvestmentTransactions,
            },
            ("LIABILITIES", "DEFAULT_UPDATE") => Webhook::Refetch {
                item_id,
                what: Refetch::Liabilities,
            },
            _ => return None,
        })
    }

    fn item_event(&self, code: &str, item_id: ItemId) -> Option<Webhook> {
        Some(match code {
            "ERROR" => Webhook::ItemError {
                item_id,
                error: read(self.error)?,
            },
            "LOGIN_REPAIRED" => Webhook::LoginRepaired { item_id },
            "PENDING_DISCONNECT" => Webhook::PendingDisconnect {
                item_id,
                reason: read(self.reason).unwrap_or_default(),
                disconnect_time: read_time(self.disconnect_time)?,
            },
            "PENDING_EXPIRATION" => Webhook::PendingExpiration {
                item_id,
                consent_expiration_time: read_time(self.consent_expiration_time)?,
            },
            "USER_PERMISSION_REVOKED" => Webhook::UserPermissionRevoked { item_id },
            "USER_ACCOUNT_REVOKED" => Webhook::UserAccountRevoked {
                item_id,
                account_id: AccountId::new(&read::<Text<'_>>(self.account_id)?)?,
            },
            "NEW_ACCOUNTS_AVAILABLE" => Webhook::NewAccountsAvailable { item_id },
            "WEBHOOK_UPDATE_ACKNOWLEDGED" => Webhook::WebhookUpdateAcknowledged { item_id },
            _ => return None,
        })
    }
}
