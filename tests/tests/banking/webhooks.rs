//! Plaid's webhooks: written down once, answered at once, worked off by the queue.
//! Who may send one is tried in the binary `faults`, on an instance of its own.

use end_to_end::{BankItem, Connection, Keys};
use serde_json::{Value, json};

use super::{app, assert_in_step, comes_into_step};

/// The inbox's rows about an Item.
fn inbox(item: &BankItem) -> Vec<Value> {
    let database = app().database();
    let subject = Keys::system(database).item(&item.id);
    database.sql(
        "SELECT * FROM inbox WHERE subject=? ORDER BY received_at",
        &json!([subject]),
    )
}

fn connected() -> Connection {
    app().connect(&app().person(), &json!({"transactions": 20}))
}

fn attempts(connection: &Connection) -> u64 {
    app().database().number(
        "SELECT attempt FROM item WHERE id=?",
        &json!([connection.row()]),
    )
}

#[test]
fn the_same_webhook_twenty_times_at_once_has_the_effect_of_one() {
    let connection = connected();
    connection.bank.update(r#"{"add":30,"webhooks":false}"#);
    let before = attempts(&connection);
    assert_eq!(
        connection.bank.fire("SYNC_UPDATES_AVAILABLE", 20),
        [200; 20]
    );
    comes_into_step(&connection);
    app().eventually("all are handled", || {
        inbox(&connection.bank)
            .iter()
            .all(|row| row["waiting"].is_null())
    });
    let rows = inbox(&connection.bank).len();
    // One, or one more where the first was being handled when the last came.
    assert!((1..=2).contains(&rows), "{rows} rows");
    let syncs = attempts(&connection) - before;
    assert!((1..=2).contains(&syncs), "{syncs} syncs");
    assert_in_step(&connection);
}

#[test]
fn an_inbox_row_says_whose_and_which_and_nothing_else() {
    let connection = connected();
    assert_eq!(connection.bank.fire("SYNC_UPDATES_AVAILABLE", 1), [200]);
    let row = inbox(&connection.bank).remove(0);
    let mut columns: Vec<&String> = row.as_object().unwrap().keys().collect();
    columns.sort();
    assert_eq!(
        columns,
        [
            "done_at",
            "id",
            "kind",
            "received_at",
            "sealed",
            "source",
            "subject",
            "waiting"
        ]
    );
    assert_eq!(
        (&row["source"], &row["kind"], &row["sealed"]),
        (&json!("plaid"), &json!("sync"), &json!(null))
    );
    assert!(!row.to_string().contains(&connection.bank.id));
}

#[test]
fn what_needs_nothing_done_is_acknowledged_and_not_kept() {
    let connection = connected();
    let before = inbox(&connection.bank).len();
    for code in [
        "INITIAL_UPDATE",
        "HISTORICAL_UPDATE",
        "DEFAULT_UPDATE",
        "TRANSACTIONS_REMOVED",
        "SOMETHING_OF_2031",
    ] {
        assert_eq!(connection.bank.fire(code, 1), [200], "{code}");
    }
    let odd = [
        json!({"webhook_type": "INCOME", "webhook_code": "INCOME_VERIFICATION", "item_id": connection.bank.id}),
        json!({"webhook_type": "TRANSACTIONS", "webhook_code": "SYNC_UPDATES_AVAILABLE"}),
        json!({"webhook_type": "TRANSACTIONS", "webhook_code": "SYNC_UPDATES_AVAILABLE", "item_id": 7}),
        json!({"webhook_type": "ITEM", "webhook_code": "ERROR", "item_id": "x".repeat(1_000)}),
        json!({}),
    ];
    for body in odd {
        let order =
            json!({"url": format!("{}/webhooks/plaid", app().stack().origin()), "body": body});
        assert_eq!(app().bank().fire(&order), [200], "{body}");
    }
    assert_eq!(inbox(&connection.bank).len(), before);
}

#[test]
fn a_body_over_the_limit_is_refused_and_one_at_the_limit_is_read() {
    let url = format!("{}/webhooks/plaid", app().stack().origin());
    let body = |length: usize| {
        let start = r#"{"webhook_type":"X","webhook_code":"Y","padding":""#;
        format!("{start}{}\"}}", "x".repeat(length - start.len() - 2))
    };
    let send = |length| app().bank().fire(&json!({"url": url, "raw": body(length)}));
    assert_eq!(send(64 << 10), [200]);
    assert_eq!(send((64 << 10) + 1), [413]);
    assert_eq!(send(4 << 20), [413]);
}

#[test]
fn what_is_signed_but_is_no_json_object_is_a_bad_request() {
    let url = format!("{}/webhooks/plaid", app().stack().origin());
    for raw in ["", "[]", "null", "{", "{\"webhook_type\":", "text"] {
        assert_eq!(
            app().bank().fire(&json!({"url": url, "raw": raw})),
            [400],
            "{raw}"
        );
    }
}

#[test]
fn a_webhook_that_comes_before_the_exchange_is_done_waits_for_it() {
    let ada = app().person();
    let token = ada
        .post("/v1/link-tokens", &json!({}))
        .string("/link_token");
    let linked = app().bank().link(&token, &json!({"transactions": 40}));
    assert_eq!(linked.item.fire("SYNC_UPDATES_AVAILABLE", 3), [200; 3]);
    let waiting = || {
        inbox(&linked.item)
            .iter()
            .filter(|row| row["waiting"] == 1)
            .count()
    };
    app().eventually("its message has been handled in vain", || {
        app().database().let_time_pass_for(&linked.item.id);
        app().sweep();
        waiting() == 1
    });
    let reply = ada.post("/v1/items", &json!({"public_token": linked.public_token}));
    let made = reply.expect(201);
    let connection = Connection {
        id: reply.string("/id"),
        person: ada,
        bank: linked.item.clone(),
        made,
    };
    connection
        .bank
        .update(r#"{"add":[{"name":"meanwhile","amount":3}],"webhooks":false}"#);
    app().database().let_time_pass_for(&linked.item.id);
    app().sweep();
    comes_into_step(&connection);
    app().eventually("it is handled", || waiting() == 0);
}

#[test]
fn a_webhook_for_an_item_that_never_comes_is_forgotten() {
    let url = format!("{}/webhooks/plaid", app().stack().origin());
    let stranger = app().bank().item("nobodysItemAtAll0000000000000000000");
    let body = json!({"webhook_type": "TRANSACTIONS", "webhook_code": "SYNC_UPDATES_AVAILABLE", "item_id": stranger.id});
    assert_eq!(app().bank().fire(&json!({"url": url, "body": body})), [200]);
    let waiting = || {
        inbox(&stranger)
            .iter()
            .filter(|row| row["waiting"] == 1)
            .count()
    };
    assert_eq!(waiting(), 1);
    let age = |column: &str, seconds: u32| {
        let subject = Keys::system(app().database()).item(&stranger.id);
        let statement = format!("UPDATE inbox SET {column}={column}-{seconds} WHERE subject=?");
        app().database().sql(&statement, &json!([subject]));
    };
    age("received_at", 4_000);
    app().eventually("it is done with", || {
        app().sweep();
        waiting() == 0
    });
    age("done_at", 700_000);
    app().sweep();
    assert_eq!(inbox(&stranger), Vec::<Value>::new());
}

#[test]
fn a_permission_that_was_withdrawn_ends_the_connection_and_its_data() {
    let connection = connected();
    assert_eq!(connection.bank.fire("USER_PERMISSION_REVOKED", 2), [200; 2]);
    app().eventually("the data is gone", || {
        connection.person.get("/v1/items").expect(200)["data"] == json!([])
            && connection.person.transactions("", 10).is_empty()
            && connection.person.get("/v1/accounts").expect(200)["data"] == json!([])
    });
    app().eventually("Plaid is told", || {
        connection.bank.state()["removed"] == true
    });
}

#[test]
fn a_webhook_that_comes_while_a_sync_runs_is_not_lost() {
    let connection = connected();
    connection.bank.update(r#"{"add":600,"webhooks":false}"#);
    connection.bank.fail(
        "/transactions/sync",
        &json!({"mode": "slow", "millis": 3_000, "skip": 1}),
    );
    std::thread::scope(|scope| {
        let refresh = scope.spawn(|| connection.refresh());
        app().eventually("the last page is asked for", || {
            connection.bank.calls_to("/transactions/sync") >= 3
        });
        // The bank has answered the running sync in its mind already.
        connection
            .bank
            .update(r#"{"add":[{"name":"late","amount":1}],"webhooks":false}"#);
        assert_eq!(connection.bank.fire("SYNC_UPDATES_AVAILABLE", 1), [200]);
        refresh.join().unwrap().expect(200);
    });
    app().eventually("the late one is there", || {
        app().sweep();
        end_to_end::differences(app().database(), &connection.person, &[&connection]).is_empty()
    });
}

#[test]
fn equal_webhooks_after_one_was_handled_are_new_ones() {
    let connection = connected();
    for round in 0..3 {
        connection.bank.update(&format!(
            r#"{{"add":[{{"name":"round {round}","amount":1}}]}}"#
        ));
        comes_into_step(&connection);
    }
}
