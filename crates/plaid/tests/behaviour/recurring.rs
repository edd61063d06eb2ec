//! Payments that come again and again.

use money::MoneyError;
use plaid::{
    CallError, CategoryConfidence, Frequency, RecurringGet, RecurringReply, StreamStatus,
    TransactionsRefresh, read_reply,
};
use serde_json::{Value, json};

fn stream() -> Value {
    json!({
        "account_id": "acc", "stream_id": "stream", "category": null, "category_id": null,
        "description": "ConEd Bill Payment", "merchant_name": "ConEd",
        "first_date": "2026-01-04", "last_date": "2026-03-02", "predicted_next_date": "2026-04-02",
        "frequency": "MONTHLY", "transaction_ids": ["one", "two"],
        "average_amount": {"amount": 85.335, "iso_currency_code": "USD", "unofficial_currency_code": null},
        "last_amount": {"amount": 100, "iso_currency_code": "USD", "unofficial_currency_code": null},
        "is_active": true, "status": "MATURE", "is_user_modified": false,
        "personal_finance_category": {"primary": "RENT_AND_UTILITIES",
            "detailed": "RENT_AND_UTILITIES_GAS_AND_ELECTRICITY", "confidence_level": "UNKNOWN"},
    })
}

fn reply(outflow: &Value) -> String {
    json!({"inflow_streams": [], "outflow_streams": [outflow], "updated_datetime": "2026-03-03T00:00:00Z",
        "personal_finance_category_version": "v3", "request_id": "r"})
    .to_string()
}

fn with(member: &str, value: Value) -> String {
    let mut stream = stream();
    stream[member] = value;
    reply(&stream)
}

fn read(body: &str) -> RecurringReply<'_> {
    read_reply::<RecurringGet<'_>>(200, body.as_bytes()).expect("readable")
}

fn unreadable(body: &str) -> bool {
    let answer = read_reply::<RecurringGet<'_>>(200, body.as_bytes()).err();
    matches!(answer, Some(CallError::UnreadableReply { .. }))
}

#[test]
fn a_stream_says_what_comes_when_and_how_much() {
    let body = reply(&stream());
    let reply = read(&body);
    assert!(reply.inflow_streams.is_empty());
    let stream = &reply.outflow_streams[0];
    assert_eq!(stream.account_id, "acc");
    assert_eq!(stream.stream_id, "stream");
    assert_eq!(stream.description, "ConEd Bill Payment");
    assert_eq!(stream.merchant_name.as_deref(), Some("ConEd"));
    assert_eq!(stream.first_date.as_str(), "2026-01-04");
    assert_eq!(stream.last_date.as_str(), "2026-03-02");
    assert_eq!(
        stream.predicted_next_date.map(|day| day.to_string()),
        Some("2026-04-02".to_owned())
    );
    assert_eq!(stream.frequency, Frequency::Monthly);
    assert_eq!(stream.transaction_ids, ["one", "two"]);
    assert!(stream.is_active);
    assert_eq!(stream.status, StreamStatus::Mature);
    let category = stream
        .personal_finance_category
        .as_ref()
        .expect("a category");
    assert_eq!(category.primary, "RENT_AND_UTILITIES");
    assert_eq!(category.confidence_level, Some(CategoryConfidence::Other));
    let average = stream.average_amount().expect("readable").expect("known");
    assert_eq!((average.minor_units().0, average.scale()), (85_335, 3));
    let last = stream.last_amount().expect("readable").expect("known");
    assert_eq!((last.minor_units().0, last.scale()), (10_000, 2));
}

#[test]
fn what_comes_in_and_what_goes_out_are_told_apart() {
    let body = json!({"inflow_streams": [stream(), stream()], "outflow_streams": []}).to_string();
    let reply = read(&body);
    assert_eq!(
        (reply.inflow_streams.len(), reply.outflow_streams.len()),
        (2, 0)
    );
}

#[test]
fn every_frequency_is_read_and_written_in_plaids_words() {
    for (word, frequency) in [
        ("WEEKLY", Frequency::Weekly),
        ("BIWEEKLY", Frequency::Biweekly),
        ("SEMI_MONTHLY", Frequency::SemiMonthly),
        ("MONTHLY", Frequency::Monthly),
        ("ANNUALLY", Frequency::Annually),
        ("UNKNOWN", Frequency::Other),
    ] {
        let body = with("frequency", json!(word));
        assert_eq!(read(&body).outflow_streams[0].frequency, frequency);
        assert_eq!(serde_json::to_value(frequency).expect("JSON"), word);
    }
    let body = with("frequency", json!("EVERY_LEAP_YEAR"));
    assert_eq!(read(&body).outflow_streams[0].frequency, Frequency::Other);
}

#[test]
fn every_status_is_read_and_written_in_plaids_words() {
    for (word, status) in [
        ("MATURE", StreamStatus::Mature),
        ("EARLY_DETECTION", StreamStatus::EarlyDetection),
        ("TOMBSTONED", StreamStatus::Tombstoned),
        ("UNKNOWN", StreamStatus::Other),
    ] {
        let body = with("status", json!(word));
        assert_eq!(read(&body).outflow_streams[0].status, status);
        assert_eq!(serde_json::to_value(status).expect("JSON"), word);
    }
    let body = with("status", json!("RESURRECTED"));
    assert_eq!(read(&body).outflow_streams[0].status, StreamStatus::Other);
}

#[test]
fn an_amount_is_read_from_its_characters_and_may_be_unknown() {
    for (amount, expected) in [
        (
            r#"{"amount":-1e3,"iso_currency_code":"USD"}"#,
            Ok(Some((-100_000, "USD", 2))),
        ),
        (
            r#"{"amount":0.00012345,"unofficial_currency_code":"BTC"}"#,
            Ok(Some((12_345, "BTC", 8))),
        ),
        (r#"{"amount":5}"#, Ok(Some((500, "XXX", 2)))),
        (r#"{"amount":null,"iso_currency_code":null}"#, Ok(None)),
        ("{}", Ok(None)),
        (
            r#"{"amount":1e30,"iso_currency_code":"USD"}"#,
            Err(MoneyError::Overflow),
        ),
        (
            r#"{"amount":1e-30,"iso_currency_code":"USD"}"#,
            Err(MoneyError::TooManyDecimals),
        ),
        (
            r#"{"amount":"5","iso_currency_code":"USD"}"#,
            Err(MoneyError::NotANumber),
        ),
        (
            r#"{"amount":5,"unofficial_currency_code":"ein Taler"}"#,
            Err(MoneyError::InvalidCurrency),
        ),
        (
            r#"{"amount":null,"unofficial_currency_code":"ein Taler"}"#,
            Ok(None),
        ),
    ] {
        for member in ["average_amount", "last_amount"] {
            let body = with(member, json!("HERE")).replace("\"HERE\"", amount);
            let reply = read(&body);
            let stream = &reply.outflow_streams[0];
            let read = match member {
                "average_amount" => stream.average_amount(),
                _ => stream.last_amount(),
            };
            let expected = expected
                .map(|amount| amount.map(|(units, code, scale)| (units, code.to_owned(), scale)));
            let read = read.map(|amount| {
                amount.map(|money| {
                    let code = money.currency().code().to_owned();
                    (money.minor_units().0, code, money.scale())
                })
            });
            assert_eq!(read, expected, "{member} {amount}");
        }
    }
}

#[test]
fn what_plaid_does_not_know_of_a_stream_is_none() {
    let optional = [
        "merchant_name",
        "predicted_next_date",
        "personal_finance_category",
    ];
    let mut absent = stream();
    let mut null = stream();
    for member in optional {
        absent.as_object_mut().expect("an object").remove(member);
        null[member] = Value::Null;
    }
    for stream in [absent, null] {
        let body = reply(&stream);
        let reply = read(&body);
        let stream = &reply.outflow_streams[0];
        assert_eq!(stream.merchant_name, None);
        assert!(stream.predicted_next_date.is_none());
        assert!(stream.personal_finance_category.is_none());
    }
}

#[test]
fn a_stream_without_a_required_member_is_unreadable() {
    for member in [
        "account_id",
        "stream_id",
        "description",
        "first_date",
        "last_date",
        "frequency",
        "transaction_ids",
        "average_amount",
        "last_amount",
        "is_active",
        "status",
    ] {
        let mut without = stream();
        without.as_object_mut().expect("an object").remove(member);
        assert!(unreadable(&reply(&without)), "without {member}");
        assert!(unreadable(&with(member, Value::Null)), "{member} null");
    }
    assert!(unreadable(r#"{"inflow_streams":[]}"#));
    assert!(unreadable(r#"{"outflow_streams":[]}"#));
    assert!(unreadable(&with("last_date", json!("2026-02-30"))));
}

#[test]
fn a_refresh_is_answered_with_nothing_to_read() {
    assert!(read_reply::<TransactionsRefresh<'_>>(200, br#"{"request_id":"r"}"#).is_ok());
    assert!(read_reply::<TransactionsRefresh<'_>>(200, b"").is_err());
}
