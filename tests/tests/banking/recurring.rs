//! `GET /v1/recurring`: payments that come again and again, as Plaid found them.

use end_to_end::{Connection, Keys};
use serde_json::{Value, json};

use super::app;

const GYM: [&str; 3] = ["2026-06-05", "2026-07-05", "2026-08-05"];

fn connected(transactions: u32) -> Connection {
    app().connect(
        &app().person(),
        &json!({"institution_id": "ins_109509", "transactions": transactions}),
    )
}

fn shown(connection: &Connection) -> Vec<Value> {
    let list = connection.person.get("/v1/recurring").expect(200);
    assert_eq!(list["next_cursor"], Value::Null);
    list["data"].as_array().unwrap().clone()
}

/// Rent by the month, a salary every other week, and what comes in no rhythm.
fn with_streams() -> Connection {
    let connection = connected(0);
    let mut drafts = Vec::new();
    for (month, amount) in [("06", "1200.00"), ("07", "1200"), ("08", "1250.5")] {
        drafts.push(format!(
            r#"{{"name":"RENT 4711","merchant_name":"A Landlord","amount":{amount},"date":"2026-{month}-01",
                "category":{{"primary":"RENT_AND_UTILITIES","detailed":"RENT_AND_UTILITIES_RENT","confidence_level":"HIGH"}}}}"#
        ));
    }
    for day in ["2026-07-03", "2026-07-17", "2026-07-31"] {
        drafts.push(format!(
            r#"{{"name":"SALARY","amount":-2001.01,"date":"{day}"}}"#
        ));
    }
    for day in ["2026-07-03", "2026-07-04", "2026-08-09"] {
        drafts.push(format!(r#"{{"name":"KIOSK","amount":3,"date":"{day}"}}"#));
    }
    connection.told(app(), &format!("[{}]", drafts.join(",")));
    connection
}

#[test]
fn a_payment_that_comes_again_is_shown_exactly() {
    let connection = with_streams();
    let keys = Keys::of(app().database(), &connection.person.id);
    let truth = connection.bank.truth();
    let account = keys.account(&truth.accounts[0].account_id);
    let ids = |name: &str| -> Vec<String> {
        let mut rows: Vec<_> = truth
            .transactions
            .iter()
            .filter(|row| row.name == name)
            .collect();
        rows.sort_by(|one, other| one.date.cmp(&other.date));
        rows.iter()
            .map(|row| keys.transaction(&row.transaction_id))
            .collect()
    };
    let usd = |minor_units: i64| json!({"minor_units": minor_units, "currency": "USD", "scale": 2});
    let salary = json!({
        "account_id": account, "direction": "in", "description": "SALARY", "merchant_name": null,
        "category": null, "frequency": "BIWEEKLY", "first_date": "2026-07-03", "last_date": "2026-07-31",
        "next_date": "2026-08-14", "average_amount": usd(-200_101), "last_amount": usd(-200_101),
        "active": true, "status": "MATURE", "transaction_ids": ids("SALARY"),
    });
    let rent = json!({
        "account_id": account, "direction": "out", "description": "RENT 4711", "merchant_name": "A Landlord",
        "category": "RENT_AND_UTILITIES", "frequency": "MONTHLY", "first_date": "2026-06-01", "last_date": "2026-08-01",
        "next_date": "2026-09-01", "average_amount": usd(121_683), "last_amount": usd(125_050),
        "active": true, "status": "MATURE", "transaction_ids": ids("RENT 4711"),
    });
    assert_eq!(shown(&connection), [salary, rent]);
}

#[test]
fn the_transactions_that_it_names_are_hers() {
    let connection = connected(900);
    let streams = shown(&connection);
    assert!(streams.len() > 2, "two years have a rhythm: {streams:?}");
    for stream in streams {
        let ids = stream["transaction_ids"].as_array().unwrap();
        assert!(ids.len() > 2, "{stream}");
        for id in [&ids[0], &ids[ids.len() - 1]] {
            let path = format!("/v1/transactions/{}", id.as_str().unwrap());
            let row = connection.person.get(&path).expect(200);
            assert_eq!(row["account_id"], stream["account_id"]);
            assert_eq!(row["name"], stream["description"]);
        }
    }
}

#[test]
fn a_new_one_comes_with_the_next_look() {
    let connection = with_streams();
    let before = shown(&connection);
    let add = json!(GYM.map(|day| json!({"name": "GYM", "amount": 30, "date": day})));
    connection
        .bank
        .update(&json!({"add": add, "webhooks": false}).to_string());
    assert_eq!(shown(&connection), before);
    connection.refresh().expect(200);
    let after = shown(&connection);
    assert_eq!(after.len(), before.len() + 1);
    assert!(after.iter().any(|stream| stream["description"] == "GYM"));
}

#[test]
fn one_that_ends_goes_with_the_next_look() {
    let connection = with_streams();
    let truth = connection.bank.truth().transactions;
    let rent: Vec<&str> = truth
        .iter()
        .filter(|row| row.name == "RENT 4711")
        .map(|row| row.transaction_id.as_str())
        .collect();
    connection.changed(&json!({"remove": rent}));
    let left = shown(&connection);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["description"], "SALARY");
}

#[test]
fn they_go_with_the_account_and_with_the_bank() {
    let connection = with_streams();
    let ada = &connection.person;
    let other = app().connect(
        ada,
        &json!({"institution_id": "ins_109510", "transactions": 0}),
    );
    let drafts = GYM.map(|day| json!({"name": "GYM", "amount": 30, "date": day}));
    other.told(app(), &json!(drafts).to_string());
    assert_eq!(shown(&connection).len(), 3);
    let account = shown(&connection)[0]["account_id"]
        .as_str()
        .unwrap()
        .to_owned();
    ada.delete(&format!("/v1/accounts/{account}")).expect(204);
    let left = shown(&connection);
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0]["description"], "GYM");
    ada.delete(&format!("/v1/items/{}", other.id)).expect(204);
    assert_eq!(shown(&connection), [Value::Null; 0]);
}

#[test]
fn one_that_fails_keeps_what_was_there() {
    let connection = with_streams();
    let before = shown(&connection);
    for code in ["INTERNAL_SERVER_ERROR", "PRODUCT_NOT_READY"] {
        let failure = json!({"error_code": code, "times": 1});
        connection
            .bank
            .fail("/transactions/recurring/get", &failure);
        connection.refresh().expect(200);
        assert_eq!(shown(&connection), before, "{code}");
        super::assert_in_step(&connection);
    }
}

#[test]
fn nobody_sees_anybody_elses() {
    let connection = with_streams();
    assert_eq!(shown(&connected(0)), [Value::Null; 0]);
    let nobody = app().person().get("/v1/recurring");
    assert_eq!(nobody.expect(200), json!({"data": [], "next_cursor": null}));
    app().assert_opened_by("transactions:read", &connection.person, |client| {
        client.get("/v1/recurring")
    });
}

#[test]
fn a_warm_list_is_one_batch() {
    let connection = with_streams();
    connection.person.get("/v1/recurring").expect(200);
    assert_eq!(connection.person.get("/v1/recurring").batches(), 1);
}
