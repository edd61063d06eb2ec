//! A login that breaks is shown, costs no data, and is well again by itself.

use end_to_end::Connection;
use serde_json::json;

use super::{app, assert_in_step, comes_into_step};

fn broken(code: &str) -> Connection {
    let connection = app().connect(&app().person(), &json!({"transactions": 25}));
    connection.bank.set(&json!({"error": code}));
    connection.bank.fire("ERROR", 1);
    app().eventually("the break is shown", || {
        connection.status() == "needs_reauth"
    });
    connection
}

#[test]
fn a_broken_login_is_shown_and_keeps_what_was_read() {
    for code in ["ITEM_LOGIN_REQUIRED", "ITEM_LOCKED", "INVALID_CREDENTIALS"] {
        let connection = broken(code);
        assert_in_step(&connection);
        assert!(
            connection.shown()["message"]
                .as_str()
                .unwrap()
                .contains("reconnect")
        );
    }
}

#[test]
fn going_through_link_again_repairs_it_and_what_was_missed_arrives() {
    let connection = broken("ITEM_LOGIN_REQUIRED");
    connection
        .bank
        .update(r#"{"add":[{"name":"while broken","amount":9}],"webhooks":false}"#);
    let token = connection
        .person
        .post("/v1/link-tokens", &json!({"item_id": connection.id}));
    token.expect(201);
    // The bank sends LOGIN_REPAIRED; the client does nothing more.
    app().bank().link(&token.string("/link_token"), &json!({}));
    app().eventually("it is well again", || connection.status() == "good");
    comes_into_step(&connection);
}

#[test]
fn a_login_that_mends_itself_is_noticed_by_the_next_webhook() {
    let connection = broken("ITEM_LOGIN_REQUIRED");
    connection.bank.set(&json!({"error": null}));
    connection
        .bank
        .update(r#"{"add":[{"name":"after","amount":9}]}"#);
    app().eventually("it is well again", || connection.status() == "good");
    comes_into_step(&connection);
}

#[test]
fn a_login_that_mends_itself_is_noticed_by_a_refresh() {
    let connection = broken("ITEM_LOGIN_REQUIRED");
    assert_eq!(connection.refresh().expect(200)["status"], "needs_reauth");
    connection.bank.set(&json!({"error": null}));
    assert_eq!(connection.refresh().expect(200)["status"], "good");
    assert_in_step(&connection);
}

#[test]
fn a_broken_login_is_not_asked_again_every_minute() {
    let connection = broken("ITEM_LOGIN_REQUIRED");
    let before = connection.bank.calls_to("/transactions/sync");
    for _ in 0..3 {
        app().sweep();
    }
    // A message that had been sent would be worked off before this one's.
    let marker = app().connect(&app().person(), &json!({"transactions": 1}));
    marker.bank.update(r#"{"add":1}"#);
    comes_into_step(&marker);
    assert_eq!(connection.bank.calls_to("/transactions/sync"), before);
}

#[test]
fn a_connection_that_is_broken_from_the_start_is_made_and_says_so() {
    let ada = app().person();
    let token = ada
        .post("/v1/link-tokens", &json!({}))
        .string("/link_token");
    let linked = app().bank().link(&token, &json!({"transactions": 5}));
    linked.item.set(&json!({"error": "ITEM_LOGIN_REQUIRED"}));
    let reply = ada.post("/v1/items", &json!({"public_token": linked.public_token}));
    assert_eq!(reply.expect(201)["status"], "needs_reauth");
    let made = reply.json();
    let connection = Connection {
        id: reply.string("/id"),
        person: ada,
        bank: linked.item,
        made,
    };
    connection.bank.set(&json!({"error": null}));
    connection.bank.fire("LOGIN_REPAIRED", 1);
    comes_into_step(&connection);
    assert_eq!(connection.status(), "good");
}
