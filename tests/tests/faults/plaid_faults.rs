//! Plaid goes wrong in the middle of things, on every call there is about an Item, for everybody
//! at once, or by changing its keys: nothing is lost, and all of it is made up for.

use end_to_end::{Connection, TestApp, differences, heals};
use serde_json::{Value, json};

const SYNC: &str = "/transactions/sync";

fn instance() -> TestApp {
    let app = TestApp::start(None);
    app.bank().limit_calls(false);
    app
}

fn connected(app: &TestApp) -> Connection {
    let connection = app.connect(&app.person(), &json!({"transactions": 400}));
    app.come_to_rest(&connection);
    connection
}

/// A way to fail in every manner but a hang, which takes as long as we wait.
fn ways() -> Vec<Value> {
    let codes = [
        "INTERNAL_SERVER_ERROR",
        "RATE_LIMIT",
        "INSTITUTION_DOWN",
        "PRODUCT_NOT_READY",
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
        "slow",
    ];
    let codes = codes.iter().map(|code| json!({"error_code": code}));
    codes
        .chain(
            modes
                .iter()
                .map(|mode| json!({"mode": mode, "millis": 700})),
        )
        .collect()
}

fn is_in_step(app: &TestApp, connection: &Connection) -> bool {
    differences(app.database(), &connection.person, &[connection]).is_empty()
}

#[test]
fn whatever_goes_wrong_with_holdings_debts_and_payments_her_transactions_come() {
    let app = instance();
    for (endpoint, path) in [
        ("/investments/holdings/get", "/v1/holdings"),
        ("/liabilities/get", "/v1/liabilities"),
        ("/transactions/recurring/get", "/v1/recurring"),
    ] {
        // An Item may be read so often in a minute, and no oftener.
        for ways in ways().chunks(7) {
            comes_whatever(&app, &connected(&app), (endpoint, path), ways);
        }
    }
}

fn comes_whatever(
    app: &TestApp,
    connection: &Connection,
    (endpoint, path): (&str, &str),
    ways: &[Value],
) {
    let shown = || {
        let shown = connection.person.get(path).expect(200);
        shown["data"].as_array().unwrap().len()
    };
    let before = shown();
    for way in ways {
        let news = r#"{"add":[{"name":"comes","amount":1}],"webhooks":false}"#;
        connection.bank.update(news);
        connection.bank.fail(endpoint, way);
        let status = connection.refresh().expect(200)["status"].clone();
        assert_eq!(status, "good", "{endpoint} {way}");
        assert!(is_in_step(app, connection), "{endpoint} {way}");
        assert_eq!(shown(), before, "{endpoint} {way}");
    }
}

#[test]
fn plaid_is_down_for_everybody_and_everybody_heals() {
    let app = instance();
    let all: Vec<Connection> = ["ins_109508", "ins_109509", "ins_109510", "ins_109508"]
        .map(|institution| {
            let details = json!({"transactions": 30, "institution_id": institution});
            app.connect(&app.person(), &details)
        })
        .into();
    for connection in &all {
        app.come_to_rest(connection);
    }
    for way in [
        json!({"error_code": "INTERNAL_SERVER_ERROR", "times": null}),
        json!({"mode": "reset", "times": null}),
    ] {
        for endpoint in [SYNC, "/item/get", "/accounts/get"] {
            app.bank().fail(endpoint, &way);
        }
        for connection in &all {
            connection
                .bank
                .update(r#"{"add":[{"name":"while down","amount":1}]}"#);
            let before = connection.person.transactions("", 1000);
            connection.refresh().expect(200);
            assert_eq!(connection.person.transactions("", 1000), before, "{way}");
        }
        app.bank().heal();
        for connection in &all {
            heals(&app, &connection.person, &[connection]);
            assert_eq!(connection.status(), "good", "{way}");
        }
    }
}

#[test]
fn every_call_is_slow_and_everything_comes() {
    let app = instance();
    let connection = connected(&app);
    for endpoint in [
        SYNC,
        "/item/get",
        "/accounts/get",
        "/liabilities/get",
        "/investments/holdings/get",
        "/transactions/recurring/get",
        "/transactions/refresh",
    ] {
        connection.bank.fail(
            endpoint,
            &json!({"mode": "slow", "millis": 900, "times": null}),
        );
    }
    connection.bank.update(r#"{"add":1100,"webhooks":false}"#);
    assert_eq!(connection.refresh().expect(200)["status"], "good");
    assert!(is_in_step(&app, &connection));
}

#[test]
fn half_a_page_is_no_page_wherever_it_comes() {
    let app = instance();
    let connection = connected(&app);
    for page in 0..3 {
        let before = connection.person.transactions("", 1000).len();
        connection.bank.update(r#"{"add":1200,"webhooks":false}"#);
        connection
            .bank
            .fail(SYNC, &json!({"mode": "half", "skip": page}));
        assert_eq!(
            connection.refresh().expect(200)["status"],
            "failing",
            "page {page}"
        );
        assert_eq!(
            connection.person.transactions("", 1000).len(),
            before,
            "page {page}"
        );
        heals(&app, &connection.person, &[&connection]);
    }
    assert_eq!(app.count_rows("txn_stage"), 0);
}

#[test]
fn plaid_says_too_often_and_it_is_no_failure_of_the_banks() {
    let app = instance();
    let [limited, neighbour] = [connected(&app), connected(&app)];
    limited
        .bank
        .update(r#"{"add":[{"name":"later","amount":1}],"webhooks":false}"#);
    limited.bank.fail(
        SYNC,
        &json!({"error_code": "TRANSACTIONS_SYNC_LIMIT", "times": 2}),
    );
    limited.refresh();
    assert_eq!(app.count_rows("breaker"), 0);
    neighbour
        .bank
        .update(r#"{"add":[{"name":"now","amount":1}]}"#);
    app.eventually("another Item is read", || is_in_step(&app, &neighbour));
    heals(&app, &limited.person, &[&limited]);
    assert_eq!(limited.status(), "good");
}

#[test]
fn keys_that_change_in_the_middle_lose_no_webhook() {
    let app = instance();
    let connection = connected(&app);
    for round in 0..6 {
        connection
            .bank
            .update(&json!({"add": [{"name": format!("round {round}"), "amount": 1}]}).to_string());
        // The old key signs no more, and its time is over in every other round.
        app.bank().rotate_keys(&if round % 2 == 0 {
            json!({})
        } else {
            json!({"expire_in": 0})
        });
        connection.bank.update(
            &json!({"add": [{"name": format!("signed anew {round}"), "amount": 1}]}).to_string(),
        );
        app.bank().wait_for_webhooks();
        app.eventually("both are told of", || is_in_step(&app, &connection));
    }
}

#[test]
fn many_who_ask_for_one_item_at_once_read_it_once_at_a_time() {
    let app = instance();
    let connection = connected(&app);
    connection.bank.update(r#"{"add":900}"#);
    connection
        .bank
        .fail(SYNC, &json!({"mode": "slow", "millis": 900}));
    std::thread::scope(|scope| {
        let asking: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| connection.refresh().status()))
            .collect();
        connection.bank.fire("SYNC_UPDATES_AVAILABLE", 8);
        connection.bank.fire("HOLDINGS", 1);
        for asked in asking {
            let status = asked.join().unwrap();
            assert!([200, 429].contains(&status), "{status}");
        }
    });
    heals(&app, &connection.person, &[&connection]);
    for table in ["txn_stage", "sync_attempt"] {
        assert_eq!(app.count_rows(table), 0, "{table}");
    }
}

#[test]
fn disconnected_while_plaid_is_down_everything_goes_and_plaid_is_told_later() {
    let app = instance();
    let connection = connected(&app);
    for endpoint in ["/item/remove", SYNC, "/item/get"] {
        connection.bank.fail(
            endpoint,
            &json!({"error_code": "INTERNAL_SERVER_ERROR", "times": 3}),
        );
    }
    connection
        .person
        .delete(&format!("/v1/items/{}", connection.id))
        .expect(204);
    for path in [
        "/v1/accounts",
        "/v1/holdings",
        "/v1/liabilities",
        "/v1/recurring",
        "/v1/cash-flow",
        "/v1/net-worth",
    ] {
        assert_eq!(
            connection.person.get(path).expect(200)["data"],
            json!([]),
            "{path}"
        );
    }
    app.eventually("Plaid is told", || {
        app.database().let_time_pass();
        app.sweep();
        connection.bank.state()["removed"] == true && app.count_rows("item") == 0
    });
    for table in [
        "txn",
        "account",
        "snapshot",
        "balance_year",
        "month_total",
        "annotation",
        "month_directory",
    ] {
        let left = app.sql(&format!("SELECT * FROM {table}"));
        // A directory of no months may stay.
        assert!(
            left.is_empty() || table == "month_directory",
            "{table}: {left:?}"
        );
    }
}
