//! The calls that only Plaid's sandbox has.

use jiff::civil::Date;
use serde::Deserialize;

use super::errors::PlaidError;
use super::lexeme::Number;
use super::transaction::Transaction;
use super::{Call, Reply, webhooks};
use crate::seed::identifier;

const MOST_AT_ONCE: usize = 10;

/// `/sandbox/item/fire_webhook`.
pub(super) fn fire_webhook(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    #[derive(Deserialize)]
    struct Fire {
        webhook_type: Option<String>,
        webhook_code: String,
    }
    let asked: Fire = call.read()?;
    let (item, outbox) = call.any_item()?;
    if item.webhook.as_deref().unwrap_or_default().is_empty() {
        return Err(PlaidError::of("SANDBOX_WEBHOOK_INVALID"));
    }
    let code = &asked.webhook_code;
    let body = webhooks::of_code(item, asked.webhook_type.as_deref(), code)
        .ok_or_else(|| PlaidError::of("SANDBOX_PRODUCT_NOT_ENABLED"))?;
    item.fire(code, &body, outbox);
    Ok(Reply::new().member("webhook_fired", &true))
}

/// `/sandbox/item/reset_login`.
pub(super) fn reset_login(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    let (item, outbox) = call.any_item()?;
    item.break_with(PlaidError::of("ITEM_LOGIN_REQUIRED"), outbox);
    Ok(Reply::new().member("reset_login", &true))
}

#[derive(Deserialize)]
struct Create {
    transactions: Vec<New>,
}

#[derive(Deserialize)]
struct New {
    date_transacted: Date,
    date_posted: Date,
    amount: Number,
    description: String,
    iso_currency_code: Option<String>,
}

/// `/sandbox/transactions/create`: for the one test user that Plaid allows it for.
pub(super) fn create_transactions(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    let Create { transactions } = call.read()?;
    let today = call.bank.settings.today;
    let (item, outbox) = call.item_and_outbox()?;
    if item.username != "user_transactions_dynamic" {
        return Err(PlaidError::field(
            "this endpoint can only be used with Items created with the user_transactions_dynamic test user",
        ));
    }
    if transactions.len() > MOST_AT_ONCE {
        return Err(PlaidError::field(
            "transactions must have at most 10 elements",
        ));
    }
    let account = item
        .open_accounts()
        .find(|account| account.kind == "depository")
        .cloned()
        .ok_or_else(|| PlaidError::of("NO_ACCOUNTS"))?;
    for new in transactions {
        if new.date_posted < new.date_transacted {
            return Err(PlaidError::field(
                "date_posted must not be before date_transacted",
            ));
        }
        let id = identifier(&mut item.rng, 37);
        let pending = new.date_posted > today;
        let date = if pending {
            new.date_transacted
        } else {
            new.date_posted
        };
        let iso = new.iso_currency_code;
        let row = Transaction {
            amount: new.amount,
            authorized_date: Some(new.date_transacted),
            iso_currency_code: iso.or(account.balances.iso_currency_code.clone()),
            original_description: Some(new.description.clone()),
            name: new.description,
            pending,
            ..Transaction::bare(id, account.account_id.clone(), date)
        };
        // The id is our own and fresh.
        let _ = item.ledger.add(&row);
    }
    item.announce_updates(outbox);
    Ok(Reply::new())
}
