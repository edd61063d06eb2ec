//! `GET /v1/holdings`: what is held, every number as the bank wrote it.

use end_to_end::{Connection, Keys};
use serde_json::{Value, json};

use super::app;

fn connected(institution: &str) -> Connection {
    app().connect(
        &app().person(),
        &json!({"institution_id": institution, "transactions": 3}),
    )
}

fn shown(connection: &Connection) -> Vec<Value> {
    let list = connection.person.get("/v1/holdings").expect(200);
    assert_eq!(list["next_cursor"], Value::Null);
    list["data"].as_array().unwrap().clone()
}

/// The accounts that something is held in, each once.
fn accounts(held: &[Value]) -> Vec<&str> {
    let mut accounts: Vec<&str> = held
        .iter()
        .map(|holding| holding["account_id"].as_str().unwrap())
        .collect();
    accounts.sort_unstable();
    accounts.dedup();
    accounts
}

fn brokerage(connection: &Connection) -> String {
    let accounts = connection.bank.truth().accounts.into_iter();
    let mut accounts = accounts.filter(|account| account.kind == "investment");
    accounts.next().unwrap().account_id
}

/// Plaid says so from now on; JSON text, so that numbers stay as they are written.
fn holds(connection: &Connection, holdings: &str, securities: &str) {
    let wealth = format!(r#"{{"holdings":{holdings},"securities":{securities}}}"#);
    connection.bank.set_wealth(&wealth);
}

#[test]
fn what_the_bank_says_is_shown_with_its_securities() {
    let connection = connected("ins_109510");
    let keys = Keys::of(app().database(), &connection.person.id);
    let said = app().plaid_says(&connection.bank, "/investments/holdings/get");
    let text = |number: &Value| number.is_number().then(|| number.to_string());
    let usd = |number: &Value| -> Value {
        let cents = format!("{:.2}", number.as_f64().unwrap()).replace('.', "");
        let cents: i64 = cents.parse().unwrap();
        json!({"minor_units": cents, "currency": "USD", "scale": 2})
    };
    let securities = said["securities"].as_array().unwrap();
    let expected: Vec<Value> = said["holdings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|holding| {
            let security = securities.iter().find(|one| one["security_id"] == holding["security_id"]).unwrap();
            json!({
                "account_id": keys.account(holding["account_id"].as_str().unwrap()),
                "security": {
                    "id": security["security_id"], "name": security["name"], "ticker": security["ticker_symbol"],
                    "type": security["type"], "isin": null, "close_price": text(&security["close_price"]),
                    "close_price_as_of": security["close_price_as_of"], "currency": "USD",
                },
                "quantity": text(&holding["quantity"]),
                "price": text(&holding["institution_price"]),
                "price_as_of": holding["institution_price_as_of"],
                "value": usd(&holding["institution_value"]),
                "cost_basis": usd(&holding["cost_basis"]),
                "currency": "USD",
            })
        })
        .collect();
    assert_eq!(expected.len(), 5);
    assert_eq!(shown(&connection), expected);
    assert_eq!(
        expected[0]["quantity"], "12.5",
        "the comparison is of decimals"
    );
}

#[test]
fn numbers_are_exact_and_a_currency_may_be_nobodys_standard() {
    let connection = connected("ins_109510");
    let account = brokerage(&connection);
    let holding = |security: &str, members: &str| {
        format!(
            r#"{{"account_id":"{account}","security_id":"{security}","institution_price_as_of":null,{members}}}"#
        )
    };
    let holdings = [
        holding(
            "coin",
            r#""quantity":0.123456789012345678,"institution_price":64123.1,"institution_value":7916.42,"cost_basis":null,"iso_currency_code":null,"unofficial_currency_code":"USDC""#,
        ),
        holding(
            "fund",
            r#""quantity":9007199254740993,"institution_price":1.0842,"institution_value":90071992547409.93,"cost_basis":0.00,"iso_currency_code":"USD","unofficial_currency_code":null"#,
        ),
        holding(
            "yen",
            r#""quantity":1e-3,"institution_price":12500,"institution_value":12.5,"cost_basis":1250,"iso_currency_code":"JPY","unofficial_currency_code":null"#,
        ),
        holding(
            "short",
            r#""quantity":-2.50,"institution_price":0,"institution_value":-0.005,"cost_basis":-3,"iso_currency_code":"USD","unofficial_currency_code":null"#,
        ),
        holding(
            "nowhere",
            r#""quantity":1,"institution_price":1,"institution_value":1,"cost_basis":1,"iso_currency_code":"EUR","unofficial_currency_code":null"#,
        ),
    ];
    let security = |id: &str, members: &str| {
        format!(r#"{{"security_id":"{id}","is_cash_equivalent":false,{members}}}"#)
    };
    let securities = [
        security(
            "coin",
            r#""name":"A coin","ticker_symbol":"CUR:COIN","type":"cryptocurrency","isin":null,"close_price":64123.100,"close_price_as_of":"2026-11-01","iso_currency_code":null,"unofficial_currency_code":"USDC""#,
        ),
        security(
            "fund",
            r#""name":"Fünd","ticker_symbol":null,"type":"mutual fund","isin":"US0378331005","close_price":1.08419999,"close_price_as_of":null,"iso_currency_code":"USD","unofficial_currency_code":null"#,
        ),
        security(
            "yen",
            r#""name":null,"ticker_symbol":null,"type":"equity","isin":null,"close_price":null,"close_price_as_of":null,"iso_currency_code":"JPY","unofficial_currency_code":null"#,
        ),
        security(
            "short",
            r#""name":"S","ticker_symbol":"S","type":"derivative","isin":null,"close_price":0.000001,"close_price_as_of":null,"iso_currency_code":"USD","unofficial_currency_code":null"#,
        ),
    ];
    holds(
        &connection,
        &format!("[{}]", holdings.join(",")),
        &format!("[{}]", securities.join(",")),
    );
    connection.refresh().expect(200);
    let held = shown(&connection);
    assert_eq!(held.len(), 5, "{held:?}");
    let money = |minor_units: i64, currency: &str, scale: u8| json!({"minor_units": minor_units, "currency": currency, "scale": scale});
    let of = |id: &str| {
        held.iter()
            .find(|holding| holding["security"]["id"] == id)
            .unwrap()
    };
    let (coin, fund, yen, short) = (of("coin"), of("fund"), of("yen"), of("short"));
    assert_eq!(coin["quantity"], "0.123456789012345678");
    assert_eq!(coin["price"], "64123.1");
    assert_eq!(coin["value"], money(791_642_000_000, "USDC", 8));
    assert_eq!(coin["cost_basis"], Value::Null);
    assert_eq!(
        (&coin["currency"], &coin["security"]["currency"]),
        (&json!("USDC"), &json!("USDC"))
    );
    assert_eq!(fund["quantity"], "9007199254740993");
    assert_eq!(fund["value"], money(9_007_199_254_740_993, "USD", 2));
    assert_eq!(fund["cost_basis"], money(0, "USD", 2));
    assert_eq!(fund["security"]["isin"], "US0378331005");
    assert_eq!(fund["security"]["close_price"], "1.08419999");
    assert_eq!(yen["quantity"], "0.001");
    assert_eq!(yen["value"], money(125, "JPY", 1));
    assert_eq!(yen["cost_basis"], money(1250, "JPY", 0));
    assert_eq!(yen["security"]["name"], Value::Null);
    assert_eq!(short["value"], money(-5, "USD", 3));
    assert_eq!(short["security"]["close_price"], "0.000001");
    let decimal = |value: &Value| value.as_str().unwrap().trim_end_matches('0').to_owned();
    assert_eq!(decimal(&short["quantity"]), "-2.5");
    // A security that Plaid does not describe has a name of Plaid's, and no more.
    assert_eq!(of("nowhere")["security"]["name"], Value::Null);
    assert_eq!(of("nowhere")["value"], money(100, "EUR", 2));
}

#[test]
fn thousands_of_holdings_come_whole() {
    let connection = connected("ins_109510");
    let account = brokerage(&connection);
    let holding = |n: u32| {
        format!(
            r#"{{"account_id":"{account}","security_id":"{n}","institution_price":{n},"institution_value":{n}.01,"quantity":1,"cost_basis":null,"iso_currency_code":"USD","unofficial_currency_code":null}}"#
        )
    };
    let security = |n: u32| {
        format!(
            r#"{{"security_id":"{n}","name":"Security number {n}","iso_currency_code":"USD","unofficial_currency_code":null}}"#
        )
    };
    let list = |one: &dyn Fn(u32) -> String, count: u32| {
        format!("[{}]", (0..count).map(one).collect::<Vec<_>>().join(","))
    };
    for count in [3_000, 7] {
        holds(&connection, &list(&holding, count), &list(&security, count));
        connection.refresh().expect(200);
        let held = shown(&connection);
        assert_eq!(held.len(), count as usize);
        for (n, holding) in held.iter().enumerate() {
            assert_eq!(holding["price"], n.to_string());
            assert_eq!(holding["security"]["name"], format!("Security number {n}"));
        }
        assert_eq!(connection.person.get("/v1/holdings").batches(), 1);
    }
}

#[test]
fn a_webhook_brings_a_change() {
    let connection = connected("ins_109510");
    let before = shown(&connection);
    for kind in ["HOLDINGS", "INVESTMENTS_TRANSACTIONS"] {
        let opened = connection
            .bank
            .open_account(&json!({"name": kind, "type": "investment", "subtype": "ira"}));
        let keys = Keys::of(app().database(), &connection.person.id);
        let account = keys.account(opened["account_id"].as_str().unwrap());
        let order = json!({"item_id": connection.bank.id, "type": kind, "code": "DEFAULT_UPDATE"});
        assert_eq!(app().bank().fire(&order), [200]);
        app().eventually("what is in the new account is shown", || {
            accounts(&shown(&connection)).contains(&account.as_str())
        });
    }
    assert_eq!(shown(&connection).len(), 3 * before.len());
}

#[test]
fn what_is_sold_is_gone() {
    let connection = connected("ins_109510");
    assert_eq!(shown(&connection).len(), 5);
    holds(&connection, "[]", "[]");
    connection.refresh().expect(200);
    assert_eq!(shown(&connection), [Value::Null; 0]);
}

#[test]
fn a_bank_without_investments_holds_nothing_and_is_not_asked() {
    let connection = connected("ins_109509");
    assert_eq!(shown(&connection), [Value::Null; 0]);
    assert_eq!(connection.bank.calls_to("/investments/holdings/get"), 0);
    assert_eq!(connection.status(), "good");
    // Investments that were not shared are none that failed.
    let refused = app().connect(
        &app().person(),
        &json!({"institution_id": "ins_109510", "transactions": 3, "consented_products": []}),
    );
    assert_eq!(shown(&refused), [Value::Null; 0]);
    assert_eq!(refused.status(), "good");
    assert_eq!(refused.product("holdings")["error"], Value::Null);
    super::assert_in_step(&refused);
}

#[test]
fn a_bank_that_does_not_answer_keeps_what_was_there() {
    let connection = connected("ins_109510");
    let before = shown(&connection);
    for failure in [
        json!({"error_code": "INTERNAL_SERVER_ERROR"}),
        json!({"error_code": "INSTITUTION_NOT_RESPONDING"}),
        json!({"mode": "malformed"}),
        json!({"mode": "wrong_shape"}),
        json!({"mode": "half"}),
    ] {
        connection.bank.fail("/investments/holdings/get", &failure);
        connection.changed(&json!({"add": [{"name": failure.to_string(), "amount": 1}]}));
        assert_eq!(shown(&connection), before, "{failure}");
        super::comes_into_step(&connection);
    }
}

#[test]
fn they_go_with_the_account_and_with_the_bank() {
    let connection = connected("ins_109508");
    let ada = &connection.person;
    let held = shown(&connection);
    let both = accounts(&held);
    assert_eq!(both.len(), 2);
    ada.delete(&format!("/v1/accounts/{}", both[0])).expect(204);
    let left = shown(&connection);
    assert_eq!(accounts(&left), [both[1]]);
    // A sync brings nothing back.
    connection.refresh().expect(200);
    assert_eq!(shown(&connection), left);
    ada.delete(&format!("/v1/items/{}", connection.id))
        .expect(204);
    assert_eq!(shown(&connection), [Value::Null; 0]);
}

#[test]
fn nobody_sees_anybody_elses() {
    let connection = connected("ins_109510");
    let nobody = app().person().get("/v1/holdings");
    assert_eq!(nobody.expect(200), json!({"data": [], "next_cursor": null}));
    app().assert_opened_by("accounts:read", &connection.person, |client| {
        client.get("/v1/holdings")
    });
}
