//! Public tokens: made in the sandbox without Link, exchanged for access tokens once and in time.

use fastrand::Rng;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use super::accounts::{Account, AccountDraft};
use super::bank::{Bank, Custom, Opening};
use super::errors::PlaidError;
use super::institutions;
use super::item::Stage;
use super::lexeme::Number;
use super::transaction::Transaction;
use super::webhooks;
use super::{Call, Reply};
use crate::seed::identifier;

/// Plaid's default is 90; the stand-in gives the two years that Balance asks for in Link.
const DEFAULT_DAYS: i32 = 730;
const KNOWN_USERS: [&str; 3] = ["user_good", "user_transactions_dynamic", "user_custom"];

#[derive(Deserialize)]
struct Create {
    institution_id: String,
    initial_products: Vec<String>,
    #[serde(default)]
    options: Options,
}

#[derive(Default, Deserialize)]
struct Options {
    webhook: Option<String>,
    override_username: Option<String>,
    override_password: Option<String>,
    transactions: Option<History>,
}

#[derive(Deserialize)]
struct History {
    days_requested: Option<i32>,
}

/// `/sandbox/public_token/create`.
pub(super) fn create(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    let asked: Create = call.read()?;
    let institution = institutions::find(&asked.institution_id)
        .ok_or_else(|| PlaidError::of("INVALID_INSTITUTION"))?;
    if asked.initial_products.is_empty() {
        return Err(PlaidError::field(
            "initial_products must be a non-empty array",
        ));
    }
    let unsupported: Vec<&String> = asked
        .initial_products
        .iter()
        .filter(|product| !institution.products.contains(&product.as_str()))
        .collect();
    if !unsupported.is_empty() {
        return Err(PlaidError::saying(
            "PRODUCTS_NOT_SUPPORTED",
            format!(
                "the following products are not supported by this institution: {unsupported:?}"
            ),
        ));
    }
    let username = asked
        .options
        .override_username
        .unwrap_or_else(|| "user_good".to_owned());
    let password = asked
        .options
        .override_password
        .unwrap_or_else(|| "pass_good".to_owned());
    let custom = log_in(&username, &password)?;
    let days = asked
        .options
        .transactions
        .and_then(|asked| asked.days_requested);
    let opening = Opening {
        products: asked.initial_products,
        webhook: asked.options.webhook,
        username,
        days: days.unwrap_or(DEFAULT_DAYS),
        custom,
        ..call.bank.opening(institution)
    };
    let item = call.bank.open_item(opening);
    Ok(Reply::new().member("public_token", &item.public_token))
}

/// Plaid's test users: some passwords make errors, and one user brings accounts of its own.
fn log_in(username: &str, password: &str) -> Result<Option<Custom>, PlaidError> {
    if let Some(code) = password.strip_prefix("error_") {
        return Err(PlaidError::of(code.to_owned()));
    }
    match username {
        "user_custom" => serde_json::from_str(password)
            .map(|user: CustomUser| -> Option<Custom> { Some(Box::new(|rng| user.fill(rng))) })
            .map_err(|problem| {
                PlaidError::saying(
                    "INVALID_CREDENTIALS",
                    format!("the custom user's configuration is not valid: {problem}"),
                )
            }),
        known if KNOWN_USERS.contains(&known) => Ok(None),
        _ => Err(PlaidError::of("INVALID_CREDENTIALS")),
    }
}

/// The configuration of `user_custom`, as <https://plaid.com/docs/sandbox/user-custom/> has it, as
/// far as it concerns accounts and transactions.
#[derive(Deserialize)]
struct CustomUser {
    override_accounts: Vec<CustomAccount>,
}

#[derive(Deserialize)]
struct CustomAccount {
    #[serde(rename = "type")]
    kind: String,
    subtype: Option<String>,
    starting_balance: Option<Number>,
    currency: Option<String>,
    #[serde(default)]
    meta: Meta,
    #[serde(default)]
    transactions: Vec<CustomTransaction>,
}

#[derive(Default, Deserialize)]
struct Meta {
    name: Option<String>,
    official_name: Option<String>,
    mask: Option<String>,
    limit: Option<Number>,
}

#[derive(Deserialize)]
struct CustomTransaction {
    date_transacted: Date,
    date_posted: Date,
    amount: Number,
    description: String,
    currency: Option<String>,
}

impl CustomUser {
    fn fill(self, rng: &mut Rng) -> (Vec<Account>, Vec<Transaction>) {
        let mut accounts = Vec::new();
        let mut rows = Vec::new();
        for custom in self.override_accounts {
            let mut account = AccountDraft::default().open(rng);
            let meta = custom.meta;
            account.name = meta.name.unwrap_or_else(|| custom.kind.clone());
            account.kind = custom.kind;
            account.subtype = custom.subtype;
            account.official_name = meta.official_name;
            account.mask = meta.mask.or(account.mask);
            account.balances.limit = meta.limit;
            account
                .balances
                .available
                .clone_from(&custom.starting_balance);
            account.balances.current = custom.starting_balance;
            if custom.currency.is_some() {
                account.balances.iso_currency_code = custom.currency;
            }
            for custom in custom.transactions {
                let id = identifier(rng, 37);
                let account_id = account.account_id.clone();
                let currency = custom.currency;
                rows.push(Transaction {
                    amount: custom.amount,
                    authorized_date: Some(custom.date_transacted),
                    iso_currency_code: currency.or(account.balances.iso_currency_code.clone()),
                    original_description: Some(custom.description.clone()),
                    name: custom.description,
                    ..Transaction::bare(id, account_id, custom.date_posted)
                });
            }
            accounts.push(account);
        }
        rows.sort_by_key(|row| row.date);
        (accounts, rows)
    }
}

/// `/item/public_token/exchange`.
pub(super) fn exchange(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    #[derive(Deserialize)]
    struct Exchange {
        public_token: String,
    }
    let Exchange { public_token } = call.read()?;
    if !public_token.starts_with("public-sandbox-") {
        return Err(PlaidError::saying(
            "INVALID_PUBLIC_TOKEN",
            "provided public token is in an invalid format. expected format: public-<environment>-<identifier>",
        ));
    }
    let access_token = call.bank.access_token();
    let Bank { items, outbox, .. } = &mut *call.bank;
    let item = items
        .iter_mut()
        .find(|item| item.public_token == public_token && item.access_token.is_none())
        .ok_or_else(|| PlaidError::of("INVALID_PUBLIC_TOKEN"))?;
    if item.public_token_expires < Timestamp::now() {
        return Err(PlaidError::saying(
            "INVALID_PUBLIC_TOKEN",
            "provided public token is expired. Public tokens expire 30 minutes after creation at which point they can no longer be exchanged",
        ));
    }
    item.access_token = Some(access_token.clone());
    // What the pull had brought before the client knew the Item is announced now.
    let count = item.ledger.standing().count();
    for (stage, code) in [
        (Stage::Initial, "INITIAL_UPDATE"),
        (Stage::Historical, "HISTORICAL_UPDATE"),
    ] {
        if item.stage >= stage {
            let update = webhooks::transactions_update(item, code, count);
            item.fire(code, &update, outbox);
        }
    }
    Ok(Reply::new()
        .member("access_token", &access_token)
        .member("item_id", &item.id))
}
