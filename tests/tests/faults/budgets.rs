//! Plaid allows so many calls for an Item and minute. Whatever people, webhooks and sweeps ask
//! for, it is never asked more often: it never has to refuse.
//! <https://plaid.com/docs/errors/rate-limit-exceeded/>

use std::thread;
use std::time::Duration;

use end_to_end::{Connection, Reply, TestApp, differences, heals};
use serde_json::json;

/// By Plaid's own count, which is the stand-in's too.
const ALLOWED: [(&str, usize); 5] = [
    ("/accounts/get", 15),
    ("/item/get", 15),
    ("/liabilities/get", 15),
    ("/investments/holdings/get", 15),
    ("/transactions/sync", 50),
];

fn instance() -> (TestApp, Connection) {
    let app = TestApp::start(None);
    app.bank().webhooks(&json!({"enabled": false}));
    let connection = app.connect(&app.person(), &json!({"transactions": 10}));
    app.come_to_rest(&connection);
    (app, connection)
}

/// Plaid has refused nothing for being asked too often.
#[track_caller]
fn was_never_too_often(connection: &Connection) {
    let refused: Vec<String> = connection
        .bank
        .calls()
        .into_iter()
        .filter(|call| call.status == Some(429))
        .map(|call| call.path)
        .collect();
    assert_eq!(refused, Vec::<String>::new());
}

/// Seconds until it may be asked again.
fn wait_of(refused: &Reply) -> u64 {
    refused.expect_problem(429, "too-many-requests");
    let seconds = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=61).contains(&seconds), "{seconds}");
    seconds
}

/// Asks until she is told to wait.
fn until_refused(ask: impl Fn() -> Reply) -> (usize, Reply) {
    for asked in 0..60 {
        let reply = ask();
        if reply.status() != 200 {
            return (asked, reply);
        }
    }
    panic!("asked 60 times within a minute, and never told to wait")
}

#[test]
fn a_person_who_asks_too_often_is_told_when_to_ask_again_and_then_it_works() {
    let (app, connection) = instance();
    let (asked, refused) = until_refused(|| connection.refresh());
    assert!(asked >= 10, "{asked} refreshes are few");
    let seconds = wait_of(&refused);
    was_never_too_often(&connection);
    assert_eq!(
        connection.status(),
        "good",
        "that is no failure of the bank's"
    );
    connection
        .bank
        .update(r#"{"add":[{"name":"meanwhile","amount":1}],"webhooks":false}"#);
    // As a client does that was told to.
    thread::sleep(Duration::from_secs(seconds));
    assert_eq!(connection.refresh().expect(200)["status"], "good");
    until_refused(|| connection.refresh());
    was_never_too_often(&connection);
    assert!(differences(app.database(), &connection.person, &[&connection]).is_empty());
}

#[test]
fn one_item_that_is_asked_too_often_takes_nothing_from_another() {
    let (app, connection) = instance();
    let details = json!({"transactions": 3, "institution_id": "ins_109509"});
    let other = app.connect(&connection.person, &details);
    until_refused(|| connection.refresh());
    assert_eq!(other.refresh().expect(200)["status"], "good");
}

#[test]
fn live_balances_are_five_a_minute() {
    let (_app, connection) = instance();
    let (asked, refused) = until_refused(|| connection.live_balances());
    // Or more, where a minute of Plaid's ended between them.
    assert!(asked >= 5, "{asked}");
    wait_of(&refused);
    was_never_too_often(&connection);
    assert_eq!(
        connection.refresh().expect(200)["status"],
        "good",
        "that is counted by itself"
    );
}

#[test]
fn a_storm_of_webhooks_is_no_storm_of_calls_and_all_it_tells_of_arrives() {
    let (app, connection) = instance();
    for round in 0..40 {
        let news =
            json!({"add": [{"name": format!("round {round}"), "amount": 1}], "webhooks": false});
        connection.bank.update(&news.to_string());
        let code = ["SYNC_UPDATES_AVAILABLE", "LOGIN_REPAIRED"][round % 2];
        assert_eq!(connection.bank.fire(code, 2), [200; 2]);
        // Each is handled for itself: equal ones that wait are one.
        app.eventually("it is handled", || {
            app.count_rows_where("inbox", "waiting=1") == 0
        });
    }
    was_never_too_often(&connection);
    // No lease is taken from whoever has it: what such a one has asked is forgotten.
    heals(&app, &connection.person, &[&connection]);
    was_never_too_often(&connection);
    for (endpoint, allowed) in ALLOWED {
        let calls = connection.bank.calls_to(endpoint);
        // The storm may have been blowing over the turn of a minute.
        assert!(calls <= 3 * allowed, "{calls} calls to {endpoint}");
    }
}
