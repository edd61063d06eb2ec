//! `GET /v1/liabilities`: what is owed on cards, mortgages and student loans.

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
    let list = connection.person.get("/v1/liabilities").expect(200);
    assert_eq!(list["next_cursor"], Value::Null);
    list["data"].as_array().unwrap().clone()
}

fn usd(minor_units: i64) -> Value {
    json!({"minor_units": minor_units, "currency": "USD", "scale": 2})
}

/// The debt of this kind.
fn of<'a>(owed: &'a [Value], kind: &str) -> &'a Value {
    let found: Vec<&Value> = owed.iter().filter(|debt| debt["kind"] == kind).collect();
    assert_eq!(found.len(), 1, "{kind}: {owed:?}");
    found[0]
}

#[test]
fn every_kind_of_debt_is_shown_exactly() {
    let connection = connected("ins_109508");
    let keys = Keys::of(app().database(), &connection.person.id);
    let said = app().plaid_says(&connection.bank, "/liabilities/get");
    let said = &said["liabilities"];
    let (card, loan, house) = (
        &said["credit"][0],
        &said["student"][0],
        &said["mortgage"][0],
    );
    let account = |debt: &Value| keys.account(debt["account_id"].as_str().unwrap());
    let owed = shown(&connection);
    assert_eq!(owed.len(), 3, "{owed:?}");
    let credit = json!({
        "account_id": account(card), "kind": "credit", "name": null, "is_overdue": false,
        "last_payment": {"amount": usd(16_825), "date": card["last_payment_date"]},
        "last_statement": {"balance": usd(170_877), "date": card["last_statement_issue_date"]},
        "minimum_payment": usd(2_000), "next_payment_due_date": card["next_payment_due_date"],
        "interest": [
            {"percentage": "15.24", "type": "balance_transfer_apr"},
            {"percentage": "12.5", "type": "purchase_apr"},
        ],
        "origination_date": null, "origination_principal": null, "maturity_date": null,
    });
    assert_eq!(*of(&owed, "credit"), credit);
    let student = json!({
        "account_id": account(loan), "kind": "student", "name": "Consolidation", "is_overdue": false,
        "last_payment": {"amount": usd(13_805), "date": loan["last_payment_date"]},
        "last_statement": {"balance": usd(170_877), "date": loan["last_statement_issue_date"]},
        "minimum_payment": usd(2_500), "next_payment_due_date": loan["next_payment_due_date"],
        "interest": [{"percentage": "5.25", "type": null}],
        "origination_date": "2019-08-28", "origination_principal": usd(2_500_000), "maturity_date": "2039-07-28",
    });
    assert_eq!(*of(&owed, "student"), student);
    let mortgage = json!({
        "account_id": account(house), "kind": "mortgage", "name": "conventional", "is_overdue": false,
        "last_payment": {"amount": usd(314_154), "date": house["last_payment_date"]},
        "last_statement": null,
        "minimum_payment": usd(314_154), "next_payment_due_date": house["next_payment_due_date"],
        "interest": [{"percentage": "3.99", "type": "fixed"}],
        "origination_date": "2015-08-01", "origination_principal": usd(42_500_000), "maturity_date": "2045-07-31",
    });
    assert_eq!(*of(&owed, "mortgage"), mortgage);
}

#[test]
fn what_tells_more_than_the_debt_is_kept_nowhere() {
    let connection = connected("ins_109508");
    let stored = app().database().rows_of(&connection.person.id);
    let of_snapshots: Vec<String> = stored
        .iter()
        .filter(|row| row.table == "snapshot")
        .map(|row| row.record.as_ref().unwrap().to_string())
        .collect();
    assert!(of_snapshots.iter().any(|row| row.contains("Consolidation")));
    // Account numbers, the address of the house, who stands surety.
    for private in [
        "4277075694",
        "3120194154",
        "Cameron Road",
        "Malakoff",
        "DEPT OF ED",
        "60610",
    ] {
        assert!(
            !of_snapshots.iter().any(|row| row.contains(private)),
            "{private}"
        );
    }
    assert_eq!(
        app().database().traces_of("Consolidation"),
        Vec::<String>::new()
    );
}

#[test]
fn what_the_bank_does_not_say_is_null_and_numbers_are_exact() {
    let connection = connected("ins_109508");
    let accounts = connection.bank.truth().accounts;
    let id = |subtype: &str| {
        let of = accounts
            .iter()
            .find(|account| account.subtype.as_deref() == Some(subtype));
        of.unwrap().account_id.clone()
    };
    let card = format!(
        r#"{{"account_id":"{}","aprs":[],"is_overdue":null,"last_payment_amount":null,"last_payment_date":null,
            "last_statement_issue_date":null,"last_statement_balance":90071992547409.93,"minimum_payment_amount":null,
            "next_payment_due_date":null}}"#,
        id("credit card")
    );
    let nobodys = r#"{"account_id":null,"aprs":[],"is_overdue":true,"last_payment_amount":1,"last_payment_date":null,
        "last_statement_issue_date":null,"last_statement_balance":1,"minimum_payment_amount":1,"next_payment_due_date":null}"#;
    let house = format!(
        r#"{{"account_id":"{}","account_number":"1","current_late_fee":null,"escrow_balance":null,"has_pmi":null,
            "has_prepayment_penalty":null,"interest_rate":{{"percentage":3.990000000000000001,"type":null}},
            "last_payment_amount":null,"last_payment_date":null,"loan_type_description":null,"loan_term":null,
            "maturity_date":null,"next_monthly_payment":0.005,"next_payment_due_date":null,"origination_date":null,
            "origination_principal_amount":null,"past_due_amount":12.5,"property_address":null,
            "ytd_interest_paid":null,"ytd_principal_paid":null}}"#,
        id("mortgage")
    );
    connection.bank.set_wealth(&format!(
        r#"{{"liabilities":{{"credit":[{card},{nobodys}],"mortgage":[{house}],"student":null}}}}"#
    ));
    connection.refresh().expect(200);
    let owed = shown(&connection);
    assert_eq!(owed.len(), 2, "{owed:?}");
    let credit = of(&owed, "credit");
    assert_eq!(
        credit["last_statement"],
        json!({"balance": usd(9_007_199_254_740_993), "date": null})
    );
    for member in [
        "is_overdue",
        "last_payment",
        "minimum_payment",
        "next_payment_due_date",
    ] {
        assert_eq!(credit[member], Value::Null, "{member}");
    }
    assert_eq!(credit["interest"], json!([]));
    let mortgage = of(&owed, "mortgage");
    assert_eq!(
        mortgage["interest"],
        json!([{"percentage": "3.990000000000000001", "type": null}])
    );
    assert_eq!(
        mortgage["minimum_payment"],
        json!({"minor_units": 5, "currency": "USD", "scale": 3})
    );
    assert_eq!(mortgage["is_overdue"], true);
    for member in [
        "name",
        "last_payment",
        "last_statement",
        "origination_principal",
        "maturity_date",
    ] {
        assert_eq!(mortgage[member], Value::Null, "{member}");
    }
}

#[test]
fn a_webhook_brings_a_change() {
    let connection = connected("ins_109509");
    let before = shown(&connection);
    assert_eq!(before.len(), 1);
    let opened = connection
        .bank
        .open_account(&json!({"name": "Another", "type": "credit", "subtype": "credit card"}));
    let keys = Keys::of(app().database(), &connection.person.id);
    let account = keys.account(opened["account_id"].as_str().unwrap());
    assert_eq!(shown(&connection), before);
    let order =
        json!({"item_id": connection.bank.id, "type": "LIABILITIES", "code": "DEFAULT_UPDATE"});
    assert_eq!(app().bank().fire(&order), [200]);
    app().eventually("the new card's debt is shown", || {
        shown(&connection)
            .iter()
            .any(|debt| debt["account_id"] == account.as_str())
    });
    assert_eq!(shown(&connection).len(), 2);
}

#[test]
fn a_bank_without_debts_has_none_and_is_not_asked() {
    let connection = connected("ins_109510");
    assert_eq!(shown(&connection), [Value::Null; 0]);
    assert_eq!(connection.bank.calls_to("/liabilities/get"), 0);
    let refused = app().connect(
        &app().person(),
        &json!({"institution_id": "ins_109508", "transactions": 3, "consented_products": []}),
    );
    assert_eq!(shown(&refused), [Value::Null; 0]);
    assert_eq!(refused.status(), "good");
    assert_eq!(refused.product("liabilities")["error"], Value::Null);
}

#[test]
fn a_bank_that_does_not_answer_keeps_what_was_there() {
    let connection = connected("ins_109508");
    let before = shown(&connection);
    for failure in [
        json!({"error_code": "INTERNAL_SERVER_ERROR"}),
        json!({"mode": "malformed"}),
        json!({"mode": "half"}),
    ] {
        connection.bank.fail("/liabilities/get", &failure);
        connection.refresh().expect(200);
        assert_eq!(shown(&connection), before, "{failure}");
    }
}

#[test]
fn they_go_with_the_account_and_with_the_bank() {
    let connection = connected("ins_109508");
    let ada = &connection.person;
    let owed = shown(&connection);
    let card = of(&owed, "credit")["account_id"].as_str().unwrap();
    ada.delete(&format!("/v1/accounts/{card}")).expect(204);
    let left = shown(&connection);
    assert_eq!(left.len(), 2);
    assert!(left.iter().all(|debt| debt["account_id"] != card));
    connection.refresh().expect(200);
    assert_eq!(shown(&connection), left);
    ada.delete(&format!("/v1/items/{}", connection.id))
        .expect(204);
    assert_eq!(shown(&connection), [Value::Null; 0]);
}

#[test]
fn nobody_sees_anybody_elses_and_a_warm_list_is_one_batch() {
    let connection = connected("ins_109508");
    let nobody = app().person().get("/v1/liabilities");
    assert_eq!(nobody.expect(200), json!({"data": [], "next_cursor": null}));
    shown(&connection);
    assert_eq!(connection.person.get("/v1/liabilities").batches(), 1);
    app().assert_opened_by("accounts:read", &connection.person, |client| {
        client.get("/v1/liabilities")
    });
}
