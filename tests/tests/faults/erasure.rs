//! The Worker is killed at random moments of an erasure. Whatever had happened by then,
//! the end is the same: she is there, or nothing of her is, and the bank has let go.
//!
//! `BALANCE_SEED` plays a run again, as far as the clock lets it.

use std::time::{Duration, Instant};

use end_to_end::{Connection, TestApp};
use fastrand::Rng;
use serde_json::{Value, json};
use stack::StackOptions;

use super::seed;

const KILLS: u32 = 8;

fn left_of(app: &TestApp, connection: &Connection) -> Vec<String> {
    let id = connection.person.id.strip_prefix("usr_").unwrap();
    let mut traces = app.database().traces_of(id);
    traces.retain(|trace| !trace.starts_with("erasure: "));
    traces
}

fn erasure_of(app: &TestApp, connection: &Connection) -> Option<String> {
    let id = connection.person.id.strip_prefix("usr_").unwrap();
    let rows = app
        .database()
        .sql("SELECT state FROM erasure WHERE user_id=?", &json!([id]));
    rows.first()
        .map(|row| row["state"].as_str().unwrap().to_owned())
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
        let connection = app.connect(&person, &json!({"transactions": 1_900}));
        let refused = person.refused("DELETE", "/v1/me", None);
        let approval = refused.approve(|_| json!({"password": person.applicant.password}));
        // The request, the second until the queue delivers, and the work after it.
        let moment = Duration::from_millis(rng.u64(0..2_200));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let call = person.call("DELETE", "/v1/me").header("step-up", &approval);
                let _ = call.try_send();
            });
            std::thread::sleep(moment);
            app.stack_mut().kill_worker().expect("workerd dies");
        });
        app.stack_mut()
            .restart_worker()
            .expect("the Worker comes back");
        let has_begun = erasure_of(&app, &connection).is_some();
        if has_begun {
            person.get("/v1/me").expect_problem(401, "unauthenticated");
        } else {
            person.get("/v1/me").expect(200);
            person.by_password("DELETE", "/v1/me", None).expect(202);
        }
        let started = Instant::now();
        app.eventually("she is erased", || {
            app.database().let_time_pass();
            app.sweep();
            erasure_of(&app, &connection).is_some_and(|state| state != "erasing")
        });
        eprintln!(
            "round {round}: killed after {} ms, begun: {has_begun}; erased {} ms later",
            moment.as_millis(),
            started.elapsed().as_millis()
        );
        assert_eq!(left_of(&app, &connection), Vec::<String>::new());
        assert_eq!(connection.bank.state()["removed"], Value::Bool(true));
        assert_eq!(app.count_rows("erasure_task"), 0);
        let mails = app.mailbox().to(&person.applicant.email);
        let receipts = mails
            .iter()
            .filter(|mail| mail.subject == "Your account is erased");
        assert!(receipts.count() >= 1, "{mails:?}");
    }
}
