//! The tables of an export, column by column. A new member of a record belongs here
//! and into `docs/EXPORT.md`, or there among what is left out: a test opens every row
//! that is stored and looks for it.

use std::borrow::Cow;

use money::Money;
use serde::Serialize;
use stripe::CustomerId;

use super::{
    super::{Enrolled, Factors},
    writer::{Cell, Row},
};
use crate::{
    id::{AccountId, ApiTokenId, ItemId, PasskeyId, PersonId, RowId, SessionId, TransactionId},
    platform::Timestamp,
    store::{
        accounts::AccountRecord,
        api_tokens::TokenRecord,
        billing::{BillingRecord, PriceRecord, SubscriptionRecord},
        email_changes::EmailChangeRecord,
        inbox::WebhookRow,
        items::{ItemRecord, ItemState},
        months,
        people::{LeakState, PersonRecord},
        sessions::SessionRecord,
        totp::TotpRecord,
        transactions::{TransactionRecord, account_of},
    },
};

mod audit;
mod banking;

pub(super) use audit::{AuditEntry, Consent};
pub(super) use banking::{Annotation, Balance, Debt, Holding, Recurring, Tag};

/// A table: its name, and of each column the name and what stands in it.
macro_rules! columns {
    ($row:ty, $table:literal, |$this:ident| { $($name:literal: $cell:expr,)+ }) => {
        columns!($row, $table, false, |$this| { $($name: $cell,)+ });
    };
    ($row:ty, one $table:literal, |$this:ident| { $($name:literal: $cell:expr,)+ }) => {
        columns!($row, $table, true, |$this| { $($name: $cell,)+ });
    };
    ($row:ty, $table:literal, $one:literal, |$this:ident| { $($name:literal: $cell:expr,)+ }) => {
        impl Row for $row {
            const TABLE: &'static str = $table;
            const IS_ONE: bool = $one;
            const COLUMNS: &'static [&'static str] = &[$($name),+];

            fn cells(&self) -> Vec<Cell<'_>> {
                let $this = self;
                vec![$($cell),+]
            }
        }
    };
}

use columns;

pub(super) struct Account<'a> {
    id: PersonId,
    record: &'a PersonRecord,
    leak: &'static str,
    leaks: Option<u64>,
    checked_at: Option<Timestamp>,
    recovery_codes: usize,
}

impl<'a> Account<'a> {
    pub(super) fn new(id: PersonId, record: &'a PersonRecord, factors: &Factors) -> Self {
        let (leak, leaks, checked_at) = match record.leak {
            LeakState::NotFound { checked_at } => ("not_found", None, Some(checked_at)),
            LeakState::Exposed { count, checked_at } => ("exposed", Some(count), Some(checked_at)),
            LeakState::Unchecked => ("unchecked", None, None),
        };
        Self {
            id,
            record,
            leak,
            leaks,
            checked_at,
            recovery_codes: factors.recovery_codes_left(),
        }
    }
}

columns!(Account<'_>, one "account", |row| {
    "id": text(row.id.public()),
    "email": text(&row.record.email),
    "login": text(&row.record.login),
    "name": maybe(row.record.name.as_ref()),
    "created_at": time(row.record.created_at),
    "password_leak": text(row.leak),
    "password_leaks": row.leaks.map_or(Cell::Null, Cell::Number),
    "password_checked_at": maybe_time(row.checked_at),
    "password_stands_alone": Cell::Flag(row.record.password_stands_alone),
    "recovery_codes_left": Cell::Number(row.recovery_codes as u64),
});

pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) expires_at: Timestamp,
    pub(super) record: SessionRecord,
}

columns!(Session, "sessions", |row| {
    "id": text(row.id.public()),
    "created_at": time(row.record.created_at),
    "expires_at": time(row.expires_at),
    "factors": words(&row.record.factors),
    "user_verified": Cell::Flag(row.record.user_verified),
    "stepped_up_at": maybe_time(row.record.stepped_up_at),
    "user_agent": maybe(row.record.user_agent.as_ref()),
    "ip": maybe(row.record.ip.as_ref()),
});

pub(super) struct ApiToken {
    pub(super) id: RowId,
    pub(super) expires_at: Timestamp,
    pub(super) record: TokenRecord,
}

columns!(ApiToken, "api_tokens", |row| {
    "id": text(ApiTokenId(row.id).public()),
    "name": text(&row.record.name),
    "scopes": words(&row.record.scopes),
    "created_at": time(row.record.created_at),
    "expires_at": time(row.expires_at),
    "last_used_at": maybe_time(row.record.last_used_at),
});

pub(super) struct Passkey<'a>(pub(super) &'a Enrolled);

columns!(Passkey<'_>, "passkeys", |row| {
    "id": text(PasskeyId(row.0.id.0).public()),
    "name": text(&row.0.record.name),
    "credential_id": name(&row.0.record.credential.id),
    "algorithm": text(row.0.record.credential.public_key.algorithm().name()),
    "public_key": key(&row.0.record.credential.public_key),
    "signature_counter": Cell::Number(row.0.record.credential.counter.into()),
    "backup_eligible": Cell::Flag(row.0.record.credential.backup_eligible),
    "backed_up": Cell::Flag(row.0.record.credential.backed_up),
    "transports": names(row.0.record.credential.transports.as_slice()),
    "user_verified": Cell::Flag(row.0.record.user_verified),
    "created_at": time(row.0.record.created_at),
    "last_used_at": maybe_time(row.0.record.last_used_at),
});

pub(super) struct AuthenticatorApp<'a>(pub(super) &'a TotpRecord);

columns!(AuthenticatorApp<'_>, one "authenticator_app", |row| {
    "created_at": time(row.0.created_at),
    "last_step": Cell::Number(row.0.last_step),
});

pub(super) struct EmailChange(pub(super) EmailChangeRecord);

columns!(EmailChange, one "email_change", |row| {
    "email": text(&row.0.email),
    "login": text(&row.0.login),
});

pub(super) struct PasswordReset {
    pub(super) expires_at: Timestamp,
}

columns!(PasswordReset, "password_resets", |row| {
    "expires_at": time(row.expires_at),
});

pub(super) struct Billing(pub(super) BillingRecord);

impl Billing {
    fn known<'a, T>(&'a self, of: impl Fn(&'a SubscriptionRecord) -> Option<T>) -> Option<T> {
        self.0.subscription.as_ref().and_then(of)
    }

    fn price<'a, T>(&'a self, of: impl Fn(&'a PriceRecord) -> Option<T>) -> Option<T> {
        self.known(|known| known.price.as_ref()).and_then(of)
    }
}

columns!(Billing, one "billing", |row| {
    "request_id": text(row.0.key.hex()),
    "stripe_customer_id": maybe(row.0.customer.as_ref().map(CustomerId::as_str)),
    "stripe_subscription_id": maybe(row.known(|known| Some(known.id.as_str()))),
    "status": maybe(row.known(|known| Some(known.status.name()))),
    "created_at": maybe_time(row.known(|known| Some(known.created_at))),
    "period_start": maybe_time(row.known(|known| known.period_start)),
    "period_end": maybe_time(row.known(|known| known.period_end)),
    "cancel_at": maybe_time(row.known(|known| known.cancel_at)),
    "trial_end": maybe_time(row.known(|known| known.trial_end)),
    "ended_at": maybe_time(row.known(|known| known.ended_at)),
    "price_id": maybe(row.price(|price| Some(price.id.as_str()))),
    "amount": row.price(|price| u64::try_from(price.amount?).ok()).map_or(Cell::Null, Cell::Number),
    "currency": maybe(row.price(|price| Some(price.currency.as_str()))),
    "interval": maybe(row.price(|price| price.interval.as_deref())),
    "interval_count": row.price(|price| Some(price.intervals.into())).map_or(Cell::Null, Cell::Number),
    "asked_at": maybe_time(row.0.asked_at),
});

pub(super) struct Connection {
    pub(super) id: ItemId,
    pub(super) state: ItemState,
    pub(super) record: ItemRecord,
}

columns!(Connection, "connections", |row| {
    "id": text(row.id.public()),
    "state": text(row.state.name()),
    "status": name(&row.record.health),
    "institution_id": maybe(row.record.institution_id.as_ref()),
    "institution_name": maybe(row.record.institution_name.as_ref()),
    "plaid_item_id": text(&row.record.plaid_item_id),
    "created_at": time(row.record.created_at),
    "last_synced_at": maybe_time(row.record.last_synced_at),
    "last_attempt_at": maybe_time(row.record.course.last_attempt_at),
    "last_webhook_at": maybe_time(row.record.course.last_webhook_at),
    "failing_since": maybe_time(row.record.course.failing_since),
    "error": maybe(row.record.course.error.as_ref()),
    "next_try_at": maybe_time(row.record.course.next_try_at),
    "disconnects_at": maybe(row.record.course.disconnects_at.as_ref()),
    "consent_expires_at": maybe(row.record.course.consent_expires_at.as_ref()),
    "new_accounts": Cell::Flag(row.record.course.new_accounts),
    "disconnected_accounts": ids(&row.record.course.left_out, AccountId::PREFIX),
    "can_refresh": Cell::Flag(row.record.course.refreshes),
    "holdings_read_at": maybe_time(row.record.course.holdings.last_success_at),
    "holdings_error": maybe(row.record.course.holdings.error.as_ref()),
    "liabilities_read_at": maybe_time(row.record.course.liabilities.last_success_at),
    "liabilities_error": maybe(row.record.course.liabilities.error.as_ref()),
    "recurring_read_at": maybe_time(row.record.course.recurring.last_success_at),
    "recurring_error": maybe(row.record.course.recurring.error.as_ref()),
});

pub(super) struct Webhook {
    /// None for one of Stripe's.
    pub(super) connection: Option<ItemId>,
    pub(super) row: WebhookRow,
}

columns!(Webhook, "webhooks", |row| {
    "source": text(row.row.source.name()),
    "connection_id": row.connection.map_or(Cell::Null, |id| text(id.public())),
    "kind": text(&row.row.kind),
    "received_at": time(row.row.received_at),
    "handled_at": maybe_time(row.row.done_at),
});

pub(super) struct BankAccount {
    pub(super) id: RowId,
    pub(super) item: ItemId,
    pub(super) record: AccountRecord,
}

columns!(BankAccount, "accounts", |row| {
    "id": text(AccountId(row.id).public()),
    "connection_id": text(row.item.public()),
    "plaid_account_id": text(&row.record.plaid_account_id),
    "name": text(&row.record.name),
    "official_name": maybe(row.record.official_name.as_ref()),
    "mask": maybe(row.record.mask.as_ref()),
    "type": name(&row.record.kind),
    "subtype": maybe(row.record.subtype.as_ref()),
    "currency": text(&row.record.currency),
    "available": maybe_money(row.record.available),
    "current": maybe_money(row.record.current),
    "limit": maybe_money(row.record.limit),
    "updated_at": time(row.record.updated_at),
});

pub(super) struct Transaction<'a> {
    pub(super) id: TransactionId,
    pub(super) record: TransactionRecord<'a>,
    pub(super) amount: Money,
}

columns!(Transaction<'_>, "transactions", |row| {
    "id": text(row.id.public()),
    "account_id": text(account_of(&row.record).public()),
    "date": text(row.record.date.as_str()),
    "authorized_date": maybe(row.record.authorized_date.as_ref().map(plaid::CivilDate::as_str)),
    "datetime": maybe(row.record.datetime.as_ref()),
    "amount": text(row.amount.to_string()),
    "currency": text(row.record.currency.code()),
    "name": text(&*row.record.name),
    "merchant_name": maybe(row.record.merchant_name.as_ref()),
    "original_description": maybe(row.record.original_description.as_ref()),
    "pending": Cell::Flag(row.record.pending),
    "payment_channel": name(&row.record.channel),
    "category": maybe(row.record.category.as_ref()),
    "category_detail": maybe(row.record.category_detail.as_ref()),
    "category_confidence": row.record.category_confidence.as_ref().map_or(Cell::Null, name),
    "replaces": row.record.replaces.map_or(Cell::Null, |id| text(TransactionId(id).public())),
});

pub(super) struct Month<'a>(pub(super) &'a months::Month);

columns!(Month<'_>, "months", |row| {
    "month": text(&row.0.name),
    "transactions": Cell::Number(row.0.count.into()),
});

fn text<'a>(text: impl Into<Cow<'a, str>>) -> Cell<'a> {
    Cell::Text(text.into())
}

fn maybe<T: AsRef<str> + ?Sized>(value: Option<&T>) -> Cell<'_> {
    value.map_or(Cell::Null, |value| text(value.as_ref()))
}

fn time(instant: Timestamp) -> Cell<'static> {
    text(instant.rfc3339())
}

fn maybe_time(instant: Option<Timestamp>) -> Cell<'static> {
    instant.map_or(Cell::Null, time)
}

/// As a plain decimal, exact, with its currency's decimals or as many as the bank gave.
fn maybe_money(amount: Option<Money>) -> Cell<'static> {
    amount.map_or(Cell::Null, |amount| text(amount.to_string()))
}

/// What serializes as a string, such as a name of Plaid's.
fn name<T: Serialize>(value: &T) -> Cell<'static> {
    Cell::Text(spelled(value).into())
}

/// Ids of rows, as the API names what they are of.
fn ids(rows: &[RowId], prefix: &str) -> Cell<'static> {
    let public = |row: &RowId| format!("{prefix}{}", row.hex()).into();
    Cell::Words(rows.iter().map(public).collect())
}

fn names<T: Serialize>(values: &[T]) -> Cell<'static> {
    Cell::Words(values.iter().map(|value| spelled(value).into()).collect())
}

fn words(values: &[String]) -> Cell<'_> {
    Cell::Words(values.iter().map(|word| word.as_str().into()).collect())
}

fn spelled<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

/// Base64url, as it is kept beside its algorithm.
fn key(key: &passkey::PublicKey) -> Cell<'static> {
    let kept = serde_json::to_value(key).unwrap_or_default();
    let bytes = kept.as_object().and_then(|kept| kept.values().next());
    let text_of = |bytes: &serde_json::Value| bytes.as_str().map(|bytes| text(bytes.to_owned()));
    bytes.and_then(text_of).unwrap_or(Cell::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each table has a section of the document, and each column a row in it.
    #[test]
    fn the_document_names_every_column() {
        const DOCUMENT: &str = include_str!("../../../docs/EXPORT.md");
        fn check<R: Row>() {
            let heading = format!("### `{}`", R::TABLE);
            let section = DOCUMENT.split_once(&heading).map(|(_, rest)| rest);
            let section = section.unwrap_or_else(|| panic!("no section {heading}"));
            let section = section.split("\n##").next().unwrap();
            let documented: Vec<&str> = section
                .lines()
                .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
                .collect();
            assert_eq!(documented, R::COLUMNS, "{heading}");
        }
        check::<Account<'_>>();
        check::<Session>();
        check::<ApiToken>();
        check::<Passkey<'_>>();
        check::<AuthenticatorApp<'_>>();
        check::<EmailChange>();
        check::<PasswordReset>();
        check::<Billing>();
        check::<Connection>();
        check::<Webhook>();
        check::<BankAccount>();
        check::<Transaction<'_>>();
        check::<Month<'_>>();
        check::<Annotation>();
        check::<Tag<'_>>();
        check::<Holding>();
        check::<Debt>();
        check::<Recurring>();
        check::<Balance>();
    }
}
