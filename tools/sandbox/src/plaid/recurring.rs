//! `/transactions/refresh` and `/transactions/recurring/get`.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::accounts::{Account, chosen};
use super::currency::Currency;
use super::errors::PlaidError;
use super::history::everyday;
use super::item::Item;
use super::lexeme::{self, Number};
use super::transaction::{Category, Transaction};
use super::{Call, Reply};
use crate::seed::{generator, identifier};

/// A stream is a payee that came back at least so often.
const LEAST: usize = 3;
/// Rows that a refresh brings for the user to whom something happens.
const NEW_ROWS: usize = 3;

/// `/transactions/refresh`: for `user_transactions_dynamic` pending rows post and new ones come.
pub(super) fn refresh(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    let today = call.bank.settings.today;
    let (item, outbox) = call.item_and_outbox()?;
    item.require("transactions")?;
    item.last_update = Some(Timestamp::now());
    if item.username != "user_transactions_dynamic" {
        return Ok(Reply::new());
    }
    let pending: Vec<String> = item
        .ledger
        .standing()
        .filter(|record| record.pending)
        .map(|record| record.id.clone())
        .collect();
    for id in pending {
        if let Ok(row) = item.ledger.pending(&id) {
            let _ = post(item, &row);
        }
    }
    let accounts: Vec<Account> = item.open_accounts().cloned().collect();
    let accounts: Vec<&Account> = accounts
        .iter()
        .filter(|account| account.has_transactions())
        .collect();
    for _ in 0..NEW_ROWS {
        let mut row = everyday(&mut item.rng, &accounts, today);
        row.pending = true;
        let _ = item.ledger.add(&row);
    }
    item.announce_updates(outbox);
    Ok(Reply::new())
}

/// The pending row goes, and one that names it comes; gives the id of the new one.
pub(super) fn post(
    item: &mut Item,
    pending: &Transaction,
) -> Result<String, super::ledger::BadChange> {
    let id = identifier(&mut item.rng, 37);
    let posted = Transaction {
        pending: false,
        pending_transaction_id: Some(pending.transaction_id.clone()),
        transaction_id: id.clone(),
        ..pending.clone()
    };
    item.ledger.remove(&pending.transaction_id)?;
    item.ledger.add(&posted)?;
    Ok(id)
}

#[derive(Serialize)]
struct Stream {
    account_id: String,
    stream_id: String,
    category: Option<Vec<String>>,
    category_id: Option<String>,
    description: String,
    merchant_name: Option<String>,
    first_date: jiff::civil::Date,
    last_date: jiff::civil::Date,
    predicted_next_date: jiff::civil::Date,
    frequency: &'static str,
    transaction_ids: Vec<String>,
    average_amount: Amount,
    last_amount: Amount,
    is_active: bool,
    status: &'static str,
    personal_finance_category: Option<Category>,
    is_user_modified: bool,
}

#[derive(Serialize)]
struct Amount {
    amount: Number,
    iso_currency_code: Option<String>,
    unofficial_currency_code: Option<String>,
}

pub(super) fn get(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    #[derive(Deserialize)]
    struct Get {
        account_ids: Option<Vec<String>>,
    }
    let Get { account_ids } = call.read()?;
    let item = call.item()?;
    item.require("transactions")?;
    let accounts: Vec<String> = chosen(item, account_ids.as_deref())?
        .into_iter()
        .map(|account| account.account_id.clone())
        .collect();
    let mut payees: BTreeMap<(String, String), Vec<Transaction>> = BTreeMap::new();
    for record in item.ledger.standing() {
        if accounts.contains(&record.account_id) && !record.pending {
            let row = Transaction::from_record(record);
            let payee = (row.account_id.clone(), row.name.clone());
            payees.entry(payee).or_default().push(row);
        }
    }
    let (mut inflow, mut outflow) = (Vec::new(), Vec::new());
    for rows in payees.into_values() {
        if let Some(stream) = stream(rows) {
            if stream.last_amount.amount.get().starts_with('-') {
                inflow.push(stream);
            } else {
                outflow.push(stream);
            }
        }
    }
    Ok(Reply::new()
        .member("inflow_streams", &inflow)
        .member("outflow_streams", &outflow)
        .member("updated_datetime", &Timestamp::now()))
}

/// A stream, if the rows come back in a rhythm.
fn stream(mut rows: Vec<Transaction>) -> Option<Stream> {
    rows.sort_by_key(|row| row.date);
    let (first, last) = (rows.first()?, rows.last()?);
    if rows.len() < LEAST {
        return None;
    }
    let mut gaps = rows
        .iter()
        .zip(rows.iter().skip(1))
        .map(|(row, next)| (next.date - row.date).get_days());
    let (frequency, step) = match gaps.next()? {
        14 if gaps.all(|gap| gap == 14) => ("BIWEEKLY", 14.days()),
        28..=31 if gaps.all(|gap| (28..=31).contains(&gap)) => ("MONTHLY", 1.month()),
        _ => return None,
    };
    let code = last
        .iso_currency_code
        .as_deref()
        .or(last.unofficial_currency_code.as_deref());
    let scale = Currency::scale_of(code.unwrap_or_default());
    let total: i64 = rows
        .iter()
        .filter_map(|row| lexeme::minor_units(&row.amount, scale))
        .sum();
    let average = total / i64::try_from(rows.len()).ok()?;
    let of = |amount: Number| Amount {
        amount,
        iso_currency_code: last.iso_currency_code.clone(),
        unofficial_currency_code: last.unofficial_currency_code.clone(),
    };
    let mut ids = generator(0, (&last.account_id, &last.name));
    Some(Stream {
        account_id: last.account_id.clone(),
        stream_id: identifier(&mut ids, 37),
        category: None,
        category_id: None,
        description: last.name.clone(),
        merchant_name: last.merchant_name.clone(),
        first_date: first.date,
        last_date: last.date,
        predicted_next_date: last.date.saturating_add(step),
        frequency,
        transaction_ids: rows.iter().map(|row| row.transaction_id.clone()).collect(),
        average_amount: of(lexeme::number(average, scale)),
        last_amount: of(last.amount.clone()),
        is_active: true,
        status: "MATURE",
        personal_finance_category: last.personal_finance_category.clone(),
        is_user_modified: false,
    })
}
