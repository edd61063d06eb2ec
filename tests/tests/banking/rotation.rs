//! An access token is replaced: the old one opens nothing any more, the new one goes on, and
//! nobody but Plaid and the sealed row ever has either.

use end_to_end::{Connection, unix_now};
use serde_json::{Value, json};

use super::{app, assert_in_step, comes_into_step};

const INVALIDATE: &str = "/item/access_token/invalidate";

fn connected() -> Connection {
    let connection = app().connect(&app().person(), &json!({"transactions": 15}));
    app().come_to_rest(&connection);
    connection
}

fn token(connection: &Connection) -> String {
    connection.bank.state()["access_token"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn the_old_token_is_dead_and_everything_goes_on_with_the_new_one() {
    let connection = connected();
    let old = token(&connection);
    app().item_by_token(&old).expect(200);
    let reply = connection.rotate_token();
    reply.expect(204);
    assert_eq!(reply.text(), "");
    let new = token(&connection);
    assert_ne!(old, new);
    let refused = app().item_by_token(&old).expect(400);
    assert_eq!(refused["error_code"], "INVALID_ACCESS_TOKEN");
    app().item_by_token(&new).expect(200);
    connection
        .bank
        .update(r#"{"add":[{"name":"by webhook","amount":2}]}"#);
    comes_into_step(&connection);
    connection
        .bank
        .update(r#"{"add":[{"name":"by hand","amount":2}],"webhooks":false}"#);
    assert_eq!(connection.refresh().expect(200)["status"], "good");
    assert_in_step(&connection);
    assert_eq!(connection.bank.calls_to(INVALIDATE), 1);
    assert_eq!(app().database().traces_of(&new), Vec::<String>::new());
}

#[test]
fn it_may_be_rotated_again_and_again_and_disconnected_then() {
    let connection = connected();
    for _ in 0..3 {
        connection.rotate_token().expect(204);
    }
    connection.refresh().expect(200);
    assert_in_step(&connection);
    let path = format!("/v1/items/{}", connection.id);
    connection.person.delete(&path).expect(204);
    app().eventually("Plaid is told, by the newest token", || {
        connection.bank.state()["removed"] == true
    });
}

#[test]
fn a_new_token_that_is_lost_on_its_way_asks_for_a_new_connection_and_costs_no_data() {
    for mode in ["lost", "half"] {
        let connection = connected();
        connection.bank.fail(INVALIDATE, &json!({"mode": mode}));
        connection.rotate_token().expect_problem(502, "upstream");
        let shown = connection.refresh().expect(200);
        assert_eq!(shown["status"], "needs_relink", "{mode}");
        assert!(
            shown["message"].as_str().unwrap().contains("connect"),
            "{shown}"
        );
        assert_eq!(connection.report()["status"], "needs_relink");
        assert_in_step(&connection);
        // Not tried every minute; nothing of hers goes by itself.
        let calls = connection.bank.calls().len();
        app().sweep();
        let marker = connected();
        marker.bank.update(r#"{"add":1}"#);
        comes_into_step(&marker);
        assert_eq!(connection.bank.calls().len(), calls, "{mode}");
        // Disconnecting works though Plaid does not know the token, and so does connecting anew.
        let path = format!("/v1/items/{}", connection.id);
        connection.person.delete(&path).expect(204);
        assert_eq!(connection.person.transactions("", 10), Vec::<Value>::new());
        let row = json!([connection.row()]);
        app().eventually("its row is gone", || {
            app().database().let_time_pass_for(&connection.bank.id);
            app().sweep();
            app()
                .database()
                .number("SELECT count(*) AS n FROM item WHERE id=?", &row)
                == 0
        });
        let anew = app().connect(&connection.person, &json!({"transactions": 3}));
        assert_eq!(anew.status(), "good");
    }
}

#[test]
fn where_plaid_refuses_the_old_token_stays_good() {
    for (way, status, slug) in [
        (
            json!({"error_code": "INTERNAL_SERVER_ERROR"}),
            502,
            "upstream",
        ),
        (
            json!({"error_code": "RATE_LIMIT"}),
            429,
            "too-many-requests",
        ),
        (json!({"mode": "reset"}), 502, "upstream"),
        (json!({"mode": "html"}), 502, "upstream"),
    ] {
        let connection = connected();
        let old = token(&connection);
        connection.bank.fail(INVALIDATE, &way);
        let reply = connection.rotate_token();
        reply.expect_problem(status, slug);
        assert_eq!(
            reply.header("retry-after").is_some(),
            status == 429,
            "{way}"
        );
        assert_eq!(token(&connection), old);
        assert_eq!(connection.refresh().expect(200)["status"], "good", "{way}");
        connection.rotate_token().expect(204);
        assert_eq!(connection.refresh().expect(200)["status"], "good", "{way}");
    }
}

#[test]
fn while_the_bank_is_read_the_token_stays_what_it_is() {
    let connection = connected();
    connection.bank.update(r#"{"add":1,"webhooks":false}"#);
    let slow = json!({"mode": "slow", "millis": 2_500});
    connection.bank.fail("/transactions/sync", &slow);
    let before = connection.bank.calls_to("/transactions/sync");
    std::thread::scope(|scope| {
        let refresh = scope.spawn(|| connection.refresh());
        app().eventually("it is being read", || {
            connection.bank.calls_to("/transactions/sync") > before
        });
        connection.rotate_token().expect_problem(503, "unavailable");
        assert_eq!(refresh.join().unwrap().expect(200)["status"], "good");
    });
    assert_eq!(connection.bank.calls_to(INVALIDATE), 0);
    assert_in_step(&connection);
}

#[test]
fn two_rotations_at_once_leave_the_token_that_plaid_knows() {
    let connection = connected();
    std::thread::scope(|scope| {
        let rotations: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| connection.rotate_token().status()))
            .collect();
        let statuses: Vec<u16> = rotations
            .into_iter()
            .map(|one| one.join().unwrap())
            .collect();
        assert!(statuses.contains(&204), "{statuses:?}");
        assert!(
            statuses.iter().all(|status| [204, 503].contains(status)),
            "{statuses:?}"
        );
    });
    assert_eq!(connection.refresh().expect(200)["status"], "good");
    assert_in_step(&connection);
}

#[test]
fn an_account_that_goes_meanwhile_does_not_cost_the_new_token() {
    let connection = connected();
    let account = connection.accounts().remove(0);
    let slow = json!({"mode": "slow", "millis": 2_000});
    connection.bank.fail(INVALIDATE, &slow);
    let item = connection.row();
    std::thread::scope(|scope| {
        let rotation = scope.spawn(|| connection.rotate_token());
        app().eventually("the rotation holds the Item", || {
            let held = format!("id='{item}' AND lease_until>{}", unix_now());
            app().count_rows_where("item", &held) == 1
        });
        let account = account["id"].as_str().unwrap();
        connection.disconnect_account(account).expect(204);
        rotation.join().unwrap().expect(204);
    });
    let left = connection.accounts();
    assert!(left.iter().all(|shown| shown["id"] != account["id"]));
    app().item_by_token(&token(&connection)).expect(200);
    assert_eq!(connection.refresh().expect(200)["status"], "good");
}

#[test]
fn who_may_not_rotates_nothing() {
    let connection = connected();
    let old = token(&connection);
    let path = format!("/v1/items/{}/token-rotations", connection.id);
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
    assert_eq!(token(&connection), old);
}
