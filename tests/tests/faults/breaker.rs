//! A bank that is down is left alone, whoever's connection found it out: nobody's Item there is
//! read by itself until the breaker's time. Other banks are read as ever, a person who asks is
//! answered, and what was missed arrives once the bank is back.

use end_to_end::{Connection, TestApp, Watch, differences, unix_now};
use serde_json::{Value, json};

const SYNC: &str = "/transactions/sync";
/// Its login breaks, it has moved, and so on: none of the bank's own fault.
const NOT_THE_BANKS: [&str; 4] = [
    "INTERNAL_SERVER_ERROR",
    "ITEM_LOGIN_REQUIRED",
    "TRANSACTIONS_SYNC_LIMIT",
    "PLANNED_MAINTENANCE",
];
const THE_BANKS: [&str; 3] = [
    "INSTITUTION_DOWN",
    "INSTITUTION_NOT_RESPONDING",
    "INSTITUTION_NOT_AVAILABLE",
];

/// An instance in which the bank announces nothing by itself.
fn instance() -> TestApp {
    let app = TestApp::start(None);
    app.bank().webhooks(&json!({"enabled": false}));
    app.bank().limit_calls(false);
    app
}

fn at(app: &TestApp, institution: &str) -> Connection {
    let details = json!({"transactions": 10, "institution_id": institution});
    let connection = app.connect(&app.person(), &details);
    app.come_to_rest(&connection);
    connection
}

/// The bank has one more, and Plaid says so.
fn has_news(connection: &Connection) {
    let news = r#"{"add":[{"name":"news","amount":1}],"webhooks":false}"#;
    connection.bank.update(news);
    assert_eq!(connection.bank.fire("SYNC_UPDATES_AVAILABLE", 1), [200]);
}

fn is_in_step(app: &TestApp, connection: &Connection) -> bool {
    differences(app.database(), &connection.person, &[connection]).is_empty()
}

/// The message has come, and it was put off without asking.
fn is_put_off(app: &TestApp, connection: &Connection) {
    let query = "SELECT count(*) AS n FROM item WHERE id=? AND wanted>synced AND retry_at>? AND lease_until=0";
    app.eventually("it is put off", || {
        let values = json!([connection.row(), unix_now()]);
        app.database().number(query, &values) == 1
    });
}

/// Finds out that its bank is down, by itself.
fn finds_out(app: &TestApp, connection: &Connection, code: &str) {
    connection
        .bank
        .fail(SYNC, &json!({"error_code": code, "times": null}));
    has_news(connection);
    app.eventually("it is shown", || connection.status() != "good");
}

/// Every pause ends.
fn time_passes(app: &TestApp) {
    let now = unix_now();
    app.sql(&format!("UPDATE breaker SET open_at={}", now - 1));
    app.database().let_time_pass();
}

#[test]
fn what_one_connection_finds_out_spares_the_bank_every_other() {
    let app = instance();
    for code in THE_BANKS {
        let [finder, neighbour] = [at(&app, "ins_109508"), at(&app, "ins_109508")];
        let elsewhere = at(&app, "ins_109509");
        finds_out(&app, &finder, code);
        let asked = neighbour.bank.calls().len();
        has_news(&neighbour);
        is_put_off(&app, &neighbour);
        has_news(&elsewhere);
        app.eventually("the other bank is read", || is_in_step(&app, &elsewhere));
        app.sweep();
        is_put_off(&app, &neighbour);
        assert_eq!(neighbour.bank.calls().len(), asked, "{code}");
        assert_eq!(neighbour.status(), "good", "nothing is wrong with hers yet");
        // Her own asking is answered, and shows that the bank is well.
        assert_eq!(neighbour.refresh().expect(200)["status"], "good");
        assert!(is_in_step(&app, &neighbour));
        assert_eq!(app.count_rows("breaker"), 0, "{code}");
        app.bank().heal();
        assert_eq!(finder.refresh().expect(200)["status"], "good");
    }
}

#[test]
fn once_its_time_has_come_the_bank_is_tried_and_everybody_heals() {
    let app = instance();
    let all: Vec<Connection> = (0..4).map(|_| at(&app, "ins_109510")).collect();
    finds_out(&app, &all[0], "INSTITUTION_DOWN");
    for connection in &all[1..] {
        has_news(connection);
        is_put_off(&app, connection);
    }
    app.bank().heal();
    time_passes(&app);
    app.sweep();
    for connection in &all {
        app.eventually("it is read again", || is_in_step(&app, connection));
        assert_eq!(connection.status(), "good");
    }
    assert_eq!(app.count_rows("breaker"), 0);
}

#[test]
fn a_bank_that_stays_down_is_tried_once_each_time_and_ever_more_seldom() {
    let app = instance();
    let all: Vec<Connection> = (0..5).map(|_| at(&app, "ins_109510")).collect();
    let down = json!({"error_code": "INSTITUTION_DOWN", "times": null});
    for connection in &all[1..] {
        connection.bank.fail(SYNC, &down);
    }
    finds_out(&app, &all[0], "INSTITUTION_DOWN");
    for connection in &all[1..] {
        has_news(connection);
        is_put_off(&app, connection);
    }
    let pause = || {
        let rows = app.sql("SELECT open_at FROM breaker");
        rows[0]["open_at"].as_i64().unwrap() - unix_now()
    };
    let tries = || all.iter().map(|one| one.bank.calls_to(SYNC)).sum::<usize>();
    let mut pauses = vec![pause()];
    for round in 0..3 {
        let before = tries();
        time_passes(&app);
        app.sweep();
        app.eventually("the bank is tried, and it is still down", || pause() > 0);
        for connection in &all {
            is_put_off(&app, connection);
        }
        assert_eq!(tries() - before, 1, "tries in round {round}");
        pauses.push(pause());
    }
    for (earlier, later) in pauses.iter().zip(&pauses[1..]) {
        assert!(later > earlier, "{pauses:?}");
    }
    assert!((20..=40).contains(&pauses[0]), "{pauses:?}");
}

#[test]
fn what_is_not_the_banks_fault_stops_nobody_else() {
    let app = instance();
    for code in NOT_THE_BANKS {
        let [finder, neighbour] = [at(&app, "ins_109508"), at(&app, "ins_109508")];
        finds_out(&app, &finder, code);
        has_news(&neighbour);
        app.eventually("her neighbour is read", || is_in_step(&app, &neighbour));
        assert_eq!(app.count_rows("breaker"), 0, "{code}");
    }
}

#[test]
fn the_days_comparison_waits_for_the_bank_too() {
    let app = instance();
    let [finder, neighbour] = [at(&app, "ins_109508"), at(&app, "ins_109508")];
    finds_out(&app, &finder, "INSTITUTION_DOWN");
    let asked = neighbour.bank.calls().len();
    neighbour
        .bank
        .update(r#"{"add":[{"name":"untold","amount":1}],"webhooks":false}"#);
    app.database().sql(
        "UPDATE item SET check_at=0 WHERE id=?",
        &json!([neighbour.row()]),
    );
    app.sweep();
    is_put_off(&app, &neighbour);
    assert_eq!(neighbour.bank.calls().len(), asked);
    app.bank().heal();
    time_passes(&app);
    app.sweep();
    app.eventually("the comparison is made up for", || {
        is_in_step(&app, &neighbour)
    });
}

#[test]
fn neither_the_bank_nor_anybody_is_named_in_what_is_kept_of_it() {
    let app = instance();
    let connection = at(&app, "ins_109508");
    finds_out(&app, &connection, "INSTITUTION_DOWN");
    let kept = Value::from(app.sql("SELECT * FROM breaker")).to_string();
    for name in [
        "ins_109508",
        "Platypus",
        connection.row(),
        connection.bank.id.as_str(),
    ] {
        assert!(!kept.contains(name), "{name} stands in {kept}");
    }
    assert!(
        !Watch::over(&app, &connection).is_at_rest(),
        "it is still wanted"
    );
}
