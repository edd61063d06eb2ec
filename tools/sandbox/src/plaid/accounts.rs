//! Accounts and balances: `/accounts/get` and `/accounts/balance/get`.

use serde::{Deserialize, Serialize};

use super::currency::{Currency, USD};
use super::errors::PlaidError;
use super::institutions::Template;
use super::item::Item;
use super::lexeme::{self, Number};
use super::{Call, Reply};
use crate::seed::identifier;

/// The schema's `AccountBase`.
#[derive(Clone, Serialize)]
pub(super) struct Account {
    pub(super) account_id: String,
    pub(super) balances: Balances,
    pub(super) holder_category: &'static str,
    pub(super) mask: Option<String>,
    pub(super) name: String,
    pub(super) official_name: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) subtype: Option<String>,
    #[serde(skip)]
    pub(super) currency: Currency,
    #[serde(skip)]
    pub(super) closed: bool,
}

#[derive(Clone, Serialize)]
pub(super) struct Balances {
    pub(super) available: Option<Number>,
    pub(super) current: Option<Number>,
    pub(super) limit: Option<Number>,
    pub(super) iso_currency_code: Option<String>,
    pub(super) unofficial_currency_code: Option<String>,
    /// Only told of investment accounts, by the investment calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) margin_loan_amount: Option<Option<Number>>,
}

impl Account {
    pub(super) fn open(rng: &mut fastrand::Rng, template: &Template) -> Self {
        let currency = template.currency;
        let amount = |minor| lexeme::number(minor, currency.scale);
        Self {
            account_id: identifier(rng, 37),
            balances: Balances {
                available: template.available.map(amount),
                current: Some(amount(template.current)),
                limit: template.limit.map(amount),
                iso_currency_code: currency.iso(),
                unofficial_currency_code: currency.unofficial(),
                margin_loan_amount: None,
            },
            holder_category: "personal",
            mask: Some(template.mask.to_owned()),
            name: template.name.to_owned(),
            official_name: Some(template.official_name.to_owned()),
            kind: template.kind.to_owned(),
            subtype: Some(template.subtype.to_owned()),
            currency,
            closed: false,
        }
    }

    /// Whether `/transactions/sync` covers it.
    pub(super) fn has_transactions(&self) -> bool {
        match self.kind.as_str() {
            "depository" | "credit" => true,
            "loan" => self.subtype.as_deref() == Some("student"),
            _ => false,
        }
    }

    pub(super) fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind == kind && self.subtype.as_deref() == Some(subtype)
    }
}

/// What a test says of a new or an existing account.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AccountDraft {
    pub(super) account_id: Option<String>,
    name: Option<String>,
    official_name: Option<String>,
    mask: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    subtype: Option<String>,
    iso_currency_code: Option<String>,
    unofficial_currency_code: Option<String>,
    #[serde(deserialize_with = "given")]
    available: Option<Option<Number>>,
    #[serde(deserialize_with = "given")]
    current: Option<Option<Number>>,
    #[serde(deserialize_with = "given")]
    limit: Option<Option<Number>>,
    closed: Option<bool>,
    pub(super) webhook: bool,
}

/// Tells a null from an absent member.
pub(super) fn given<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

impl AccountDraft {
    pub(super) fn open(self, rng: &mut fastrand::Rng) -> Account {
        let id = self
            .account_id
            .clone()
            .unwrap_or_else(|| identifier(rng, 37));
        let mut account = Account {
            account_id: id,
            balances: Balances {
                available: Some(lexeme::zero()),
                current: Some(lexeme::zero()),
                limit: None,
                iso_currency_code: USD.iso(),
                unofficial_currency_code: None,
                margin_loan_amount: None,
            },
            holder_category: "personal",
            mask: Some(format!("{:04}", rng.u16(..10_000))),
            name: "New Account".to_owned(),
            official_name: None,
            kind: "depository".to_owned(),
            subtype: Some("checking".to_owned()),
            currency: USD,
            closed: false,
        };
        self.apply(&mut account);
        account
    }

    pub(super) fn apply(self, account: &mut Account) {
        if let Some(name) = self.name {
            account.name = name;
        }
        if let Some(kind) = self.kind {
            account.kind = kind;
        }
        if let Some(closed) = self.closed {
            account.closed = closed;
        }
        for (place, value) in [
            (&mut account.official_name, self.official_name),
            (&mut account.mask, self.mask),
            (&mut account.subtype, self.subtype),
        ] {
            if value.is_some() {
                *place = value;
            }
        }
        let balances = &mut account.balances;
        if self.iso_currency_code.is_some() || self.unofficial_currency_code.is_some() {
            balances.iso_currency_code = self.iso_currency_code;
            balances.unofficial_currency_code = self.unofficial_currency_code;
        }
        for (place, value) in [
            (&mut balances.available, self.available),
            (&mut balances.current, self.current),
            (&mut balances.limit, self.limit),
        ] {
            if let Some(value) = value {
                *place = value;
            }
        }
    }
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    options: Options,
}

#[derive(Default, Deserialize)]
struct Options {
    account_ids: Option<Vec<String>>,
}

/// `/accounts/get`, and `/accounts/balance/get`, which differs in what it costs the bank.
pub(super) fn get(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    let asked: Asked = call.read()?;
    let item = call.item()?;
    let accounts = chosen(item, asked.options.account_ids.as_deref())?;
    Ok(Reply::new()
        .member("accounts", &accounts)
        .member("item", &item.describe()))
}

/// The open accounts, or those asked for; an id that is not there fails the call.
pub(super) fn chosen<'a>(
    item: &'a Item,
    ids: Option<&[String]>,
) -> Result<Vec<&'a Account>, PlaidError> {
    let Some(ids) = ids else {
        return Ok(item.open_accounts().collect());
    };
    ids.iter()
        .map(|id| {
            item.open_accounts()
                .find(|account| account.account_id == *id)
                .ok_or_else(|| PlaidError::of("INVALID_ACCOUNT_ID"))
        })
        .collect()
}
