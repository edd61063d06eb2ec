//! How a connection fares, product by product: when each kind of data last came, why not since,
//! and when it is tried again.

use end_to_end::Connection;
use serde_json::{Value, json};

use super::{app, assert_in_step};

const PRODUCTS: [&str; 4] = ["transactions", "holdings", "liabilities", "recurring"];
const NOT_OFFERED: &str = "Not offered by this bank, or not shared.";

fn connected_to(institution: &str) -> Connection {
    // As many as it takes for some to come every month.
    let details = json!({"transactions": 400, "institution_id": institution});
    let connection = app().connect(&app().person(), &details);
    app().come_to_rest(&connection);
    connection
}

fn connected() -> Connection {
    connected_to("ins_109508")
}

fn product(report: &Value, name: &str) -> Value {
    let products = report["products"].as_array().unwrap().iter();
    let mut named = products.filter(|product| product["product"] == name);
    named.next().unwrap().clone()
}

#[test]
fn what_works_says_since_when_for_each_product() {
    let report = connected().report();
    assert_eq!(report["status"], "good");
    let names: Vec<&Value> = report["products"]
        .as_array()
        .unwrap()
        .iter()
        .map(|product| &product["product"])
        .collect();
    assert_eq!(names, PRODUCTS);
    for name in PRODUCTS {
        let product = product(&report, name);
        assert_eq!(product["error"], Value::Null, "{product}");
        assert!(product["last_success_at"].is_string(), "{product}");
    }
    for time in ["last_attempt_at", "last_synced_at"] {
        assert!(report[time].is_string(), "{report}");
    }
    for nothing in ["failing_since", "next_try_at"] {
        assert_eq!(report[nothing], Value::Null, "{report}");
    }
    assert_eq!(report["warnings"], json!([]));
}

#[test]
fn what_a_bank_does_not_offer_is_no_failure() {
    // Checking, savings and a card.
    let report = connected_to("ins_109509").report();
    let holdings = product(&report, "holdings");
    let expected = json!({"product": "holdings", "last_success_at": null, "error": null, "message": NOT_OFFERED});
    assert_eq!(holdings, expected);
    assert!(product(&report, "liabilities")["last_success_at"].is_string());
    assert_eq!(report["status"], "good");
}

#[test]
fn one_product_that_fails_says_why_and_keeps_no_other_from_working() {
    for (name, endpoint, path) in [
        ("holdings", "/investments/holdings/get", "/v1/holdings"),
        ("liabilities", "/liabilities/get", "/v1/liabilities"),
        ("recurring", "/transactions/recurring/get", "/v1/recurring"),
    ] {
        let connection = connected();
        let before = connection.person.get(path).expect(200);
        assert_ne!(before["data"], json!([]), "{path}");
        connection
            .bank
            .update(r#"{"add":[{"name":"read all the same","amount":1}],"webhooks":false}"#);
        connection
            .bank
            .fail(endpoint, &json!({"error_code": "INTERNAL_SERVER_ERROR"}));
        connection.refresh().expect(200);
        assert_in_step(&connection);
        let report = connection.report();
        let failed = product(&report, name);
        assert_eq!(failed["error"], "INTERNAL_SERVER_ERROR", "{failed}");
        assert!(failed["last_success_at"].is_string(), "{failed}");
        assert!(!failed["message"].as_str().unwrap().is_empty());
        for other in PRODUCTS.iter().filter(|other| **other != name) {
            assert_eq!(product(&report, other)["error"], Value::Null, "{other}");
        }
        assert_eq!(
            connection.person.get(path).expect(200),
            before,
            "what was read stays"
        );
        // It passes, and is tried again by itself.
        app().eventually("it works again", || {
            app().database().let_time_pass_for(&connection.bank.id);
            app().sweep();
            product(&connection.report(), name)["error"] == Value::Null
        });
    }
}

#[test]
fn a_failure_says_since_when_and_until_when_and_is_forgotten_with_the_next_success() {
    let connection = connected();
    let fails = json!({"error_code": "INTERNAL_SERVER_ERROR", "times": 2});
    connection.bank.fail("/transactions/sync", &fails);
    connection.refresh().expect(200);
    let first = connection.report();
    assert_eq!(first["status"], "failing");
    assert_eq!(
        product(&first, "transactions")["error"],
        "INTERNAL_SERVER_ERROR"
    );
    let since = first["failing_since"].as_str().unwrap().to_owned();
    let next = first["next_try_at"].as_str().unwrap();
    assert!(next > since.as_str(), "{first}");
    let synced = first["last_synced_at"].clone();
    assert!(synced.is_string(), "{first}");
    connection.refresh().expect(200);
    let second = connection.report();
    assert_eq!(second["failing_since"], json!(since), "the first of them");
    assert!(
        second["next_try_at"].as_str().unwrap() >= next,
        "the pause grows"
    );
    assert_eq!(second["last_synced_at"], synced);
    // The list has the same.
    let shown = connection.shown();
    for member in [
        "status",
        "message",
        "failing_since",
        "next_try_at",
        "last_synced_at",
        "warnings",
    ] {
        assert_eq!(shown[member], second[member], "{member}");
    }
    connection.refresh().expect(200);
    let third = connection.report();
    assert_eq!(third["status"], "good");
    for nothing in ["failing_since", "next_try_at"] {
        assert_eq!(third[nothing], Value::Null, "{third}");
    }
    assert_eq!(product(&third, "transactions")["error"], Value::Null);
}

#[test]
fn an_institution_that_is_down_is_said_to_be_and_keeps_what_was_read() {
    let connection = connected_to("ins_127287");
    connection.bank.fail(
        "/transactions/sync",
        &json!({"error_code": "PLANNED_MAINTENANCE"}),
    );
    connection.refresh().expect(200);
    let report = connection.report();
    assert_eq!(report["status"], "failing");
    assert_eq!(
        product(&report, "transactions")["error"],
        "PLANNED_MAINTENANCE"
    );
    assert_in_step(&connection);
    assert_eq!(
        connection.refresh().expect(200)["status"],
        "good",
        "she may ask at any time"
    );
}

#[test]
fn a_login_that_broke_says_since_when() {
    let connection = connected();
    connection
        .bank
        .set(&json!({"error": "ITEM_LOGIN_REQUIRED"}));
    connection.refresh().expect(200);
    let report = connection.report();
    assert_eq!(report["status"], "needs_reauth");
    assert!(report["failing_since"].is_string(), "{report}");
    assert_eq!(
        product(&report, "transactions")["error"],
        "ITEM_LOGIN_REQUIRED"
    );
    connection.bank.set(&json!({"error": null}));
    connection.refresh().expect(200);
    assert_eq!(connection.report()["failing_since"], Value::Null);
}

#[test]
fn when_plaid_last_told_of_anything_is_noted() {
    let connection = connected();
    let before = connection.report()["last_webhook_at"].clone();
    app().eventually("a later one is noted", || {
        connection.bank.update(r#"{"add":1}"#);
        app().come_to_rest(&connection);
        connection.report()["last_webhook_at"].as_str() > before.as_str()
    });
    let noted = connection.report()["last_webhook_at"].clone();
    connection.refresh().expect(200);
    assert_eq!(
        connection.report()["last_webhook_at"],
        noted,
        "she is not Plaid"
    );
}

#[test]
fn a_warm_look_is_one_batch() {
    let connection = connected();
    connection.report();
    let reply = connection
        .person
        .get(&format!("/v1/items/{}/status", connection.id));
    reply.expect(200);
    assert_eq!(reply.batches(), 1);
}

#[test]
fn who_may_not_is_not_told() {
    let connection = connected();
    let path = format!("/v1/items/{}/status", connection.id);
    app().person().get(&path).expect_problem(404, "not-found");
    app()
        .stranger()
        .get(&path)
        .expect_problem(401, "unauthenticated");
    let program = app().program_of(&connection.person, &["items:write"]);
    program.get(&path).expect_problem(403, "insufficient-scope");
    let program = app().program_of(&connection.person, &["items:read"]);
    assert_eq!(program.get(&path).expect(200), connection.report());
}
