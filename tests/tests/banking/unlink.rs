//! Unlinking leaves nothing behind, here or at Plaid.

use end_to_end::{Connection, differences};
use serde_json::{Value, json};

use super::app;

fn remove(connection: &Connection) {
    let reply = connection
        .person
        .delete(&format!("/v1/items/{}", connection.id));
    reply.expect(204);
    assert_eq!(reply.text(), "");
}

/// Every row of every table in which the Item's own id stands.
fn traces(connection: &Connection) -> Vec<String> {
    let database = app().database();
    let mut traces = Vec::new();
    for table in database.tables() {
        for row in database.sql(&format!("SELECT * FROM {table}"), &json!([])) {
            if row.to_string().contains(connection.row()) {
                traces.push(format!("{table}: {row}"));
            }
        }
    }
    traces
}

#[test]
fn everything_that_was_read_through_it_is_gone_and_plaid_is_told() {
    let ada = app().person();
    let kept = app().connect(
        &ada,
        &json!({"institution_id": "ins_109509", "transactions": 60}),
    );
    let gone = app().connect(
        &ada,
        &json!({"institution_id": "ins_109510", "transactions": 90}),
    );
    assert!(!traces(&gone).is_empty(), "the search finds what is there");
    remove(&gone);
    assert_eq!(gone.bank.state()["removed"], true);
    assert_eq!(traces(&gone), Vec::<String>::new());
    assert_eq!(
        differences(app().database(), &ada, &[&kept]),
        Vec::<String>::new()
    );
    let path = format!("/v1/items/{}", gone.id);
    ada.get(&path).expect_problem(404, "not-found");
    ada.delete(&path).expect_problem(404, "not-found");
    ada.post(&format!("{path}/sync"), &json!({}))
        .expect_problem(404, "not-found");
    for account in gone.made["accounts"].as_array().unwrap() {
        let account = account["id"].as_str().unwrap();
        ada.get(&format!("/v1/accounts/{account}"))
            .expect_problem(404, "not-found");
        assert_eq!(
            ada.transactions(&format!("&account={account}"), 10),
            Vec::<Value>::new()
        );
    }
}

#[test]
fn the_last_connection_leaves_nothing_but_the_person() {
    let connection = app().connect(&app().person(), &json!({"transactions": 40}));
    remove(&connection);
    let person = connection.person.id.strip_prefix("usr_").unwrap();
    for table in ["item", "account", "txn", "txn_stage", "sync_attempt"] {
        assert_eq!(
            app().count_rows_where(table, &format!("user_id='{person}'")),
            0,
            "{table}"
        );
    }
    assert_eq!(
        differences(app().database(), &connection.person, &[]),
        Vec::<String>::new()
    );
}

#[test]
fn data_goes_at_once_and_plaid_is_asked_until_it_confirms() {
    for way in [
        json!({"error_code": "INTERNAL_SERVER_ERROR"}),
        json!({"error_code": "RATE_LIMIT"}),
        json!({"mode": "reset"}),
        json!({"mode": "malformed"}),
        json!({"mode": "lost"}),
    ] {
        let connection = app().connect(&app().person(), &json!({"transactions": 5}));
        let mut failure = way.clone();
        failure["times"] = json!(3);
        connection.bank.fail("/item/remove", &failure);
        remove(&connection);
        assert_eq!(
            connection.person.get("/v1/items").expect(200)["data"],
            json!([])
        );
        assert_eq!(
            connection.person.get("/v1/accounts").expect(200)["data"],
            json!([])
        );
        assert_eq!(connection.person.transactions("", 10), Vec::<Value>::new());
        app().eventually("Plaid confirmed and nothing is left", || {
            app().database().let_time_pass_for(&connection.bank.id);
            app().sweep();
            connection.bank.state()["removed"] == true && traces(&connection).is_empty()
        });
        assert!(connection.bank.calls_to("/item/remove") >= 3, "{way}");
    }
}

#[test]
fn a_bank_that_was_unlinked_may_be_linked_again() {
    let ada = app().person();
    let first = app().connect(
        &ada,
        &json!({"institution_id": "ins_109510", "transactions": 20}),
    );
    remove(&first);
    let second = app().connect(
        &ada,
        &json!({"institution_id": "ins_109510", "transactions": 20}),
    );
    assert_ne!(first.id, second.id);
    super::assert_in_step(&second);
}

#[test]
fn a_sync_that_is_under_way_does_not_bring_it_back() {
    let connection = app().connect(&app().person(), &json!({"transactions": 20}));
    connection.bank.update(r#"{"add":1300,"webhooks":false}"#);
    connection.bank.fail(
        "/transactions/sync",
        &json!({"mode": "slow", "millis": 2_000, "skip": 1}),
    );
    std::thread::scope(|scope| {
        let refresh = scope.spawn(|| connection.refresh());
        let pages = || connection.bank.calls_to("/transactions/sync");
        let before = 1;
        app().eventually("the second page is asked for", || pages() >= before + 2);
        remove(&connection);
        refresh.join().unwrap().expect_problem(404, "not-found");
    });
    assert_eq!(traces(&connection), Vec::<String>::new());
    assert_eq!(connection.person.transactions("", 10), Vec::<Value>::new());
}

#[test]
fn what_was_kept_for_a_repeated_request_goes_too() {
    let ada = app().person();
    let token = ada
        .post("/v1/link-tokens", &json!({}))
        .string("/link_token");
    let linked = app().bank().link(&token, &json!({"transactions": 3}));
    let body = json!({"public_token": linked.public_token});
    let send = || {
        ada.call("POST", "/v1/items")
            .header("idempotency-key", "once")
            .json(&body)
            .send()
    };
    let reply = send();
    reply.expect(201);
    ada.delete(&format!("/v1/items/{}", reply.string("/id")))
        .expect(204);
    let again = send();
    assert!(
        !again.text().contains("Plaid Checking"),
        "the reply outlived the connection: {}",
        again.text()
    );
}
