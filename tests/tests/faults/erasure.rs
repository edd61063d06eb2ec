//! The Worker is killed at random moments of an erasure. Whatever had happened by then,
//! the end is the same: she is there, or nothing of her is, and the bank has let go.
//! And a bank that is linked at that very moment is let go of again.
//!
//! `BALANCE_SEED` plays a run again, as far as the clock lets it.

use std::time::{Duration, Instant};

use end_to_end::{Person, TestApp};
use fastrand::Rng;
use serde_json::{Value, json};
use stack::StackOptions;

use super::seed;

const KILLS: u32 = 8;
/// As many as come with the request that links.
const ROWS: usize = 1_900;

fn left_of(app: &TestApp, person: &Person) -> Vec<String> {
    let id = person.id.strip_prefix("usr_").unwrap();
    let mut traces = app.database().traces_of(id);
    traces.retain(|trace| !trace.starts_with("erasure: "));
    traces
}

/// Its state, once it has begun.
fn erasure_of(app: &TestApp, person: &Person) -> Option<String> {
    let id = person.id.strip_prefix("usr_").unwrap();
    let rows = app
        .database()
        .sql("SELECT state FROM erasure WHERE user_id=?", &json!([id]));
    rows.first()
        .map(|row| row["state"].as_str().unwrap().to_owned())
}

/// What a kill found, for whoever reads along.
fn how_far(app: &TestApp, person: &Person) -> &'static str {
    let id = person.id.strip_prefix("usr_").unwrap();
    let steps = "SELECT providers_at, rows_at, completed_at FROM erasure WHERE user_id=?";
    let rows = app.database().sql(steps, &json!([id]));
    let Some(row) = rows.first() else {
        return "not begun";
    };
    let done = ["providers_at", "rows_at", "completed_at"].map(|step| row[step].is_number());
    match done {
        [_, _, true] => "done",
        [_, true, _] => "rows deleted",
        [true, _, _] => "banks disconnected",
        _ => "shut out",
    }
}

#[test]
fn killed_at_random_moments_an_erasure_comes_to_the_same_end() {
    let seed = seed();
    eprintln!("BALANCE_SEED={seed}");
    let mut rng = Rng::with_seed(seed);
    let mut app = TestApp::start_with(StackOptions {
        explorer: true,
        sandbox_args: ["--planetscale-transaction-millis", "3000"]
            .map(str::to_owned)
            .to_vec(),
        ..StackOptions::default()
    });
    app.bank().limit_calls(false);
    for round in 0..KILLS {
        let person = app.person();
        let connection = app.connect(&person, &json!({"transactions": ROWS}));
        let refused = person.refused("DELETE", "/v1/me", None);
        let approval = refused.approve(|_| json!({"password": person.applicant.password}));
        // The request, the work after it, of which the bank is the longest part, and beyond.
        let slow = json!({"mode": "slow", "millis": 150});
        connection.bank.fail("/item/remove", &slow);
        let moment = Duration::from_millis(rng.u64(0..700));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let call = person.call("DELETE", "/v1/me").header("step-up", &approval);
                let _ = call.try_send();
            });
            std::thread::sleep(moment);
            app.stack_mut().kill_worker().expect("workerd dies");
        });
        let found = how_far(&app, &person);
        app.stack_mut()
            .restart_worker()
            .expect("the Worker comes back");
        if found == "not begun" {
            person.get("/v1/me").expect(200);
            person.by_password("DELETE", "/v1/me", None).expect(202);
        } else {
            person.get("/v1/me").expect_problem(401, "unauthenticated");
        }
        let started = Instant::now();
        app.eventually("she is erased", || {
            app.database().let_time_pass();
            app.sweep();
            erasure_of(&app, &person).is_some_and(|state| state != "erasing")
        });
        eprintln!(
            "round {round}: killed after {} ms, {found}; erased {} ms later",
            moment.as_millis(),
            started.elapsed().as_millis()
        );
        assert_eq!(left_of(&app, &person), Vec::<String>::new());
        assert_eq!(connection.bank.state()["removed"], Value::Bool(true));
        assert_eq!(app.count_rows("erasure_task"), 0);
        let mails = app.mailbox().to(&person.applicant.email);
        let receipts = mails
            .iter()
            .filter(|mail| mail.subject == "Your account is erased");
        assert!(receipts.count() >= 1, "{mails:?}");
    }
}

#[test]
fn a_bank_that_is_linked_meanwhile_is_let_go_of_again() {
    let app = TestApp::start(None);
    let person = app.person();
    let token = person
        .post("/v1/link-tokens", &json!({}))
        .string("/link_token");
    let linked = app.bank().link(&token, &json!({"transactions": 5}));
    let body = json!({"public_token": linked.public_token});
    let refused = person.refused("DELETE", "/v1/me", None);
    let approval = refused.approve(|_| json!({"password": person.applicant.password}));
    let exchange = "/item/public_token/exchange";
    app.bank()
        .fail(exchange, &json!({"mode": "slow", "millis": 3_000}));
    std::thread::scope(|scope| {
        let link = scope.spawn(|| person.post("/v1/items", &body));
        app.eventually("the exchange is under way", || {
            !app.bank().calls_to(exchange).is_empty()
        });
        refused.again(&approval).expect(202);
        link.join().unwrap().expect_problem(401, "unauthenticated");
    });
    app.eventually("Plaid is told, and she is erased", || {
        linked.item.state()["removed"] == true
            && erasure_of(&app, &person).is_some_and(|state| state == "erased")
    });
    assert_eq!(left_of(&app, &person), Vec::<String>::new());
    assert_eq!(app.count_rows("erasure_task"), 0);
}
