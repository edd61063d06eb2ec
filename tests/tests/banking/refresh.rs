//! A refresh asks the bank itself, not only Plaid's memory of it; balances may be had as they
//! are at this moment.

use end_to_end::{Connection, Keys, shown_account};
use serde_json::{Value, json};

use super::{app, assert_in_step, comes_into_step};

const REFRESH: &str = "/transactions/refresh";
const BALANCES: &str = "/accounts/balance/get";

fn connected_as(username: &str) -> Connection {
    let details = json!({"transactions": 20, "username": username});
    let connection = app().connect(&app().person(), &details);
    app().come_to_rest(&connection);
    connection
}

fn connected() -> Connection {
    connected_as("user_good")
}

/// Her accounts are the bank's, to the last digit.
#[track_caller]
fn assert_accounts_in_step(connection: &Connection) {
    let keys = Keys::of(app().database(), &connection.person.id);
    let mut found = connection.accounts();
    for account in &mut found {
        for time in ["updated_at", "as_of"] {
            account.as_object_mut().unwrap().remove(time);
        }
    }
    let truth = connection.bank.truth().accounts;
    let mut expected: Vec<Value> = truth
        .iter()
        .map(|account| shown_account(&keys, &connection.id, account))
        .collect();
    let by_id = |account: &Value| account["id"].as_str().unwrap().to_owned();
    found.sort_by_key(by_id);
    expected.sort_by_key(by_id);
    assert_eq!(found, expected);
}

#[test]
fn the_bank_is_asked_and_what_it_had_arrives() {
    // Each look at this person's bank finds new transactions.
    let connection = connected_as("user_transactions_dynamic");
    let (asked, known) = (
        connection.bank.calls_to(REFRESH),
        connection.bank.truth().transactions.len(),
    );
    connection.refresh().expect(200);
    assert_eq!(connection.bank.calls_to(REFRESH), asked + 1);
    assert!(
        connection.bank.truth().transactions.len() > known,
        "the bank had some"
    );
    comes_into_step(&connection);
}

#[test]
fn only_a_person_has_the_bank_asked() {
    let connection = connected();
    let asked = connection.bank.calls_to(REFRESH);
    connection.bank.update(r#"{"add":2}"#);
    comes_into_step(&connection);
    app().come_to_rest(&connection);
    app().sweep();
    assert_eq!(connection.bank.calls_to(REFRESH), asked);
}

#[test]
fn everything_is_read_again() {
    let connection = connected();
    let endpoints = [
        "/item/get",
        "/transactions/sync",
        "/accounts/get",
        "/investments/holdings/get",
        "/liabilities/get",
        "/transactions/recurring/get",
    ];
    let before = endpoints.map(|endpoint| connection.bank.calls_to(endpoint));
    let account = connection.bank.truth().accounts[0].account_id.clone();
    connection
        .bank
        .change_account(&account, r#"{"current":77.01,"available":70.10}"#);
    connection.refresh().expect(200);
    for (endpoint, before) in endpoints.iter().zip(before) {
        assert!(
            connection.bank.calls_to(endpoint) > before,
            "{endpoint} is not asked"
        );
    }
    assert_accounts_in_step(&connection);
}

#[test]
fn a_bank_that_may_not_be_asked_is_read_all_the_same() {
    let connection = connected();
    let products = json!(["transactions"]);
    connection
        .bank
        .set(&json!({"products": products, "consented_products": products}));
    connection
        .bank
        .update(r#"{"add":[{"name":"of Plaid's memory","amount":1}],"webhooks":false}"#);
    let asked = connection.bank.calls_to(REFRESH);
    assert_eq!(connection.refresh().expect(200)["status"], "good");
    assert_eq!(connection.bank.calls_to(REFRESH), asked);
    assert_in_step(&connection);
}

#[test]
fn where_asking_the_bank_fails_plaids_memory_of_it_is_read() {
    for way in [
        json!({"error_code": "INTERNAL_SERVER_ERROR"}),
        json!({"error_code": "RATE_LIMIT"}),
        json!({"error_code": "PRODUCTS_NOT_SUPPORTED"}),
        json!({"mode": "malformed"}),
        json!({"mode": "reset"}),
        json!({"mode": "lost"}),
    ] {
        let connection = connected();
        connection
            .bank
            .update(r#"{"add":[{"name":"of Plaid's memory","amount":1}],"webhooks":false}"#);
        connection.bank.fail(REFRESH, &way);
        assert_eq!(connection.refresh().expect(200)["status"], "good", "{way}");
        assert_in_step(&connection);
    }
}

#[test]
fn balances_are_as_they_are_at_this_moment() {
    let connection = connected();
    let asked = connection.bank.calls_to(BALANCES);
    let accounts = connection.bank.truth().accounts;
    for (number, account) in accounts.iter().enumerate() {
        let change = format!(r#"{{"current":{number}.07,"available":null}}"#);
        connection.bank.change_account(&account.account_id, &change);
    }
    let reply = connection.live_balances().expect(200);
    assert_eq!(connection.bank.calls_to(BALANCES), asked + 1);
    assert_eq!(reply["next_cursor"], Value::Null);
    assert_eq!(
        reply["data"],
        Value::from(connection.accounts()),
        "and they are kept"
    );
    assert_accounts_in_step(&connection);
}

#[test]
fn nothing_but_her_asking_costs_a_live_balance() {
    let connection = connected();
    connection.refresh().expect(200);
    connection.repair().expect(200);
    connection.bank.update(r#"{"add":2}"#);
    comes_into_step(&connection);
    assert_eq!(connection.bank.calls_to(BALANCES), 0);
}

#[test]
fn balances_that_cannot_be_had_leave_those_that_were() {
    for (way, status, slug) in [
        (
            json!({"error_code": "INTERNAL_SERVER_ERROR"}),
            502,
            "upstream",
        ),
        (json!({"error_code": "INSTITUTION_DOWN"}), 502, "upstream"),
        (
            json!({"error_code": "BALANCE_LIMIT"}),
            429,
            "too-many-requests",
        ),
        (json!({"mode": "half"}), 502, "upstream"),
        (json!({"mode": "wrong_shape"}), 502, "upstream"),
    ] {
        let connection = connected();
        let before = connection.accounts();
        connection.bank.fail(BALANCES, &way);
        let reply = connection.live_balances();
        reply.expect_problem(status, slug);
        assert_eq!(
            reply.header("retry-after").is_some(),
            status == 429,
            "{way}"
        );
        assert_eq!(connection.accounts(), before, "{way}");
        assert_eq!(connection.status(), "good", "{way}");
        connection.live_balances().expect(200);
    }
}

#[test]
fn a_broken_login_has_no_live_balances() {
    let connection = connected();
    connection
        .bank
        .set(&json!({"error": "ITEM_LOGIN_REQUIRED"}));
    let reply = connection.live_balances();
    assert_eq!(reply.status(), 409, "{}", reply.text());
}

#[test]
fn a_disconnected_account_has_no_live_balance() {
    let connection = connected();
    let gone = connection.accounts()[1]["id"].as_str().unwrap().to_owned();
    connection.disconnect_account(&gone).expect(204);
    let shown = connection.live_balances().expect(200);
    assert!(!shown.to_string().contains(&gone), "{shown}");
    assert_eq!(
        shown["data"].as_array().unwrap().len(),
        connection.bank.truth().accounts.len() - 1
    );
}

#[test]
fn who_may_not_asks_no_bank() {
    let connection = connected();
    let path = format!("/v1/items/{}/balances", connection.id);
    let nothing = json!({});
    app()
        .person()
        .post(&path, &nothing)
        .expect_problem(404, "not-found");
    app()
        .stranger()
        .post(&path, &nothing)
        .expect_problem(401, "unauthenticated");
    let program = app().program_of(&connection.person, &["items:read", "accounts:read"]);
    program
        .post(&path, &nothing)
        .expect_problem(403, "insufficient-scope");
    assert_eq!(connection.bank.calls_to(BALANCES), 0);
}
