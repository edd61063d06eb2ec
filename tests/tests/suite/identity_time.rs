//! What ends by itself: an instance whose rows are aged while it is down.

use end_to_end::TestApp;
use serde_json::json;

use super::folder;

#[test]
fn what_has_had_its_time_counts_for_nothing_and_is_swept_away() {
    let mut app = TestApp::start(Some(folder("identity-time")));
    let ada = app.person();
    let late = app.applicant();
    late.sign_up().expect(202);
    let token = app.mailbox().token_for(&late.email);
    let guesser = app.applicant();
    for _ in 0..5 {
        guesser.sign_in().expect_problem(401, "invalid-credentials");
    }
    guesser.sign_in().expect_problem(429, "too-many-requests");
    let repeated = app.applicant();
    let body = json!({"email": repeated.email, "password": repeated.password});
    let repeat = || {
        let call = repeated.client.call("POST", "/v1/users");
        call.header("idempotency-key", "repeat").json(&body).send()
    };
    repeat().expect(202);
    assert_eq!(repeat().header("idempotent-replayed"), Some("true"));

    app.stack_mut().kill_worker().unwrap();
    let tables = ["session", "pending_sign_up", "throttle", "idempotent_reply"];
    for table in tables {
        age(&app, table);
    }
    app.sql("UPDATE throttle SET open_at = 0");
    app.stack_mut().restart_worker().unwrap();

    ada.get("/v1/me").expect_problem(401, "unauthenticated");
    late.confirm(&token).expect_problem(422, "invalid-token");
    guesser.sign_in().expect_problem(401, "invalid-credentials");
    assert_eq!(repeat().header("idempotent-replayed"), None);
    ada.applicant.sign_in().expect(201);

    app.stack().trigger_cron("* * * * *").unwrap();
    app.stack_mut().kill_worker().unwrap();
    for table in tables {
        assert_eq!(
            app.count_rows_where(table, "expires_at = 1"),
            0,
            "{table} was not swept"
        );
        assert!(
            table == "pending_sign_up" || app.count_rows(table) > 0,
            "{table} was emptied"
        );
    }
}

#[test]
fn a_claim_that_a_crash_left_behind_lapses() {
    let mut app = TestApp::start(Some(folder("identity-claim")));
    let ada = app.applicant();
    let body = json!({"email": ada.email, "password": ada.password});
    let call = || {
        let call = ada.client.call("POST", "/v1/users");
        call.header("idempotency-key", "crash").json(&body)
    };
    // The look-up hangs, so that the request is under way when its isolate dies.
    app.pwned()
        .fail(&ada.password, Some(1), "hang", &json!({"millis": 30_000}));
    std::thread::scope(|scope| {
        let running = scope.spawn(|| call().try_send().is_ok());
        app.eventually("the look-up is under way", || {
            app.pwned().look_ups(&ada.password) == 1
        });
        app.stack_mut().kill_worker().unwrap();
        assert!(
            !running.join().unwrap(),
            "the request ended before its isolate did"
        );
    });
    app.stack_mut().restart_worker().unwrap();
    call().send().expect_problem(409, "idempotency-key-in-use");

    app.stack_mut().kill_worker().unwrap();
    age(&app, "idempotent_reply");
    app.stack_mut().restart_worker().unwrap();
    let reply = call().send();
    reply.expect(202);
    assert_eq!(reply.header("idempotent-replayed"), None);
    let mails = app.mailbox().wait_for(&ada.email, 1);
    assert_eq!(mails.len(), 1);
}

/// Lets the time of every row of a table have come.
fn age(app: &TestApp, table: &str) {
    assert!(app.count_rows(table) > 0, "{table} has no rows to age");
    app.sql(&format!("UPDATE {table} SET expires_at = 1"));
}
