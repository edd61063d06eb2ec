//! What a page of changes holds.

use money::{MinorUnits, MoneyError};
use plaid::{
    CategoryConfidence, CivilDate, PaymentChannel, TransactionsSync, TransactionsSyncReply,
    UpdateStatus, read_reply,
};
use proptest::prelude::*;

fn transaction(amount: &str, iso: &str, unofficial: &str) -> String {
    format!(
        r#"{{"account_id":"acc","account_owner":null,"amount":{amount},"iso_currency_code":{iso},
        "unofficial_currency_code":{unofficial},"date":"2026-02-28","authorized_date":"2026-02-27",
        "datetime":null,"authorized_datetime":null,"name":"Caf\u00e9 \"Ünal\"","merchant_name":"Unal",
        "original_description":null,"pending":true,"pending_transaction_id":null,
        "payment_channel":"in store","personal_finance_category":{{"primary":"FOOD_AND_DRINK",
        "detailed":"FOOD_AND_DRINK_COFFEE","confidence_level":"VERY_HIGH"}},"transaction_id":"txn",
        "transaction_code":null,"location":{{"lat":1.0}},"payment_meta":{{}}}}"#
    )
}

fn page(added: &str) -> String {
    format!(
        r#"{{"accounts":[],"added":[{added}],"modified":[],
        "removed":[{{"transaction_id":"gone","account_id":"acc"}}],"next_cursor":"cursor",
        "has_more":true,"request_id":"r","transactions_update_status":"HISTORICAL_UPDATE_COMPLETE"}}"#
    )
}

fn read(body: &str) -> TransactionsSyncReply<'_> {
    read_reply::<TransactionsSync<'_>>(200, body.as_bytes()).expect("a readable page")
}

fn amount(lexeme: &str, iso: &str, unofficial: &str) -> Result<(i64, String, u8), MoneyError> {
    let body = page(&transaction(lexeme, iso, unofficial));
    let money = read(&body).added[0].amount()?;
    let MinorUnits(units) = money.minor_units();
    Ok((units, money.currency().code().to_owned(), money.scale()))
}

#[test]
fn a_transaction_keeps_what_a_person_would_want() {
    let body = page(&transaction("-12.34", "\"USD\"", "null"));
    let page = read(&body);
    let txn = &page.added[0];
    assert_eq!(txn.account_id, "acc");
    assert_eq!(txn.transaction_id, "txn");
    assert_eq!(txn.pending_transaction_id, None);
    assert_eq!(txn.date.as_str(), "2026-02-28");
    assert_eq!(txn.date.month(), "2026-02");
    assert_eq!(
        txn.authorized_date.map(|date| date.to_string()),
        Some("2026-02-27".to_owned())
    );
    assert_eq!(txn.datetime, None);
    assert_eq!(txn.name, "Café \"Ünal\"");
    assert_eq!(txn.merchant_name.as_deref(), Some("Unal"));
    assert_eq!(txn.original_description, None);
    assert!(txn.pending);
    assert_eq!(txn.payment_channel, PaymentChannel::InStore);
    let category = txn.personal_finance_category.as_ref().expect("a category");
    assert_eq!(category.primary, "FOOD_AND_DRINK");
    assert_eq!(category.detailed, "FOOD_AND_DRINK_COFFEE");
    assert_eq!(
        category.confidence_level,
        Some(CategoryConfidence::VeryHigh)
    );
    assert_eq!(page.removed[0].transaction_id, "gone");
    assert_eq!(page.cursor(), Some("cursor"));
    assert!(page.has_more);
    assert_eq!(
        page.transactions_update_status,
        UpdateStatus::HistoricalUpdateComplete
    );
}

#[test]
fn text_is_copied_only_where_an_escape_makes_it_differ() {
    let body = page(&transaction("1", "\"USD\"", "null"));
    let page = read(&body);
    let txn = &page.added[0];
    assert!(!txn.name.is_borrowed());
    assert!(txn.transaction_id.is_borrowed());
    assert!(
        txn.merchant_name
            .as_ref()
            .is_some_and(plaid::Text::is_borrowed)
    );
    let category = txn.personal_finance_category.as_ref().expect("a category");
    assert!(category.detailed.is_borrowed());
    assert!(page.removed[0].transaction_id.is_borrowed());
}

#[test]
fn an_amount_is_read_from_its_characters() {
    for (lexeme, iso, unofficial, expected) in [
        ("-12.34", "\"USD\"", "null", (-1234, "USD", 2)),
        ("1e3", "\"USD\"", "null", (100_000, "USD", 2)),
        ("2307.21", "\"USD\"", "null", (230_721, "USD", 2)),
        ("0.1", "\"KWD\"", "null", (100, "KWD", 3)),
        (
            "90071992547409.93",
            "\"USD\"",
            "null",
            (9_007_199_254_740_993, "USD", 2),
        ),
        ("0.00012345", "null", "\"BTC\"", (12_345, "BTC", 8)),
        (
            "0.123456789012",
            "null",
            "\"ETH\"",
            (123_456_789_012, "ETH", 12),
        ),
        ("5", "null", "null", (500, "XXX", 2)),
        ("5", "\"ZZZ\"", "null", (500_000_000, "ZZZ", 8)),
    ] {
        let (units, code, scale) = expected;
        assert_eq!(
            amount(lexeme, iso, unofficial),
            Ok((units, code.to_owned(), scale)),
            "{lexeme}"
        );
    }
}

#[test]
fn an_amount_that_cannot_be_held_says_so_and_leaves_the_page_readable() {
    for (lexeme, expected) in [
        ("1e30", MoneyError::Overflow),
        ("1e-30", MoneyError::TooManyDecimals),
        ("\"12.34\"", MoneyError::NotANumber),
        ("null", MoneyError::NotANumber),
        ("{}", MoneyError::NotANumber),
    ] {
        assert_eq!(amount(lexeme, "\"USD\"", "null"), Err(expected), "{lexeme}");
    }
    assert_eq!(
        amount("1", "null", "\"ein Taler\""),
        Err(MoneyError::InvalidCurrency)
    );
}

#[test]
fn an_empty_cursor_is_none() {
    let body = page("").replace("\"next_cursor\":\"cursor\"", "\"next_cursor\":\"\"");
    assert_eq!(read(&body).cursor(), None);
}

#[test]
fn a_date_is_a_day_of_the_calendar() {
    for date in [
        "2024-02-29",
        "2000-02-29",
        "2026-12-31",
        "0001-01-01",
        "9999-12-31",
    ] {
        assert_eq!(
            CivilDate::parse(date).map(|date| date.to_string()),
            Ok(date.to_owned())
        );
    }
    for date in [
        "2023-02-29",
        "1900-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-01-00",
        "2026-04-31",
        "2026-1-1",
        "26-01-01",
        "2026/01/01",
        "2026-01-01T00:00:00Z",
        "+026-01-01",
        "2026-01-1 ",
        "",
        "２０２６-01-01",
    ] {
        assert!(CivilDate::parse(date).is_err(), "{date}");
    }
}

#[test]
fn a_date_that_does_not_exist_makes_the_page_unreadable() {
    let body = page(&transaction("1", "\"USD\"", "null")).replace("2026-02-28", "2026-02-30");
    assert!(read_reply::<TransactionsSync<'_>>(200, body.as_bytes()).is_err());
}

proptest! {
    #[test]
    fn dates_are_ordered_as_their_text(left in "[0-9]{4}-[01][0-9]-[0-3][0-9]", right in "[0-9]{4}-[01][0-9]-[0-3][0-9]") {
        if let (Ok(earlier), Ok(later)) = (CivilDate::parse(&left), CivilDate::parse(&right)) {
            prop_assert_eq!(earlier.cmp(&later), left.cmp(&right));
            prop_assert_eq!(earlier.to_string(), left);
        }
    }

    #[test]
    fn any_name_and_amount_come_through(name in "\\PC{0,40}", units in any::<i64>(), scale in 0_u32..6) {
        let sign = if units < 0 { "-" } else { "" };
        let magnitude = units.unsigned_abs();
        let divisor = 10_u64.pow(scale);
        let lexeme = if scale == 0 {
            format!("{sign}{magnitude}")
        } else {
            format!("{sign}{}.{:0width$}", magnitude / divisor, magnitude % divisor, width = scale as usize)
        };
        let quoted = serde_json::to_string(&name).expect("text");
        let body = page(&transaction(&lexeme, "null", "\"BTC\""))
            .replace("\"Unal\"", &quoted);
        let page = read(&body);
        prop_assert_eq!(page.added[0].merchant_name.as_deref(), Some(name.as_str()));
        if let Ok(money) = page.added[0].amount() {
            let power = 10_i128.pow(8 - scale);
            prop_assert_eq!(i128::from(money.minor_units().0), i128::from(units) * power);
        }
    }
}
