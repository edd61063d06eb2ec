//! Rows that leave a database sealed and are served from another, by a Worker that has the same
//! `KEYRING`, as if nothing had been: `cargo xtask move` from D1 to PlanetScale, stopped half-way
//! once, and backups, restored into either.
//!
//! It starts an instance on either database itself (`cargo xtask test --only moving`).

// A test that finds what it did not expect is to stop there.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs
)]

mod backups;
mod command;

use std::time::{Duration, Instant};

use end_to_end::{Client, Connection, Person, TestApp, differences};
use serde_json::{Value, json};
use stack::{Engine, StackOptions};

use self::command::Move;

fn start(engine: Engine) -> TestApp {
    TestApp::start_with(StackOptions {
        engine,
        explorer: true,
        ..StackOptions::default()
    })
}

/// What a person gets of everything that she has.
fn everything(person: &Client) -> Value {
    let mut transactions = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = person.get(&format!("/v1/transactions?limit=70{cursor}"));
        let page = page.expect(200);
        transactions.extend(page["data"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    json!({
        "me": person.get("/v1/me").expect(200),
        "items": person.get("/v1/items").expect(200)["data"],
        "accounts": person.get("/v1/accounts").expect(200)["data"],
        "transactions": transactions,
    })
}

/// The session that a person has, at another instance.
fn at(app: &TestApp, person: &Person) -> Client {
    app.stranger().with_token(&person.token)
}

/// A person who signs in at another instance.
fn signed_in(app: &TestApp, person: &Person) -> Person {
    let mut there = person.clone();
    there.applicant.client = app.stranger();
    there.on_another_device()
}

/// Whoever connects a bank, and all of its first transactions are there.
fn connect(app: &TestApp, transactions: u32) -> Connection {
    let connection = app.connect(
        &app.person(),
        &json!({"institution_id": "ins_109509", "transactions": transactions}),
    );
    app.eventually("her list is what the bank knows", || {
        differences(app.database(), &connection.person, &[&connection]).is_empty()
    });
    connection
}

#[test]
fn what_was_in_d1_is_served_from_planetscale() {
    let (mut old, mut new) = (start(Engine::D1), start(Engine::PlanetScale));
    let connections = [connect(&old, 320), connect(&old, 40)];
    let people: Vec<&Person> = connections.iter().map(|c| &c.person).collect();
    let before: Vec<Value> = people.iter().map(|person| everything(person)).collect();
    // As it would be deployed: nothing writes to the old one any more.
    old.stack_mut().kill_worker().unwrap();

    let mv = Move::new(&old, &new);
    stop_it_half_way(&mv, &new);
    let resumed = mv.run(&["--all"]);
    assert!(resumed.told.contains("going on after"), "{}", resumed.told);
    assert!(resumed.succeeded, "{}", resumed.told);
    assert!(resumed.printed.contains("PlanetScale has what D1 has."));
    let (txn, _) = resumed.rows("txn");
    assert_eq!(resumed.rows("txn"), (txn, txn));
    assert!(txn >= 360, "{}", resumed.printed);

    // The bank is the one she has always had.
    let bank = old.stack().plaid_url().to_owned();
    new.stack_mut().set_var("PLAID_BASE_URL", &bank);
    new.stack_mut().restart_worker().unwrap();
    for (person, before) in people.iter().zip(&before) {
        assert_eq!(&everything(&at(&new, person)), before);
        assert_eq!(&everything(&signed_in(&new, person)), before);
    }
    goes_on_from_its_cursor(&new, &connections[0]);
}

/// The bank says something new, and it is read with the access token and the cursor that came
/// along.
fn goes_on_from_its_cursor(new: &TestApp, connection: &Connection) {
    connection
        .bank
        .update(r#"{"add":[{"name":"after the move","amount":12.34}],"webhooks":false}"#);
    let moved = Connection {
        person: signed_in(new, &connection.person),
        id: connection.id.clone(),
        bank: connection.bank.clone(),
        made: connection.made.clone(),
    };
    moved.refresh().expect(200);
    new.eventually("the new transaction is there", || {
        differences(new.database(), &moved.person, &[&moved]).is_empty()
    });
}

/// The second INSERT of transactions hangs, and the command is killed in the middle of it.
fn stop_it_half_way(mv: &Move, new: &TestApp) {
    let control = Client::new(new.stack().planetscale_url(), "127.0.0.1");
    let slow = json!({"mode": "slow", "millis": 60_000, "matching": "into `txn`", "after": 2});
    control.post("/_control/fail", &slow).expect(200);
    let mut running = mv.start(&["--all"]);
    let deadline = Instant::now() + Duration::from_mins(1);
    while mv.rows_written("txn") < 100 {
        assert!(
            Instant::now() < deadline,
            "it does not come to the transactions"
        );
        assert!(running.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::sleep(Duration::from_millis(20));
    }
    running.kill().unwrap();
    running.wait().unwrap();
    control.delete("/_control/fail").expect(200);
    let there = new.count_rows("txn");
    assert!(
        (100..320).contains(&there),
        "{there} transactions are there"
    );
    assert_eq!(new.count_rows("login"), 0, "the login comes last");
}

#[test]
fn one_person_is_moved_and_what_differs_is_named() {
    let (mut old, new) = (start(Engine::D1), start(Engine::PlanetScale));
    let (hers, another) = (connect(&old, 120), connect(&old, 30));
    let before = everything(&hers.person);
    old.stack_mut().kill_worker().unwrap();

    let mv = Move::new(&old, &new);
    let whose = ["--user", hers.person.id.as_str()];
    let moved = mv.run(&whose);
    assert!(moved.succeeded, "{}", moved.told);
    assert!(
        moved.told.contains("throttle is left out"),
        "{}",
        moved.told
    );
    assert_eq!(everything(&at(&new, &hers.person)), before);
    let stranger = at(&new, &another.person);
    stranger
        .get("/v1/me")
        .expect_problem(401, "unauthenticated");
    assert_eq!(new.count_rows("person"), 1);

    // The same again finds everything in its place, and so does wrangler's export.
    assert!(mv.run(&whose).succeeded);
    let exported = mv
        .exported(&old)
        .run(&[whose.as_slice(), &["--overwrite"]].concat());
    assert!(exported.succeeded, "{}", exported.told);
    assert_eq!(exported.rows("txn"), (120, 120));
    let there = new.sql("SELECT id FROM txn ORDER BY id LIMIT 3");
    let id = |at: usize| there[at]["id"].as_str().unwrap().to_owned();
    new.sql(&format!("DELETE FROM txn WHERE id='{}'", id(0)));
    new.sql(&format!("UPDATE txn SET sealed=x'00' WHERE id='{}'", id(2)));
    let differing = mv.run(&whose);
    assert!(!differing.succeeded);
    for said in [
        format!(
            "txn: 1 missing in PlanetScale, from {0}/{1} to {0}/{1}",
            row(&hers),
            id(0)
        ),
        format!("1 not the same, from {0}/{1} to {0}/{1}", row(&hers), id(2)),
        "differ in txn".into(),
    ] {
        assert!(differing.told.contains(&said), "{said}: {}", differing.told);
    }

    // Rows that no stopped move has written are not written over unasked.
    mv.forget();
    let refused = mv.run(&whose);
    assert!(
        !refused.succeeded && refused.told.contains("--overwrite"),
        "{}",
        refused.told
    );
    let mended = mv.run(&[whose.as_slice(), &["--overwrite"]].concat());
    assert!(mended.succeeded, "{}", mended.told);
    assert_eq!(everything(&at(&new, &hers.person)), before);
}

fn row(connection: &Connection) -> &str {
    connection.person.id.strip_prefix("usr_").unwrap()
}

#[test]
fn a_database_that_a_worker_has_run_on_is_refused() {
    let (old, new) = (start(Engine::D1), start(Engine::PlanetScale));
    old.person();
    new.person();
    let refused = Move::new(&old, &new).run(&["--all"]);
    assert!(!refused.succeeded);
    assert!(
        refused.told.contains("system keys of its own"),
        "{}",
        refused.told
    );
}
