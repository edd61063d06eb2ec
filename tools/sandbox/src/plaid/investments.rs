//! `/investments/holdings/get` and `/investments/transactions/get`: a small portfolio in each
//! investment account, the same every time.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::{Account, chosen};
use super::errors::PlaidError;
use super::item::Item;
use super::{Call, Reply};
use crate::seed::{generator, identifier};

/// Ticker, name, type, price in cents, quantity in hundredths.
type Position = (Option<&'static str>, &'static str, &'static str, i64, i64);

const POSITIONS: [Position; 5] = [
    (
        Some("VTI"),
        "Vanguard Total Stock Market ETF",
        "etf",
        29_412,
        1_250,
    ),
    (
        Some("BND"),
        "Vanguard Total Bond Market ETF",
        "etf",
        7_318,
        4_000,
    ),
    (Some("MSFT"), "Microsoft Corp.", "equity", 42_706, 310),
    (
        Some("CAMYX"),
        "Cambiar International Equity Investor",
        "mutual fund",
        2_451,
        7_725,
    ),
    (None, "U S Dollar", "cash", 100, 51_239),
];
/// Purchases that each account has behind it, one a month.
const PURCHASES: i64 = 24;
const DEFAULT_COUNT: usize = 100;

#[derive(Deserialize)]
struct Asked {
    start_date: Option<Date>,
    end_date: Option<Date>,
    #[serde(default)]
    options: Options,
}

#[derive(Default, Deserialize)]
struct Options {
    account_ids: Option<Vec<String>>,
    count: Option<usize>,
    offset: Option<usize>,
}

pub(super) fn holdings(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    let asked: Asked = call.read()?;
    let today = call.bank.settings.today;
    let item = call.item()?;
    item.require("investments")?;
    let accounts = investment_accounts(item, &asked)?;
    let holdings: Vec<Value> = accounts
        .iter()
        .flat_map(|account| {
            POSITIONS.iter().map(|position| {
                let (.., price, quantity) = *position;
                json!({
                    "account_id": account.account_id,
                    "security_id": security_id(item, position),
                    "institution_price": dollars(price),
                    "institution_price_as_of": today,
                    "institution_price_datetime": null,
                    "institution_value": dollars(price * quantity / 100),
                    "cost_basis": dollars(price * quantity / 125),
                    "quantity": dollars(quantity),
                    "iso_currency_code": "USD",
                    "unofficial_currency_code": null,
                    "vested_quantity": null,
                    "vested_value": null,
                })
            })
        })
        .collect();
    Ok(Reply::new()
        .member("accounts", &accounts)
        .member_or("holdings", item.wealth.holdings.as_deref(), &holdings)
        .member_or(
            "securities",
            item.wealth.securities.as_deref(),
            &securities(item, today),
        )
        .member("item", &item.describe())
        .member("is_investments_fallback_item", &false))
}

pub(super) fn transactions(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    let asked: Asked = call.read()?;
    let today = call.bank.settings.today;
    let item = call.item()?;
    item.require("investments")?;
    let (Some(start), Some(end)) = (asked.start_date, asked.end_date) else {
        return Err(PlaidError::of("MISSING_FIELDS"));
    };
    if end < start {
        return Err(PlaidError::field("end_date must not be before start_date"));
    }
    let accounts = investment_accounts(item, &asked)?;
    let mut rows: Vec<(Date, Value)> = accounts
        .iter()
        .flat_map(|account| purchases(item, account, today))
        .filter(|(date, _)| (start..=end).contains(date))
        .collect();
    rows.sort_by(|(one, _), (other, _)| other.cmp(one));
    let total = rows.len();
    let page: Vec<Value> = rows
        .into_iter()
        .map(|(_, row)| row)
        .skip(asked.options.offset.unwrap_or(0))
        .take(asked.options.count.unwrap_or(DEFAULT_COUNT))
        .collect();
    Ok(Reply::new()
        .member("item", &item.describe())
        .member("accounts", &accounts)
        .member("securities", &securities(item, today))
        .member("investment_transactions", &page)
        .member("total_investment_transactions", &total)
        .member("is_investments_fallback_item", &false))
}

/// The investment accounts asked for, whose balances also say what was borrowed on margin.
fn investment_accounts(item: &Item, asked: &Asked) -> Result<Vec<Account>, PlaidError> {
    let mut accounts: Vec<Account> = chosen(item, asked.options.account_ids.as_deref())?
        .into_iter()
        .filter(|account| account.kind == "investment")
        .cloned()
        .collect();
    if accounts.is_empty() {
        return Err(PlaidError::of("NO_INVESTMENT_ACCOUNTS"));
    }
    for account in &mut accounts {
        account.balances.margin_loan_amount = Some(None);
    }
    Ok(accounts)
}

fn purchases(item: &Item, account: &Account, today: Date) -> Vec<(Date, Value)> {
    let mut ids = generator(0, (&account.account_id, "purchases"));
    (0..PURCHASES)
        .zip(POSITIONS.iter().cycle())
        .map(|(month, position)| {
            let date = today.first_of_month().saturating_sub(month.months());
            let (_, name, _, price, quantity) = *position;
            let row = json!({
                "investment_transaction_id": identifier(&mut ids, 37),
                "account_id": account.account_id,
                "security_id": security_id(item, position),
                "date": date,
                "name": format!("BUY {name}"),
                "quantity": dollars(quantity / 10),
                "amount": dollars(price * quantity / 1_000),
                "price": dollars(price),
                "fees": 0,
                "type": "buy",
                "subtype": "buy",
                "iso_currency_code": "USD",
                "unofficial_currency_code": null,
            });
            (date, row)
        })
        .collect()
}

fn securities(item: &Item, today: Date) -> Vec<Value> {
    POSITIONS
        .iter()
        .map(|position| {
            let (ticker, name, kind, price, _) = *position;
            json!({
                "security_id": security_id(item, position),
                "isin": null,
                "cusip": null,
                "sedol": null,
                "institution_security_id": null,
                "institution_id": null,
                "proxy_security_id": null,
                "name": name,
                "ticker_symbol": ticker,
                "is_cash_equivalent": kind == "cash",
                "type": kind,
                "close_price": dollars(price),
                "close_price_as_of": today,
                "update_datetime": null,
                "iso_currency_code": "USD",
                "unofficial_currency_code": null,
                "market_identifier_code": null,
                "sector": null,
                "industry": null,
                "cfi_code": null,
                "option_contract": null,
                "fixed_income": null,
            })
        })
        .collect()
}

fn security_id(item: &Item, (_, name, ..): &Position) -> String {
    identifier(&mut generator(0, (&item.id, name)), 37)
}

/// Hundredths as a number; these sums are small enough for a float to hold them exactly as written.
fn dollars(hundredths: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let whole = hundredths as f64;
    whole / 100.0
}
