//! A property over random histories: whatever the bank does, whatever fails and in
//! whatever order webhooks, refreshes and sweeps come, once the failures end the
//! person's list is what the bank knows.

use std::cell::Cell;
use std::time::{Duration, Instant};

use end_to_end::{Connection, Person, TestApp, differences, try_heals};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::{Value, json};

use super::seed;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Event {
    /// Rows come: how many, and whether they are pending.
    Add(usize, bool),
    /// Rows get another name, amount and day.
    Modify(Vec<Index>),
    /// Rows go.
    Remove(Vec<Index>),
    /// Pending rows post, with another amount.
    Post(Vec<Index>),
    /// The bank changes while the next pages are read.
    Mutate(&'static str),
    /// A call about the Item fails after so many good ones.
    Fail(&'static str, &'static str, u32),
    /// The login breaks, or is mended.
    Login(bool),
    /// Copies of a webhook.
    Webhook(&'static str, usize),
    /// The person asks.
    Refresh,
    /// A minute passes.
    Sweep,
}

fn event() -> impl Strategy<Value = Event> {
    let some = || prop::collection::vec(any::<Index>(), 1..6);
    let endpoints = select(vec!["/transactions/sync", "/accounts/get", "/item/get"]);
    let ways = select(vec![
        "INTERNAL_SERVER_ERROR",
        "TRANSACTIONS_SYNC_LIMIT",
        "malformed",
        "half",
        "reset",
        "empty",
        "wrong_shape",
        "lost",
    ]);
    let codes = select(vec![
        "SYNC_UPDATES_AVAILABLE",
        "DEFAULT_UPDATE",
        "ERROR",
        "LOGIN_REPAIRED",
        "HISTORICAL_UPDATE",
    ]);
    prop_oneof![
        4 => (1_usize..30, any::<bool>()).prop_map(|(rows, pending)| Event::Add(rows, pending)),
        2 => (400_usize..1_300).prop_map(|rows| Event::Add(rows, false)),
        4 => some().prop_map(Event::Modify),
        4 => some().prop_map(Event::Remove),
        4 => some().prop_map(Event::Post),
        1 => select(vec!["once", "always", "off"]).prop_map(Event::Mutate),
        3 => (endpoints, ways, 0_u32..3).prop_map(|(endpoint, way, skip)| Event::Fail(endpoint, way, skip)),
        1 => any::<bool>().prop_map(Event::Login),
        4 => (codes, 1_usize..4).prop_map(|(code, copies)| Event::Webhook(code, copies)),
        4 => Just(Event::Refresh),
        2 => Just(Event::Sweep),
    ]
}

/// A first pull of some size, and what happens then.
fn history() -> impl Strategy<Value = (usize, Vec<Event>)> {
    let start = prop_oneof![3 => 0_usize..60, 1 => 450_usize..1_200];
    (start, prop::collection::vec(event(), 1..14))
}

fn play(connection: &Connection, app: &TestApp, event: &Event) {
    let bank = &connection.bank;
    let quiet = |mut update: Value| {
        update["webhooks"] = json!(false);
        bank.update(&update.to_string());
    };
    let choose = |wanted: &[Index], pending: bool| {
        let rows = bank.truth().transactions;
        let rows: Vec<String> = rows
            .into_iter()
            .filter(|row| !pending || row.pending)
            .map(|row| row.transaction_id)
            .collect();
        let mut chosen: Vec<String> = wanted
            .iter()
            .filter(|_| !rows.is_empty())
            .map(|index| index.get(&rows).clone())
            .collect();
        chosen.sort();
        chosen.dedup();
        chosen
    };
    match event {
        Event::Add(rows, false) => quiet(json!({"add": rows})),
        Event::Add(rows, true) => {
            let row = |number| json!({"name": format!("Pending {number}"), "amount": number, "pending": true});
            quiet(json!({"add": (0..*rows).map(row).collect::<Vec<_>>()}));
        }
        Event::Modify(wanted) => {
            let change = |id| json!({"transaction_id": id, "name": "Changed", "amount": 12.5, "date": "2026-02-03"});
            quiet(
                json!({"modify": choose(wanted, false).into_iter().map(change).collect::<Vec<_>>()}),
            );
        }
        Event::Remove(wanted) => quiet(json!({"remove": choose(wanted, false)})),
        Event::Post(wanted) => {
            let post = |id| json!({"transaction_id": id, "amount": 7.25});
            quiet(json!({"post": choose(wanted, true).into_iter().map(post).collect::<Vec<_>>()}));
        }
        Event::Mutate(mode) => bank.mutate(mode),
        Event::Fail(endpoint, way, skip) => {
            let kind = if way.chars().all(|c| c.is_uppercase() || c == '_') {
                "error_code"
            } else {
                "mode"
            };
            bank.fail(endpoint, &json!({kind: way, "skip": skip}));
        }
        Event::Login(broken) => {
            bank.set(&json!({"error": broken.then_some("ITEM_LOGIN_REQUIRED")}));
        }
        Event::Webhook(code, copies) => {
            assert!(bank.fire(code, *copies).iter().all(|status| *status == 200));
        }
        Event::Refresh => {
            connection.refresh().expect(200);
        }
        Event::Sweep => {
            app.database().let_time_pass();
            app.sweep();
        }
    }
}

/// The failures end; her list is what the bank knows, and nothing is left lying.
fn settles(app: &TestApp, connection: &Connection) -> Result<(), TestCaseError> {
    app.bank().heal();
    connection.bank.set(&json!({"error": null}));
    connection.bank.mutate("off");
    connection.refresh().expect(200);
    let healed = try_heals(app, &connection.person, &[connection]);
    prop_assert!(healed.is_ok(), "{}", healed.unwrap_err());
    prop_assert_eq!(connection.status(), "good");
    Ok(())
}

/// Every history begins with nothing and ends with nothing.
fn connect(app: &TestApp, person: &Person, transactions: usize) -> Connection {
    let token = person
        .post("/v1/link-tokens", &json!({}))
        .string("/link_token");
    let linked = app
        .bank()
        .link(&token, &json!({"transactions": transactions}));
    let reply = person.post("/v1/items", &json!({"public_token": linked.public_token}));
    let made = reply.expect(201);
    Connection {
        person: person.clone(),
        id: reply.string("/id"),
        bank: linked.item,
        made,
    }
}

#[test]
fn whatever_happens_in_whatever_order_her_list_becomes_what_the_bank_knows() {
    const HISTORIES: u32 = 300;
    const BOUND: Duration = Duration::from_secs(75);
    let seed = seed();
    eprintln!("BALANCE_SEED={seed}");
    let app = TestApp::start(None);
    app.bank().limit_calls(false);
    app.bank().webhooks(&json!({"enabled": false}));
    let ada = app.person();
    let (started, played) = (Instant::now(), Cell::new(0_u32));
    let unfinished = Cell::new(None::<String>);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases: HISTORIES,
        failure_persistence: None,
        max_shrink_iters: 60,
        ..Config::default()
    };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let outcome = runner.run(&history(), |(transactions, events)| {
        if started.elapsed() > BOUND {
            return Ok(());
        }
        // What a history that failed left lying would fail every shorter one too.
        if let Some(left) = unfinished.take() {
            ada.delete(&format!("/v1/items/{left}"));
        }
        let connection = connect(&app, &ada, transactions);
        unfinished.set(Some(connection.id.clone()));
        for event in &events {
            play(&connection, &app, event);
        }
        settles(&app, &connection)?;
        unfinished.take();
        ada.delete(&format!("/v1/items/{}", connection.id))
            .expect(204);
        prop_assert!(differences(app.database(), &ada, &[]).is_empty());
        played.set(played.get() + 1);
        Ok(())
    });
    eprintln!(
        "{} histories in {} s",
        played.get(),
        started.elapsed().as_secs()
    );
    if let Err(error) = outcome {
        panic!("BALANCE_SEED={seed}: {error}");
    }
    assert!(
        played.get() >= 20,
        "only {} histories were played",
        played.get()
    );
}
