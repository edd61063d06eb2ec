//! What is held, and live balances.

use money::MoneyError;
use plaid::{
    AccountsBalanceGet, CallError, Decimal, HoldingsGet, HoldingsReply, MAX_REPLY_BYTES, read_reply,
};
use serde_json::{Value, json};

fn reply() -> Value {
    json!({
        "accounts": [{
            "account_id": "acc", "mask": "1234", "name": "Brokerage", "official_name": null,
            "type": "investment", "subtype": "brokerage",
            "balances": {"available": null, "current": 110.5, "limit": null,
                "iso_currency_code": "USD", "unofficial_currency_code": null},
        }],
        "holdings": [{
            "account_id": "acc", "security_id": "sec", "quantity": 1, "institution_price": 1,
            "institution_price_as_of": "2026-02-27", "institution_value": 1, "cost_basis": 1,
            "iso_currency_code": "USD", "unofficial_currency_code": null,
        }],
        "securities": [{
            "security_id": "sec", "name": "A fund", "ticker_symbol": "FUND", "type": "mutual fund",
            "isin": "US5771308344", "cusip": null, "close_price": 27, "close_price_as_of": "2026-02-26",
            "iso_currency_code": "USD", "unofficial_currency_code": null,
        }],
        "item": {"what": "is not read here"},
        "request_id": "r",
    })
}

/// The reply with one member of its holding as these characters.
fn holding_with(member: &str, lexeme: &str) -> String {
    let mut reply = reply();
    reply["holdings"][0][member] = json!("HERE");
    reply.to_string().replace("\"HERE\"", lexeme)
}

fn read(body: &str) -> HoldingsReply<'_> {
    read_reply::<HoldingsGet<'_>>(200, body.as_bytes()).expect("readable")
}

fn unreadable(reply: &Value) -> bool {
    let body = reply.to_string();
    let answer = read_reply::<HoldingsGet<'_>>(200, body.as_bytes()).err();
    matches!(answer, Some(CallError::UnreadableReply { .. }))
}

fn text(decimal: Option<Decimal>) -> Option<String> {
    decimal.map(|decimal| decimal.to_string())
}

fn value(lexeme: &str) -> Result<Option<(i64, u8)>, MoneyError> {
    let body = holding_with("institution_value", lexeme);
    let value = read(&body).holdings[0].value()?;
    Ok(value.map(|money| (money.minor_units().0, money.scale())))
}

#[test]
fn a_holding_says_how_much_of_what_and_where() {
    let body = reply().to_string();
    let reply = read(&body);
    assert_eq!(reply.accounts[0].account_id, "acc");
    let holding = &reply.holdings[0];
    assert_eq!(holding.account_id, "acc");
    assert_eq!(holding.security_id, "sec");
    assert_eq!(
        holding.institution_price_as_of.map(|day| day.to_string()),
        Some("2026-02-27".to_owned())
    );
    assert_eq!(holding.currency().expect("a currency").code(), "USD");

    let security = &reply.securities[0];
    assert_eq!(security.security_id, "sec");
    assert_eq!(security.name.as_deref(), Some("A fund"));
    assert_eq!(security.ticker_symbol.as_deref(), Some("FUND"));
    assert_eq!(security.security_type.as_deref(), Some("mutual fund"));
    assert_eq!(security.isin.as_deref(), Some("US5771308344"));
    assert_eq!(
        security.close_price_as_of.map(|day| day.to_string()),
        Some("2026-02-26".to_owned())
    );
    assert_eq!(text(security.close_price()).as_deref(), Some("27"));
    assert_eq!(security.currency().expect("a currency").code(), "USD");
}

#[test]
fn quantity_and_price_are_the_characters_that_were_sent() {
    for (lexeme, expected) in [
        ("23.567", Some("23.567")),
        ("0.177494362", Some("0.177494362")),
        ("100.050", Some("100.050")),
        ("-4", Some("-4")),
        ("1e-8", Some("0.00000001")),
        (
            "123456789012345678901234567890.123",
            Some("123456789012345678901234567890.123"),
        ),
        ("1e100", None),
        ("11111111111111111111111111111111111111111", None),
        ("null", None),
        ("\"12\"", None),
        ("[12]", None),
    ] {
        let body = holding_with("quantity", lexeme);
        assert_eq!(
            text(read(&body).holdings[0].quantity()).as_deref(),
            expected,
            "{lexeme}"
        );
        let body = holding_with("institution_price", lexeme);
        assert_eq!(
            text(read(&body).holdings[0].price()).as_deref(),
            expected,
            "{lexeme}"
        );
    }
}

#[test]
fn a_value_finer_than_the_currency_keeps_every_digit() {
    assert_eq!(value("20.84"), Ok(Some((2084, 2))));
    assert_eq!(value("636.309"), Ok(Some((636_309, 3))));
    assert_eq!(value("1373.6865"), Ok(Some((13_736_865, 4))));
    assert_eq!(value("-1.5e3"), Ok(Some((-150_000, 2))));
    assert_eq!(
        value("90071992547409.93"),
        Ok(Some((9_007_199_254_740_993, 2)))
    );
    assert_eq!(value("null"), Ok(None));
}

#[test]
fn a_value_that_cannot_be_held_says_so_and_leaves_the_rest_readable() {
    for (lexeme, expected) in [
        ("1e30", MoneyError::Overflow),
        ("1e-30", MoneyError::TooManyDecimals),
        ("\"1\"", MoneyError::NotANumber),
        ("{}", MoneyError::NotANumber),
    ] {
        assert_eq!(value(lexeme), Err(expected), "{lexeme}");
        let body = holding_with("institution_value", lexeme);
        assert_eq!(
            text(read(&body).holdings[0].quantity()).as_deref(),
            Some("1")
        );
    }
}

#[test]
fn what_was_paid_may_be_unknown_and_is_then_not_zero() {
    let body = holding_with("cost_basis", "null");
    assert_eq!(read(&body).holdings[0].cost_basis(), Ok(None));
    let body = holding_with("cost_basis", "0");
    let paid = read(&body).holdings[0].cost_basis().expect("readable");
    assert_eq!(paid.map(|money| money.minor_units().0), Some(0));
}

#[test]
fn a_coin_has_its_own_currency_and_no_currency_is_none() {
    let mut reply = reply();
    for part in ["holdings", "securities"] {
        reply[part][0]["iso_currency_code"] = Value::Null;
        reply[part][0]["unofficial_currency_code"] = json!("BTC");
    }
    let body = reply.to_string();
    let read_back = read(&body);
    assert_eq!(read_back.holdings[0].currency().expect("BTC").code(), "BTC");
    assert_eq!(
        read_back.securities[0].currency().expect("BTC").code(),
        "BTC"
    );

    reply["holdings"][0]["unofficial_currency_code"] = Value::Null;
    reply["securities"][0]["unofficial_currency_code"] = json!("ein Taler");
    let body = reply.to_string();
    let read_back = read(&body);
    assert_eq!(
        read_back.holdings[0].currency().expect("none").code(),
        "XXX"
    );
    assert_eq!(
        read_back.securities[0].currency(),
        Err(MoneyError::InvalidCurrency)
    );
}

#[test]
fn a_security_of_which_little_is_known_is_readable() {
    let mut reply = reply();
    reply["securities"] =
        json!([{"security_id": "sec", "type": "a kind of a later date", "new": {}}]);
    let body = reply.to_string();
    let security = &read(&body).securities[0];
    assert_eq!(
        security.security_type.as_deref(),
        Some("a kind of a later date")
    );
    assert_eq!(security.name, None);
    assert_eq!(security.ticker_symbol, None);
    assert_eq!(security.isin, None);
    assert_eq!(security.close_price_as_of, None);
    assert_eq!(text(security.close_price()), None);
}

#[test]
fn holdings_without_what_ties_them_together_are_unreadable() {
    for (list, member) in [
        ("accounts", "account_id"),
        ("accounts", "balances"),
        ("holdings", "account_id"),
        ("holdings", "security_id"),
        ("securities", "security_id"),
    ] {
        for missing in [None, Some(Value::Null), Some(json!(7))] {
            let mut reply = reply();
            let entry = reply[list][0].as_object_mut().expect("an object");
            entry.remove(member);
            if let Some(value) = missing {
                entry.insert(member.to_owned(), value);
            }
            assert!(unreadable(&reply), "{list}.{member}");
        }
        let mut reply = reply();
        reply.as_object_mut().expect("an object").remove(list);
        assert!(unreadable(&reply), "{list}");
    }
}

#[test]
fn a_day_that_does_not_exist_makes_holdings_unreadable() {
    let mut reply = reply();
    reply["holdings"][0]["institution_price_as_of"] = json!("2026-02-30");
    assert!(unreadable(&reply));
}

#[test]
fn holdings_over_the_limit_are_not_read() {
    let body = vec![b' '; MAX_REPLY_BYTES + 1];
    let answer = read_reply::<HoldingsGet<'_>>(200, &body).err();
    assert_eq!(answer, Some(CallError::TooLarge));
}

#[test]
fn live_balances_are_read_as_cached_ones_are() {
    let mut reply = reply();
    reply["item"] = json!({"item_id": "item", "webhook": null, "error": null,
        "billed_products": [], "consent_expiration_time": null, "update_type": "background"});
    let body = reply.to_string();
    let reply = read_reply::<AccountsBalanceGet<'_>>(200, body.as_bytes()).expect("readable");
    let balances = &reply.accounts[0].balances;
    let current = balances.current().expect("readable").expect("known");
    assert_eq!((current.minor_units().0, current.scale()), (11_050, 2));
    assert_eq!(balances.available(), Ok(None));
    assert_eq!(reply.item.item_id, "item");
}
