//! Money is what the bank wrote, digit by digit.

use serde_json::{Value, json};

use super::{app, assert_in_step};

#[test]
fn currencies_of_every_scale_come_exactly() {
    let yen_and_dinar = json!({"institution_id": "ins_109511", "transactions": 400});
    assert_in_step(&app().connect(&app().person(), &yen_and_dinar));
    let unofficial = json!({"institution_id": "ins_109512", "transactions": 400});
    assert_in_step(&app().connect(&app().person(), &unofficial));
}

#[test]
fn an_amount_is_its_characters_and_never_a_float() {
    // What the bank writes, its currency, and what it comes to.
    const WRITTEN: [(&str, &str, i64, u8); 18] = [
        ("12.34", "USD", 1_234, 2),
        ("89.4", "USD", 8_940, 2),
        ("12", "USD", 1_200, 2),
        ("-0.05", "USD", -5, 2),
        ("0", "USD", 0, 2),
        ("-0.00", "USD", 0, 2),
        ("0.1", "USD", 10, 2),
        ("1.10e2", "USD", 11_000, 2),
        ("5E-1", "USD", 50, 2),
        ("1.005", "USD", 1_005, 3),
        ("1150.0000", "USD", 115_000, 2),
        ("9007199254740993.01", "USD", 900_719_925_474_099_301, 2),
        ("1500", "JPY", 1_500, 0),
        ("-1500.5", "JPY", -15_005, 1),
        ("3.141", "KWD", 3_141, 3),
        ("7", "KWD", 7_000, 3),
        ("0.00000001", "BTC", 1, 8),
        ("0.123456789012", "ETH", 123_456_789_012, 12),
    ];
    let connection = app().connect(&app().person(), &json!({"transactions": 0}));
    let drafts: Vec<String> = WRITTEN
        .iter()
        .enumerate()
        .map(|(number, (amount, code, ..))| {
            let kind = if matches!(*code, "BTC" | "ETH") {
                "unofficial_currency_code"
            } else {
                "iso_currency_code"
            };
            format!(r#"{{"name":"No. {number}","amount":{amount},"{kind}":"{code}"}}"#)
        })
        .collect();
    connection.bank.update(&format!(
        r#"{{"add":[{}],"webhooks":false}}"#,
        drafts.join(",")
    ));
    connection.refresh().expect(200);
    let rows = connection.person.transactions("", 100);
    assert_eq!(rows.len(), WRITTEN.len());
    for (number, (written, code, minor_units, scale)) in WRITTEN.iter().enumerate() {
        let row = rows
            .iter()
            .find(|row| row["name"] == format!("No. {number}"))
            .expect("a row");
        let amount = json!({"minor_units": minor_units, "currency": code, "scale": scale});
        assert_eq!(row["amount"], amount, "{written}");
    }
}

#[test]
fn balances_are_exact_and_what_the_bank_does_not_say_is_null() {
    let connection = app().connect(
        &app().person(),
        &json!({"institution_id": "ins_109509", "transactions": 1}),
    );
    let account = connection.bank.truth().accounts.remove(0).account_id;
    connection.bank.change_account(
        &account,
        r#"{"available":null,"current":89.4,"limit":90071992547409.93}"#,
    );
    let shown = connection.refresh().expect(200);
    let balances = shown["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|account| account["name"] == "Gingham Checking");
    let usd = |minor_units: i64| json!({"minor_units": minor_units, "currency": "USD", "scale": 2});
    assert_eq!(
        balances.unwrap()["balances"],
        json!({"available": Value::Null, "current": usd(8_940), "limit": usd(9_007_199_254_740_993)}),
    );
}

#[test]
fn one_impossible_amount_does_not_keep_the_others_away() {
    let connection = app().connect(&app().person(), &json!({"transactions": 20}));
    connection.bank.update(
        r#"{"webhooks":false,"add":[{"name":"possible","amount":1.5},{"name":"impossible","amount":1e400}]}"#,
    );
    connection.refresh().expect(200);
    let names: Vec<Value> = connection
        .person
        .transactions("", 1000)
        .iter()
        .map(|row| row["name"].clone())
        .collect();
    assert_eq!(names.len(), 21);
    assert!(names.contains(&json!("possible")) && !names.contains(&json!("impossible")));
}
