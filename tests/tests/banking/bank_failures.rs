//! Plaid fails in every way it can, on every call about an Item: nothing is lost,
//! the reply is right, and the sweep brings it back.

use end_to_end::{Connection, Reply, unix_now};
use serde_json::{Value, json};

use super::{app, assert_in_step, comes_into_step};

/// Every way, but a hang: that takes as long as we wait.
fn ways() -> Vec<Value> {
    let codes = [
        "INTERNAL_SERVER_ERROR",
        "PLANNED_MAINTENANCE",
        "TRANSACTIONS_SYNC_LIMIT",
        "NEW_IN_2031",
    ];
    let modes = [
        "malformed",
        "half",
        "html",
        "reset",
        "empty",
        "wrong_shape",
        "lost",
    ];
    let codes = codes.iter().map(|code| json!({"error_code": code}));
    codes
        .chain(modes.iter().map(|mode| json!({"mode": mode})))
        .collect()
}

/// The pause after the failure is over; the sweep takes it up again.
fn heals(connection: &Connection) {
    app().database().let_time_pass_for(&connection.bank.id);
    app().sweep();
    comes_into_step(connection);
    app().eventually("it is well again", || connection.status() == "good");
}

#[test]
fn a_sync_that_fails_keeps_what_was_there_and_is_taken_up_again() {
    for way in ways() {
        // Plaid allows fifteen looks at one Item a minute.
        let connection = app().connect(&app().person(), &json!({"transactions": 20}));
        let before = connection.person.transactions("", 100);
        connection
            .bank
            .update(r#"{"add":[{"name":"one more","amount":1}],"webhooks":false}"#);
        connection.bank.fail("/transactions/sync", &way);
        let shown = connection.refresh();
        assert_eq!(shown.expect(200)["status"], "failing", "{way}");
        assert_eq!(connection.person.transactions("", 100), before, "{way}");
        heals(&connection);
    }
}

#[test]
fn a_sync_that_fails_on_a_later_page_shows_nothing_of_it() {
    let connection = app().connect(&app().person(), &json!({"transactions": 20}));
    let before = connection.person.transactions("", 1000);
    connection.bank.update(r#"{"add":1300,"webhooks":false}"#);
    // Not each way on each page: Plaid allows fifty calls a minute.
    for (number, mut failure) in ways().into_iter().enumerate() {
        failure["skip"] = json!(1 + number % 2);
        connection.bank.fail("/transactions/sync", &failure);
        assert_eq!(
            connection.refresh().expect(200)["status"],
            "failing",
            "{failure}"
        );
        assert_eq!(
            connection.person.transactions("", 1000),
            before,
            "{failure}"
        );
    }
    heals(&connection);
}

#[test]
fn a_link_whose_checks_fail_is_finished_by_the_sweep() {
    for endpoint in ["/item/get", "/transactions/sync"] {
        for way in ways() {
            let ada = app().person();
            let token = ada
                .post("/v1/link-tokens", &json!({}))
                .string("/link_token");
            let linked = app().bank().link(&token, &json!({"transactions": 30}));
            linked.item.fail(endpoint, &way);
            let reply = ada.post("/v1/items", &json!({"public_token": linked.public_token}));
            let made = reply.expect(201);
            assert_eq!(made["status"], "preparing", "{endpoint} {way}");
            let connection = Connection {
                id: reply.string("/id"),
                person: ada,
                bank: linked.item,
                made,
            };
            heals(&connection);
        }
    }
}

#[test]
fn accounts_that_cannot_be_asked_for_do_not_hold_the_transactions_up() {
    for way in ways() {
        let ada = app().person();
        let token = ada
            .post("/v1/link-tokens", &json!({}))
            .string("/link_token");
        let linked = app().bank().link(&token, &json!({"transactions": 30}));
        linked.item.fail("/accounts/get", &way);
        let reply = ada.post("/v1/items", &json!({"public_token": linked.public_token}));
        let made = reply.expect(201);
        assert_eq!(made["status"], "good", "{way}");
        let connection = Connection {
            id: reply.string("/id"),
            person: ada,
            bank: linked.item,
            made,
        };
        assert_in_step(&connection);
    }
}

#[test]
fn a_bank_that_hangs_is_given_up_on_and_taken_up_again() {
    let hang = json!({"mode": "hang", "millis": 90_000});
    let connection = app().connect(&app().person(), &json!({"transactions": 20}));
    connection.bank.update(r#"{"add":2,"webhooks":false}"#);
    connection.bank.fail("/transactions/sync", &hang);
    assert_eq!(connection.refresh().expect(200)["status"], "failing");
    heals(&connection);
}

#[test]
fn a_slow_bank_is_waited_for() {
    let connection = app().connect(&app().person(), &json!({"transactions": 20}));
    connection.bank.update(r#"{"add":2,"webhooks":false}"#);
    connection.bank.fail(
        "/transactions/sync",
        &json!({"mode": "slow", "millis": 3_000}),
    );
    assert_eq!(connection.refresh().expect(200)["status"], "good");
    assert_in_step(&connection);
}

#[test]
fn pauses_grow_while_a_bank_goes_on_failing_and_end_with_it() {
    let connection = app().connect(&app().person(), &json!({"transactions": 5}));
    connection.bank.fail(
        "/transactions/sync",
        &json!({"error_code": "PLANNED_MAINTENANCE", "times": 4}),
    );
    connection.bank.update(r#"{"add":1,"webhooks":false}"#);
    let pause = || {
        let query = "SELECT retry_at FROM item WHERE id=?";
        let rows = app().database().sql(query, &json!([connection.row()]));
        rows[0]["retry_at"].as_i64().unwrap() - unix_now()
    };
    let pauses: Vec<i64> = (0..4)
        .map(|_| {
            connection.refresh().expect(200);
            pause()
        })
        .collect();
    assert!(
        pauses.is_sorted() && (20..=60).contains(&pauses[0]) && pauses[3] > 200,
        "{pauses:?}"
    );
    connection.refresh().expect(200);
    assert!(pause() <= 0);
    assert_in_step(&connection);
}

#[test]
fn more_refreshes_than_plaid_allows_are_refused_and_cost_no_data() {
    let connection = app().connect(&app().person(), &json!({"transactions": 5}));
    connection.bank.update(r#"{"add":1,"webhooks":false}"#);
    // Plaid allows fifteen looks at an Item a minute: at most two minutes are met here.
    let replies: Vec<Reply> = (0..40).map(|_| connection.refresh()).collect();
    let refused = replies.iter().filter(|reply| reply.status() == 429);
    let waits: Vec<u64> = refused
        .map(|reply| reply.header("retry-after").unwrap().parse().unwrap())
        .collect();
    assert!(waits.len() >= 10, "{} were refused", waits.len());
    assert!(
        waits.iter().all(|wait| (1..=61).contains(wait)),
        "{waits:?}"
    );
    assert_in_step(&connection);
}

#[test]
fn an_item_that_plaid_no_longer_has_goes_with_its_data() {
    for code in ["ITEM_NOT_FOUND", "USER_PERMISSION_REVOKED"] {
        let connection = app().connect(&app().person(), &json!({"transactions": 5}));
        connection
            .bank
            .fail("/transactions/sync", &json!({"error_code": code}));
        connection.refresh().expect_problem(404, "not-found");
        assert_eq!(
            connection.person.get("/v1/items").expect(200)["data"],
            json!([])
        );
        assert_eq!(connection.person.transactions("", 10), Vec::<Value>::new());
    }
}
