//! A transaction as Plaid's schema has it, and the draft of one that a test gives.

use bytes::Bytes;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::ledger::Record;
use super::lexeme::{self, Number};

/// The schema's `Transaction`, without what Plaid sends null for new clients.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Transaction {
    pub(super) account_id: String,
    pub(super) account_owner: Option<String>,
    pub(super) amount: Number,
    pub(super) authorized_date: Option<Date>,
    pub(super) authorized_datetime: Option<String>,
    pub(super) category: Option<Vec<String>>,
    pub(super) category_id: Option<String>,
    pub(super) check_number: Option<String>,
    pub(super) counterparties: Vec<Counterparty>,
    pub(super) date: Date,
    pub(super) datetime: Option<String>,
    pub(super) iso_currency_code: Option<String>,
    pub(super) location: Location,
    pub(super) logo_url: Option<String>,
    pub(super) merchant_entity_id: Option<String>,
    pub(super) merchant_name: Option<String>,
    pub(super) name: String,
    pub(super) payment_channel: String,
    pub(super) payment_meta: PaymentMeta,
    pub(super) pending: bool,
    pub(super) pending_transaction_id: Option<String>,
    pub(super) personal_finance_category: Option<Category>,
    pub(super) personal_finance_category_icon_url: String,
    pub(super) transaction_code: Option<String>,
    pub(super) transaction_id: String,
    pub(super) transaction_type: String,
    pub(super) unofficial_currency_code: Option<String>,
    pub(super) website: Option<String>,
    /// Only sent on request, so it is not part of the row.
    #[serde(skip)]
    pub(super) original_description: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Counterparty {
    pub(super) name: String,
    pub(super) entity_id: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) website: Option<String>,
    pub(super) logo_url: Option<String>,
    pub(super) confidence_level: String,
}

#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Location {
    pub(super) address: Option<String>,
    pub(super) city: Option<String>,
    pub(super) region: Option<String>,
    pub(super) postal_code: Option<String>,
    pub(super) country: Option<String>,
    pub(super) lat: Option<f64>,
    pub(super) lon: Option<f64>,
    pub(super) store_number: Option<String>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct PaymentMeta {
    reference_number: Option<String>,
    ppd_id: Option<String>,
    payee: Option<String>,
    by_order_of: Option<String>,
    payer: Option<String>,
    payment_method: Option<String>,
    payment_processor: Option<String>,
    reason: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Category {
    pub(super) primary: String,
    pub(super) detailed: String,
    pub(super) confidence_level: String,
}

impl Transaction {
    /// The JSON object, but for `original_description`.
    pub(super) fn row(&self) -> Bytes {
        serde_json::to_vec(self).unwrap_or_default().into()
    }

    /// Reads a row back.
    pub(super) fn from_record(record: &Record) -> Self {
        let read: Self = serde_json::from_slice(&record.row).expect("a row is one of our own");
        Self {
            original_description: record.original_description.clone(),
            ..read
        }
    }

    /// One with nothing but what must be there.
    pub(super) fn bare(transaction_id: String, account_id: String, date: Date) -> Self {
        Self {
            account_id,
            account_owner: None,
            amount: lexeme::zero(),
            authorized_date: Some(date),
            authorized_datetime: None,
            category: None,
            category_id: None,
            check_number: None,
            counterparties: Vec::new(),
            date,
            datetime: None,
            iso_currency_code: None,
            location: Location::default(),
            logo_url: None,
            merchant_entity_id: None,
            merchant_name: None,
            name: String::new(),
            payment_channel: "other".to_owned(),
            payment_meta: PaymentMeta::default(),
            pending: false,
            pending_transaction_id: None,
            personal_finance_category: None,
            personal_finance_category_icon_url: icon("OTHER"),
            transaction_code: None,
            transaction_id,
            transaction_type: "unresolved".to_owned(),
            unofficial_currency_code: None,
            website: None,
            original_description: None,
        }
    }

    #[cfg(test)]
    pub(super) fn sample(id: &str) -> Self {
        Self::bare(
            id.to_owned(),
            "account".to_owned(),
            Date::constant(2026, 1, 2),
        )
    }
}

/// Where Plaid keeps the icon of a primary category.
pub(super) fn icon(primary: &str) -> String {
    format!("https://plaid-category-icons.plaid.com/PFC_{primary}.png")
}

/// What a test says of a transaction; what it leaves out keeps its value or its default.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Draft {
    pub(super) transaction_id: Option<String>,
    pub(super) account_id: Option<String>,
    amount: Option<Box<RawValue>>,
    pub(super) date: Option<Date>,
    authorized_date: Option<Date>,
    name: Option<String>,
    merchant_name: Option<String>,
    pending: Option<bool>,
    pending_transaction_id: Option<String>,
    payment_channel: Option<String>,
    iso_currency_code: Option<String>,
    unofficial_currency_code: Option<String>,
    original_description: Option<String>,
    website: Option<String>,
    category: Option<Category>,
}

impl Draft {
    /// Of this transaction, changing nothing.
    pub(super) fn naming(transaction_id: String) -> Self {
        Self {
            transaction_id: Some(transaction_id),
            ..Self::default()
        }
    }

    /// Writes what the draft says over `transaction`.
    pub(super) fn apply(self, transaction: &mut Transaction) -> Result<(), String> {
        if let Some(amount) = self.amount {
            if !lexeme::is_number(&amount) {
                return Err(format!("amount is not a number: {amount}"));
            }
            transaction.amount = amount;
        }
        if self.unofficial_currency_code.is_some() {
            transaction.iso_currency_code = None;
        } else if self.iso_currency_code.is_some() {
            transaction.unofficial_currency_code = None;
        }
        set(&mut transaction.account_id, self.account_id);
        set(&mut transaction.date, self.date);
        set(&mut transaction.name, self.name);
        set(&mut transaction.pending, self.pending);
        set(&mut transaction.payment_channel, self.payment_channel);
        set_some(&mut transaction.authorized_date, self.authorized_date);
        set_some(&mut transaction.merchant_name, self.merchant_name);
        set_some(
            &mut transaction.pending_transaction_id,
            self.pending_transaction_id,
        );
        set_some(&mut transaction.iso_currency_code, self.iso_currency_code);
        set_some(
            &mut transaction.unofficial_currency_code,
            self.unofficial_currency_code,
        );
        set_some(
            &mut transaction.original_description,
            self.original_description,
        );
        set_some(&mut transaction.website, self.website);
        if let Some(category) = self.category {
            transaction.personal_finance_category_icon_url = icon(&category.primary);
            transaction.personal_finance_category = Some(category);
        }
        Ok(())
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn set_some<T>(place: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *place = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_stays_the_lexeme_it_was_written_as() {
        let draft: Draft = serde_json::from_str(r#"{"amount":1.10e2,"name":"Kiosk"}"#).unwrap();
        let mut transaction = Transaction::sample("t");
        draft.apply(&mut transaction).unwrap();
        let row = String::from_utf8(transaction.row().to_vec()).unwrap();
        assert!(row.contains(r#""amount":1.10e2,"#), "{row}");
    }

    #[test]
    fn an_amount_that_is_no_number_is_refused() {
        let draft: Draft = serde_json::from_str(r#"{"amount":"12"}"#).unwrap();
        assert!(draft.apply(&mut Transaction::sample("t")).is_err());
    }
}
