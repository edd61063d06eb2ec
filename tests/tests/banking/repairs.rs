//! The client says that Link's update mode has ended: what the person chose there is the newest
//! word on everything.

use end_to_end::Connection;
use serde_json::{Value, json};

use super::{app, assert_in_step};

fn connected() -> Connection {
    let connection = app().connect(&app().person(), &json!({"transactions": 15}));
    app().come_to_rest(&connection);
    connection
}

fn broken() -> Connection {
    let connection = connected();
    connection
        .bank
        .set(&json!({"error": "ITEM_LOGIN_REQUIRED"}));
    assert_eq!(connection.refresh().expect(200)["status"], "needs_reauth");
    connection
}

#[test]
fn a_repaired_connection_is_good_and_whole_in_the_reply_itself() {
    let connection = broken();
    let missed = r#"{"add":[{"name":"missed","amount":3}],"webhooks":false}"#;
    connection.bank.update(missed);
    connection.go_through_link(app(), &json!({}));
    app().come_to_rest(&connection);
    let shown = connection.repair().expect(200);
    assert_eq!(shown["status"], "good");
    assert_eq!(shown["id"], connection.id.as_str());
    assert_eq!(
        (&shown["failing_since"], &shown["next_try_at"]),
        (&Value::Null, &Value::Null)
    );
    assert_in_step(&connection);
}

#[test]
fn the_client_and_the_bank_may_tell_of_it_at_the_same_moment() {
    for _ in 0..4 {
        let connection = broken();
        // LOGIN_REPAIRED is under way when the client tells.
        connection.go_through_link(app(), &json!({}));
        assert_eq!(connection.repair().status(), 200, "it may be read already");
        app().come_to_rest(&connection);
        assert_eq!(connection.status(), "good");
        assert_in_step(&connection);
    }
}

#[test]
fn accounts_that_she_shares_now_are_in_the_reply_with_their_transactions() {
    let connection = connected();
    let account = connection
        .bank
        .open_account(&json!({"name": "Shared at last"}));
    let id = account["account_id"].as_str().unwrap();
    let rows =
        json!({"add": [{"account_id": id, "amount": 10, "name": "its first"}], "webhooks": false});
    connection.bank.update(&rows.to_string());
    connection.go_through_link(app(), &json!({}));
    app().come_to_rest(&connection);
    let shown = connection.repair().expect(200);
    let accounts = shown["accounts"].as_array().unwrap();
    assert!(
        accounts
            .iter()
            .any(|account| account["name"] == "Shared at last"),
        "{shown}"
    );
    assert_in_step(&connection);
}

#[test]
fn a_login_that_is_still_broken_is_said_to_be() {
    let connection = broken();
    assert_eq!(connection.repair().expect(200)["status"], "needs_reauth");
    assert_in_step(&connection);
}

#[test]
fn a_repair_where_nothing_was_broken_changes_nothing() {
    let connection = connected();
    let (rows, accounts) = (
        connection.person.transactions("", 100),
        connection.accounts().len(),
    );
    connection.repair().expect(200);
    assert_eq!(connection.person.transactions("", 100), rows);
    assert_eq!(connection.accounts().len(), accounts);
}

#[test]
fn more_than_reading_granted_in_link_ends_the_connection() {
    let connection = connected();
    connection
        .bank
        .set(&json!({"consented_products": ["transactions", "transfer"]}));
    let problem = connection.repair().expect_problem(422, "not-read-only");
    assert!(
        problem["detail"].as_str().unwrap().contains("transfer"),
        "{problem}"
    );
    assert_eq!(
        connection.person.get("/v1/items").expect(200)["data"],
        json!([])
    );
    assert_eq!(connection.person.transactions("", 10), Vec::<Value>::new());
    app().eventually("Plaid is told", || {
        connection.bank.state()["removed"] == true
    });
}

#[test]
fn who_may_not_repairs_nothing() {
    let connection = connected();
    let calls = connection.bank.calls().len();
    let path = format!("/v1/items/{}/repairs", connection.id);
    let nothing = json!({});
    app()
        .person()
        .post(&path, &nothing)
        .expect_problem(404, "not-found");
    app()
        .stranger()
        .post(&path, &nothing)
        .expect_problem(401, "unauthenticated");
    let program = app().program_of(&connection.person, &["items:read"]);
    program
        .post(&path, &nothing)
        .expect_problem(403, "insufficient-scope");
    assert_eq!(connection.bank.calls().len(), calls);
}
