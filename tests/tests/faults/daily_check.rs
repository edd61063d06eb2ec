//! Once a day every connection is compared with Plaid: whatever a lost webhook would have said
//! is found. Here no webhook comes at all.

use end_to_end::{Connection, TestApp, differences, in_days, unix_now};
use serde_json::{Value, json};

fn instance() -> TestApp {
    let app = TestApp::start(None);
    app.bank().webhooks(&json!({"enabled": false}));
    app.bank().limit_calls(false);
    app
}

fn connected(app: &TestApp) -> Connection {
    let connection = app.connect(&app.person(), &json!({"transactions": 12}));
    app.come_to_rest(&connection);
    connection
}

/// A day passes for it.
fn a_day_passes(app: &TestApp, connection: &Connection) {
    let statement = "UPDATE item SET check_at=? WHERE id=?";
    app.database()
        .sql(statement, &json!([unix_now() - 1, connection.row()]));
    app.sweep();
}

fn next_check(app: &TestApp, connection: &Connection) -> i64 {
    let rows = app.database().sql(
        "SELECT check_at FROM item WHERE id=?",
        &json!([connection.row()]),
    );
    rows[0]["check_at"].as_i64().unwrap() - unix_now()
}

fn untold(connection: &Connection) {
    connection
        .bank
        .update(r#"{"add":[{"name":"untold","amount":1}],"webhooks":false}"#);
}

fn is_in_step(app: &TestApp, connection: &Connection) -> bool {
    differences(app.database(), &connection.person, &[connection]).is_empty()
}

#[test]
fn what_no_webhook_told_is_there_after_a_day_and_not_before() {
    let app = instance();
    let connection = connected(&app);
    assert!((80_000..=90_000).contains(&next_check(&app, &connection)));
    let rows = connection.bank.truth().transactions;
    untold(&connection);
    let changes = json!({
        "modify": [{"transaction_id": rows[0].transaction_id, "name": "renamed"}],
        "remove": [rows[1].transaction_id],
        "webhooks": false,
    });
    connection.bank.update(&changes.to_string());
    let asked = connection.bank.calls().len();
    app.sweep();
    let marker = connected(&app);
    a_day_passes(&app, &marker);
    app.eventually("the other's day has passed", || {
        next_check(&app, &marker) > 0
    });
    assert_eq!(connection.bank.calls().len(), asked, "its own has not");
    a_day_passes(&app, &connection);
    app.eventually("it is found", || is_in_step(&app, &connection));
    let next = next_check(&app, &connection);
    assert!((80_000..=93_000).contains(&next), "{next} s until the next");
}

#[test]
fn a_login_that_broke_and_one_that_was_mended_are_found() {
    let app = instance();
    let connection = connected(&app);
    connection
        .bank
        .set(&json!({"error": "ITEM_LOGIN_REQUIRED"}));
    a_day_passes(&app, &connection);
    app.eventually("it is found", || connection.status() == "needs_reauth");
    assert!(is_in_step(&app, &connection), "and costs no data");
    connection.bank.set(&json!({"error": null}));
    untold(&connection);
    a_day_passes(&app, &connection);
    app.eventually("that is found too", || connection.status() == "good");
    assert!(is_in_step(&app, &connection));
}

#[test]
fn a_consent_that_ends_within_the_week_is_warned_of_and_one_that_ends_later_is_not() {
    let app = instance();
    let connection = connected(&app);
    let year = |at: &str| connection.bank.set(&json!({"consent_expiration_time": at}));
    year("2199-01-01T00:00:00Z");
    let before = connection.bank.calls_to("/item/get");
    a_day_passes(&app, &connection);
    app.eventually("it is looked at", || {
        connection.bank.calls_to("/item/get") > before
    });
    app.come_to_rest(&connection);
    assert_eq!(connection.warnings(), Vec::<Value>::new());
    let end = in_days(5);
    year(&end);
    a_day_passes(&app, &connection);
    app.eventually("it is warned of", || !connection.warnings().is_empty());
    let warning = &connection.warnings()[0];
    assert_eq!(warning["kind"], "consent_expires");
    assert_eq!(warning["at"], end);
    // Renewed, which no webhook tells of.
    connection
        .bank
        .set(&json!({"consent_expiration_time": "2199-01-01T00:00:00Z"}));
    a_day_passes(&app, &connection);
    app.eventually("the warning goes", || connection.warnings().is_empty());
}

#[test]
fn webhooks_that_went_elsewhere_come_here_again() {
    let app = instance();
    let connection = connected(&app);
    let ours = connection.bank.state()["webhook"].clone();
    for elsewhere in [json!("https://example.com/elsewhere"), Value::Null] {
        connection.bank.set(&json!({"webhook": elsewhere}));
        a_day_passes(&app, &connection);
        app.eventually("they come here", || {
            connection.bank.state()["webhook"] == ours
        });
    }
    let updates = connection.bank.calls_to("/item/webhook/update");
    a_day_passes(&app, &connection);
    app.eventually("the day has passed", || next_check(&app, &connection) > 0);
    app.come_to_rest(&connection);
    assert_eq!(
        connection.bank.calls_to("/item/webhook/update"),
        updates,
        "what is right is left alone"
    );
}

#[test]
fn more_than_reading_is_found_and_ended() {
    let app = instance();
    let connection = connected(&app);
    connection
        .bank
        .set(&json!({"consented_products": ["transactions", "payment_initiation"]}));
    a_day_passes(&app, &connection);
    app.eventually("it is ended", || {
        app.database().let_time_pass();
        app.sweep();
        connection.bank.state()["removed"] == true
    });
    assert_eq!(
        connection.person.get("/v1/items").expect(200)["data"],
        json!([])
    );
    assert_eq!(connection.person.transactions("", 10), Vec::<Value>::new());
}

#[test]
fn a_permission_that_was_withdrawn_is_found() {
    let app = instance();
    let connection = connected(&app);
    connection.bank.fail(
        "/item/get",
        &json!({"error_code": "USER_PERMISSION_REVOKED", "times": null}),
    );
    a_day_passes(&app, &connection);
    app.eventually("it is ended", || {
        connection.person.get("/v1/items").expect(200)["data"] == json!([])
    });
    assert_eq!(connection.person.transactions("", 10), Vec::<Value>::new());
}

#[test]
fn balances_holdings_and_debts_are_those_of_the_day() {
    let app = instance();
    let connection = connected(&app);
    let account = connection.bank.truth().accounts[0].account_id.clone();
    connection
        .bank
        .change_account(&account, r#"{"current":4711.11}"#);
    let asked = |endpoint: &str| connection.bank.calls_to(endpoint);
    let endpoints = [
        "/investments/holdings/get",
        "/liabilities/get",
        "/transactions/recurring/get",
    ];
    let before = endpoints.map(asked);
    a_day_passes(&app, &connection);
    app.eventually("the balance is there", || {
        let accounts = connection.accounts();
        accounts
            .iter()
            .any(|account| account["balances"]["current"]["minor_units"] == 471_111)
    });
    for (endpoint, before) in endpoints.iter().zip(before) {
        assert!(asked(endpoint) > before, "{endpoint}");
    }
    assert_eq!(
        asked("/transactions/refresh"),
        0,
        "the bank itself is asked for persons only"
    );
}

#[test]
fn a_comparison_whose_message_is_lost_is_made_up_for_by_the_next_sweep() {
    let mut app = instance();
    let connection = connected(&app);
    untold(&connection);
    a_day_passes(&app, &connection);
    // The message waits for its batch to fill, a second long.
    app.stack_mut().kill_worker().unwrap();
    app.stack_mut().restart_worker().unwrap();
    app.eventually("it is found", || {
        app.database().let_time_pass();
        app.sweep();
        is_in_step(&app, &connection)
    });
}

#[test]
fn a_comparison_that_fails_is_made_up_for_before_the_day_is_over() {
    let app = instance();
    let connection = connected(&app);
    untold(&connection);
    connection
        .bank
        .fail("/item/get", &json!({"error_code": "INTERNAL_SERVER_ERROR"}));
    a_day_passes(&app, &connection);
    app.eventually("it is made up for", || {
        app.database().let_time_pass();
        app.sweep();
        is_in_step(&app, &connection)
    });
    assert_eq!(connection.status(), "good");
}

#[test]
fn everybodys_day_passes() {
    let app = instance();
    let all: Vec<Connection> = (0..12).map(|_| connected(&app)).collect();
    all.iter().for_each(untold);
    app.sql(&format!("UPDATE item SET check_at={}", unix_now() - 1));
    app.sweep();
    for connection in &all {
        app.eventually("it is found", || is_in_step(&app, connection));
        assert!(next_check(&app, connection) > 80_000);
    }
}
