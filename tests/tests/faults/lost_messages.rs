//! Queue messages may be lost: what was answered is in the database, and the sweep
//! finds it. Locally the queue lives in memory, so killing the Worker loses them.

use end_to_end::{TestApp, heals};
use serde_json::{Value, json};

#[test]
fn a_webhook_whose_message_is_lost_is_worked_off_by_the_sweep() {
    let mut app = TestApp::start(None);
    let connection = app.connect(&app.person(), &json!({"transactions": 30}));
    for round in 0..3 {
        connection
            .bank
            .update(r#"{"add":[{"name":"told of","amount":1}],"webhooks":false}"#);
        // The message waits for its batch to fill, a second long.
        assert_eq!(connection.bank.fire("SYNC_UPDATES_AVAILABLE", 1), [200]);
        app.stack_mut().kill_worker().unwrap();
        assert_eq!(
            app.count_rows_where("inbox", "waiting=1"),
            1,
            "round {round}: it was lost in time"
        );
        app.stack_mut().restart_worker().unwrap();
        heals(&app, &connection.person, &[&connection]);
        assert_eq!(app.count_rows_where("inbox", "waiting=1"), 0);
    }
}

#[test]
fn a_long_first_sync_whose_continuation_is_lost_is_taken_up_again() {
    let mut app = TestApp::start(None);
    let connection = app.connect(&app.person(), &json!({"transactions": 4_000}));
    app.stack_mut().kill_worker().unwrap();
    app.stack_mut().restart_worker().unwrap();
    heals(&app, &connection.person, &[&connection]);
    assert_eq!(app.count_rows("txn_stage"), 0);
    assert_eq!(app.count_rows("sync_attempt"), 0);
}

#[test]
fn a_removal_whose_message_is_lost_is_finished() {
    let mut app = TestApp::start(None);
    let connection = app.connect(&app.person(), &json!({"transactions": 10}));
    connection.bank.fail(
        "/item/remove",
        &json!({"error_code": "INTERNAL_SERVER_ERROR"}),
    );
    connection
        .person
        .delete(&format!("/v1/items/{}", connection.id))
        .expect(204);
    app.stack_mut().kill_worker().unwrap();
    app.stack_mut().restart_worker().unwrap();
    app.eventually("Plaid is told and the row is gone", || {
        app.database().let_time_pass();
        app.sweep();
        connection.bank.state()["removed"] == true && app.count_rows("item") == 0
    });
    assert_eq!(
        connection.person.get("/v1/items").expect(200)["data"],
        json!([])
    );
    assert_eq!(connection.person.transactions("", 10), Vec::<Value>::new());
}

#[test]
fn a_webhook_while_the_worker_is_down_comes_by_plaids_retry() {
    let mut app = TestApp::start(None);
    let connection = app.connect(&app.person(), &json!({"transactions": 10}));
    app.bank().webhooks(&json!({"retry_millis": vec![500; 60]}));
    app.stack_mut().kill_worker().unwrap();
    connection
        .bank
        .update(r#"{"add":[{"name":"while down","amount":1}]}"#);
    app.stack_mut().restart_worker().unwrap();
    // No sweep: the retry of the webhook alone.
    app.eventually("the retry is enough", || {
        end_to_end::differences(app.database(), &connection.person, &[&connection]).is_empty()
    });
}
