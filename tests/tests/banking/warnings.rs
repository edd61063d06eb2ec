//! What is going to happen to a connection is said with its date before it happens, and taken
//! back when it is not.

use end_to_end::{Connection, in_days};
use serde_json::{Value, json};

use super::{app, assert_in_step};

const DISCONNECT: (&str, &str) = ("PENDING_DISCONNECT", "disconnects");
const EXPIRATION: (&str, &str) = ("PENDING_EXPIRATION", "consent_expires");

fn connected() -> Connection {
    let connection = app().connect(&app().person(), &json!({"transactions": 5}));
    app().come_to_rest(&connection);
    connection
}

/// Plaid says that it ends then; the consent's end is known at Plaid too.
fn told(connection: &Connection, code: &str, at: &str) {
    let more = if code == "PENDING_EXPIRATION" {
        connection.bank.set(&json!({"consent_expiration_time": at}));
        json!({"consent_expiration_time": at})
    } else {
        json!({"reason": "INSTITUTION_MIGRATION", "disconnect_time": at})
    };
    app().tell(connection, "ITEM", code, &more);
    app().come_to_rest(connection);
}

/// A time within the week, and one a day later.
fn soon() -> [String; 2] {
    [5, 6].map(in_days)
}

fn kinds(connection: &Connection) -> Vec<Value> {
    let warnings = connection.warnings();
    warnings
        .iter()
        .map(|warning| warning["kind"].clone())
        .collect()
}

#[test]
fn an_end_that_is_coming_is_shown_with_its_date_wherever_the_connection_is() {
    for (code, kind) in [DISCONNECT, EXPIRATION] {
        let connection = connected();
        assert_eq!(connection.warnings(), Vec::<Value>::new());
        let [at, _] = soon();
        told(&connection, code, &at);
        let [warning] = &connection.warnings()[..] else {
            panic!("{:?}", connection.warnings())
        };
        assert_eq!(
            (&warning["kind"], &warning["at"]),
            (&json!(kind), &json!(at))
        );
        let words = warning["message"].as_str().unwrap();
        assert!(words.contains(&at[..10]), "no date in {words:?}");
        assert_eq!(connection.shown()["warnings"], json!([warning]));
        let listed = connection.person.get("/v1/items").expect(200);
        assert_eq!(listed["data"][0]["warnings"], json!([warning]));
        // It works as long as it does.
        assert_eq!(connection.status(), "good");
        assert_in_step(&connection);
    }
}

#[test]
fn accounts_that_could_be_shared_are_offered_without_a_date() {
    let connection = connected();
    connection
        .bank
        .open_account(&json!({"name": "Not shared yet", "webhook": true}));
    app().come_to_rest(&connection);
    let [warning] = &connection.warnings()[..] else {
        panic!("{:?}", connection.warnings())
    };
    assert_eq!(warning["kind"], "new_accounts");
    assert_eq!(warning["at"], Value::Null);
    assert!(!warning["message"].as_str().unwrap().is_empty());
}

#[test]
fn a_later_word_on_the_same_end_takes_the_place_of_the_earlier() {
    for (code, _) in [DISCONNECT, EXPIRATION] {
        let connection = connected();
        let [first, then] = soon();
        told(&connection, code, &first);
        told(&connection, code, &then);
        let warnings = connection.warnings();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert_eq!(warnings[0]["at"], json!(then));
    }
}

#[test]
fn all_that_is_coming_is_shown_at_once_and_outlives_syncs() {
    let connection = connected();
    let [at, _] = soon();
    for (code, _) in [DISCONNECT, EXPIRATION] {
        told(&connection, code, &at);
    }
    app().tell(
        &connection,
        "ITEM",
        "NEW_ACCOUNTS_AVAILABLE",
        &json!({"error": null}),
    );
    app().come_to_rest(&connection);
    let all = [
        json!("disconnects"),
        json!("consent_expires"),
        json!("new_accounts"),
    ];
    assert_eq!(kinds(&connection), all);
    connection.bank.update(r#"{"add":2}"#);
    app().come_to_rest(&connection);
    connection.refresh().expect(200);
    assert_eq!(
        kinds(&connection),
        all,
        "a sync is no answer to any of them"
    );
}

#[test]
fn going_through_link_again_takes_them_back() {
    let connection = connected();
    let [at, _] = soon();
    for (code, _) in [DISCONNECT, EXPIRATION] {
        told(&connection, code, &at);
    }
    app().tell(
        &connection,
        "ITEM",
        "NEW_ACCOUNTS_AVAILABLE",
        &json!({"error": null}),
    );
    app().come_to_rest(&connection);
    connection.go_through_link(app(), &json!({}));
    // The consent is a new one.
    connection
        .bank
        .set(&json!({"consent_expiration_time": null}));
    app().come_to_rest(&connection);
    let shown = connection.repair();
    assert_eq!(shown.expect(200)["warnings"], json!([]));
    assert_eq!(connection.warnings(), Vec::<Value>::new());
}

#[test]
fn a_repaired_login_is_no_longer_about_to_end() {
    let connection = connected();
    let [at, _] = soon();
    for (code, _) in [DISCONNECT, EXPIRATION] {
        told(&connection, code, &at);
    }
    connection
        .bank
        .set(&json!({"consent_expiration_time": null}));
    app().tell(&connection, "ITEM", "LOGIN_REPAIRED", &json!({}));
    app().come_to_rest(&connection);
    assert_eq!(connection.warnings(), Vec::<Value>::new());
}

#[test]
fn a_warning_that_comes_while_the_item_is_read_is_not_lost() {
    let connection = connected();
    let [at, _] = soon();
    connection.bank.update(r#"{"add":1,"webhooks":false}"#);
    let slow = json!({"mode": "slow", "millis": 2_500});
    connection.bank.fail("/transactions/sync", &slow);
    let before = connection.bank.calls_to("/transactions/sync");
    std::thread::scope(|scope| {
        let refresh = scope.spawn(|| connection.refresh());
        app().eventually("it is being read", || {
            connection.bank.calls_to("/transactions/sync") > before
        });
        let more = json!({"reason": "INSTITUTION_MIGRATION", "disconnect_time": at});
        app().tell(&connection, "ITEM", "PENDING_DISCONNECT", &more);
        refresh.join().unwrap().expect(200);
    });
    app().come_to_rest(&connection);
    assert_eq!(kinds(&connection), [json!("disconnects")]);
    assert_in_step(&connection);
}

#[test]
fn the_warning_is_of_one_connection_only() {
    let ada = app().person();
    let warned = app().connect(&ada, &json!({"transactions": 2}));
    let other = app().connect(
        &ada,
        &json!({"transactions": 2, "institution_id": "ins_109509"}),
    );
    app().come_to_rest(&warned);
    app().come_to_rest(&other);
    let [at, _] = soon();
    told(&warned, "PENDING_DISCONNECT", &at);
    assert_eq!(kinds(&warned), [json!("disconnects")]);
    assert_eq!(other.warnings(), Vec::<Value>::new());
}
