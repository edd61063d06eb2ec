//! One failure at a time: what the person is told, and what is in the database after.

use end_to_end::{Person, TestApp};
use serde_json::json;

use super::start;

/// Failures after which nothing can have happened, so that a read or a whole
/// transaction is done again.
const PASSING: [&str; 6] = [
    "cut_before",
    "cut_after",
    "session_lost",
    "deadlock",
    "timeout",
    "html_520",
];

/// A read and a write of hers that leave the rest as it was.
fn works(person: &Person) {
    person.get("/v1/me").expect(200);
    person.get("/v1/sessions").expect(200);
}

#[test]
fn a_read_that_fails_once_is_done_again_and_nobody_notices() {
    let app = start();
    let ada = app.person();
    works(&ada);
    for mode in PASSING.into_iter().chain(["status"]) {
        app.planetscale()
            .fail(&json!({"mode": mode, "matching": "from session"}));
        let reply = ada.get("/v1/me");
        assert_eq!(reply.status(), 200, "{mode}: {}", reply.text());
    }
}

#[test]
fn while_the_database_fails_the_answer_is_503_and_tells_nothing_of_it() {
    let app = start();
    let ada = app.person();
    for mode in PASSING.into_iter().chain(["status", "unauthenticated"]) {
        let database = app.planetscale();
        database.fail(&json!({"mode": mode, "times": null, "matching": "from session"}));
        let reply = ada.get("/v1/me");
        reply.expect_problem(503, "unavailable");
        for word in ["SELECT", "session ", "vttablet", "Cloudflare", "html"] {
            assert!(!reply.text().contains(word), "{mode}: {}", reply.text());
        }
        database.heal();
        works(&ada);
    }
}

/// Signs someone up as far as the mailed code.
fn pending(app: &TestApp) -> (end_to_end::Applicant, String) {
    let applicant = app.applicant();
    applicant.sign_up().expect(202);
    let code = app.mailbox().token_for(&applicant.email);
    (applicant, code)
}

#[test]
fn a_transaction_that_fails_before_its_commit_is_done_again_whole() {
    let app = start();
    for mode in PASSING {
        let (applicant, code) = pending(&app);
        app.planetscale()
            .fail(&json!({"mode": mode, "matching": "insert into person"}));
        let reply = applicant.confirm(&code);
        assert_eq!(reply.status(), 201, "{mode}: {}", reply.text());
        applicant.sign_in().expect(201);
    }
    let accounts = u64::try_from(PASSING.len()).unwrap();
    for table in ["person", "login"] {
        assert_eq!(app.count_rows(table), accounts, "{table}");
    }
}

#[test]
fn a_commit_without_an_answer_is_not_done_again() {
    let app = start();
    let commits = |app: &TestApp| {
        let asked = app.planetscale().asked();
        asked.iter().filter(|sql| *sql == "COMMIT").count()
    };
    for (mode, happened) in [("cut_before", false), ("cut_after", true)] {
        let (applicant, code) = pending(&app);
        app.planetscale().forget();
        // The first commit is the counter's that confirmations are counted by.
        app.planetscale()
            .fail(&json!({"mode": mode, "matching": "commit", "after": 1}));
        applicant.confirm(&code).expect_problem(503, "unavailable");
        let before = commits(&app);
        assert_eq!(before, 2, "{mode}: {:?}", app.planetscale().asked());
        // She tries again: either the account is there or the code still works.
        let status = applicant.sign_in().status();
        if happened {
            assert_eq!(status, 201, "it had been committed");
        } else {
            assert_eq!(status, 401, "it had not");
            applicant.confirm(&code).expect(201);
        }
    }
    assert_eq!(app.count_rows("person"), 2);
    assert_eq!(app.count_rows("login"), 2);
    assert_eq!(app.count_rows("user_key"), 6, "two each, and the system's");
}

#[test]
fn a_key_that_is_taken_is_refused_and_leaves_nothing() {
    let app = start();
    let (ada, code) = pending(&app);
    // As if a confirmation on another machine had been faster.
    let rows = app.sql("SELECT email_index FROM pending_sign_up");
    app.database().sql(
        "INSERT INTO login (email_index, user_id) VALUES (?, ?)",
        &json!([rows[0]["email_index"], "f".repeat(32)]),
    );
    ada.confirm(&code).expect_problem(422, "invalid-token");
    assert_eq!(app.count_rows("person"), 0);
    assert_eq!(app.count_rows("session"), 0);
    assert_eq!(app.count_rows("user_key"), 2, "the system's alone");
    assert_eq!(app.count_rows("pending_sign_up"), 1);
}

#[test]
fn a_transaction_that_takes_too_long_is_ended_and_its_rows_are_free_again() {
    let app = TestApp::start_with(stack::StackOptions {
        engine: stack::Engine::PlanetScale,
        sandbox_args: ["--planetscale-transaction-millis", "300"]
            .map(str::to_owned)
            .to_vec(),
        ..stack::StackOptions::default()
    });
    let (applicant, code) = pending(&app);
    app.planetscale()
        .fail(&json!({"mode": "slow", "millis": 900, "matching": "insert into person"}));
    applicant.confirm(&code).expect(201);
    assert_eq!(app.count_rows("person"), 1);
    applicant.sign_in().expect(201);
}
