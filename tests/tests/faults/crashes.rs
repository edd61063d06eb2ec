//! The Worker is killed at random moments: in the middle of a sync of several
//! pages, of a webhook, of a first link, of an unlink. After a restart and a sweep
//! everything is as if nothing had happened: nothing lost, nothing doubled.
//!
//! `BALANCE_SEED` plays a run again, as far as the clock lets it.

use std::time::{Duration, Instant};

use end_to_end::{Connection, Linked, Person, TestApp, Truth, differences, heals};
use fastrand::Rng;
use serde_json::{Value, json};
use stack::{Engine, StackOptions};

use super::seed;

/// Kill points of each kind; fifty in all, on D1.
const SYNCS: u32 = 24;
const WEBHOOKS: u32 = 14;
const LINKS: u32 = 7;
const UNLINKS: u32 = 5;

/// Rows of the bank, and how many of them a round changes: three pages' worth.
const ROWS: usize = 3_000;
const CHANGED: usize = 600;

/// One instance, and the crashes that it has been through.
struct Ordeal {
    app: TestApp,
    rng: Rng,
    kills: u32,
    started: Instant,
}

impl Ordeal {
    /// Begins something that takes about `expected`, and kills the Worker at a random
    /// moment of it; what was begun may fail as it likes.
    fn kill_during(&mut self, expected: Duration, begun: impl FnOnce() + Send) {
        // Beyond the end too: a reply may have been sent while work goes on.
        let moment = expected.mul_f64(self.rng.f64() * 1.2);
        let app = &mut self.app;
        std::thread::scope(|scope| {
            scope.spawn(begun);
            std::thread::sleep(moment);
            app.stack_mut().kill_worker().expect("workerd dies");
        });
        self.kills += 1;
        self.app
            .stack_mut()
            .restart_worker()
            .expect("the Worker comes back");
    }

    /// How many of the kill points are played on the engine under test. Every third one on
    /// PlanetScale: it is the same Worker that dies, and each costs the start of a runtime.
    fn points(&self, all: u32) -> u32 {
        match self.app.stack().engine() {
            Engine::D1 => all,
            Engine::PlanetScale => all.div_ceil(3),
        }
    }

    fn tell(&self, what: &str) {
        eprintln!(
            "{:>3} kills, {:>4} s: {what}",
            self.kills,
            self.started.elapsed().as_secs()
        );
    }
}

/// A random update of the bank that leaves it with as many rows: ids to remove, rows
/// to add, to rename, and pending ones to post.
fn update(rng: &mut Rng, truth: &Truth) -> Value {
    let mut ids: Vec<&str> = truth
        .transactions
        .iter()
        .map(|row| row.transaction_id.as_str())
        .collect();
    let pending: Vec<&str> = truth
        .transactions
        .iter()
        .filter(|row| row.pending)
        .map(|row| row.transaction_id.as_str())
        .collect();
    ids.retain(|id| !pending.contains(id));
    rng.shuffle(&mut ids);
    let round = rng.u32(..);
    let rename = |id: &&str| json!({"transaction_id": id, "name": format!("Renamed {round}")});
    let fresh = |number: usize| {
        json!({
            "name": format!("Row {number}"),
            "amount": number,
            "date": format!("2026-{:02}-{:02}", number % 11 + 1, number % 28 + 1),
            "pending": number.is_multiple_of(100),
        })
    };
    json!({
        "remove": ids[..CHANGED],
        "modify": ids[CHANGED..CHANGED + 200].iter().map(rename).collect::<Vec<_>>(),
        "post": pending,
        "add": (0..CHANGED).map(fresh).collect::<Vec<_>>(),
    })
}

/// Killed whatever it was doing, it comes into step, and no work is left lying.
fn comes_back(ordeal: &Ordeal, connection: &Connection) {
    heals(&ordeal.app, &connection.person, &[connection]);
    for table in ["txn_stage", "sync_attempt"] {
        let left = ordeal.app.count_rows(table);
        assert_eq!(left, 0, "{table} holds what a dead attempt left");
    }
}

/// An instance with a connection in step, and how long a sync of an update takes there
/// when nobody kills it.
fn ordeal() -> (Ordeal, Connection, Duration) {
    let seed = seed();
    eprintln!("BALANCE_SEED={seed}");
    let app = TestApp::start_with(StackOptions {
        explorer: true,
        // What a dead Worker had locked is free after this; the service takes 20 s.
        sandbox_args: ["--planetscale-transaction-millis", "3000"]
            .map(str::to_owned)
            .to_vec(),
        ..StackOptions::default()
    });
    // Plaid goes on for a day; here as long as a restart takes.
    app.bank().webhooks(&json!({"retry_millis": vec![700; 40]}));
    app.bank().limit_calls(false);
    let mut ordeal = Ordeal {
        app,
        rng: Rng::with_seed(seed),
        kills: 0,
        started: Instant::now(),
    };
    let ada = ordeal.app.person();
    let connection = ordeal.app.connect(&ada, &json!({"transactions": ROWS}));
    comes_back(&ordeal, &connection);

    let undisturbed = Instant::now();
    connection
        .bank
        .update(&update(&mut ordeal.rng, &connection.bank.truth()).to_string());
    connection.refresh().expect(200);
    let expected = undisturbed.elapsed();
    comes_back(&ordeal, &connection);
    ordeal.tell(&format!(
        "a sync takes {} ms when nobody kills it",
        expected.as_millis()
    ));
    (ordeal, connection, expected)
}

#[test]
fn killed_at_random_moments_of_a_sync_nothing_is_lost_or_doubled() {
    let (mut ordeal, connection, expected) = ordeal();
    for _ in 0..ordeal.points(SYNCS) {
        let change = update(&mut ordeal.rng, &connection.bank.truth()).to_string();
        if ordeal.rng.u8(..) < 40 {
            connection.bank.mutate("once");
        }
        // The bank announces it, and the person may ask at the same moment.
        ordeal.kill_during(expected, || {
            connection.bank.update(&change);
            let _ = connection
                .person
                .call("POST", &format!("/v1/items/{}/sync", connection.id))
                .json(&json!({}))
                .try_send();
        });
        comes_back(&ordeal, &connection);
        ordeal.tell("in a sync");
    }
    assert_eq!(ordeal.kills, ordeal.points(SYNCS));
}

#[test]
fn killed_at_random_moments_of_a_webhook_nothing_is_lost_or_doubled() {
    let (mut ordeal, connection, expected) = ordeal();
    for _ in 0..ordeal.points(WEBHOOKS) {
        let change = update(&mut ordeal.rng, &connection.bank.truth()).to_string();
        // From the queue: a second until it delivers, then the sync.
        ordeal.kill_during(expected + Duration::from_millis(1_200), || {
            connection.bank.update(&change);
            connection.bank.fire("SYNC_UPDATES_AVAILABLE", 20);
        });
        comes_back(&ordeal, &connection);
        ordeal.tell("in a webhook or what it leads to");
    }
    assert_eq!(ordeal.kills, ordeal.points(WEBHOOKS));
}

#[test]
fn killed_at_random_moments_of_a_link_or_its_end_it_is_whole_or_gone() {
    let (mut ordeal, connection, expected) = ordeal();
    for _ in 0..ordeal.points(LINKS) {
        killed_in_a_link(&mut ordeal, expected);
        ordeal.tell("in a link");
    }
    for _ in 0..ordeal.points(UNLINKS) {
        killed_in_an_unlink(&mut ordeal, expected);
        ordeal.tell("in an unlink");
    }
    comes_back(&ordeal, &connection);
    assert_eq!(ordeal.kills, ordeal.points(LINKS) + ordeal.points(UNLINKS));
}

fn linked(app: &TestApp, person: &Person) -> Linked {
    let token = person
        .post("/v1/link-tokens", &json!({}))
        .string("/link_token");
    app.bank().link(&token, &json!({"transactions": 1_400}))
}

/// Either the connection is there and whole, or it is not there at all.
fn killed_in_a_link(ordeal: &mut Ordeal, expected: Duration) {
    let bob = ordeal.app.person();
    let linked = linked(&ordeal.app, &bob);
    let body = json!({"public_token": linked.public_token});
    ordeal.kill_during(expected, || {
        let _ = bob.call("POST", "/v1/items").json(&body).try_send();
    });
    let items = bob.get("/v1/items").expect(200);
    match items["data"].as_array().unwrap().as_slice() {
        [] => {
            assert_eq!(bob.transactions("", 10), Vec::<Value>::new());
            let again = bob.post("/v1/items", &body);
            assert!([201, 422].contains(&again.status()), "{}", again.text());
        }
        [item] => {
            let id = item["id"].as_str().unwrap().to_owned();
            let made = item.clone();
            comes_back(
                ordeal,
                &Connection {
                    person: bob.clone(),
                    id,
                    bank: linked.item,
                    made,
                },
            );
        }
        more => panic!("linked twice: {more:?}"),
    }
}

/// Either nothing has happened yet, or everything is gone, at Plaid too.
fn killed_in_an_unlink(ordeal: &mut Ordeal, expected: Duration) {
    let bob = ordeal.app.person();
    let connection = ordeal.app.connect(&bob, &json!({"transactions": 1_400}));
    let path = format!("/v1/items/{}", connection.id);
    ordeal.kill_during(expected / 4, || {
        let _ = bob.call("DELETE", &path).try_send();
    });
    if bob.get(&path).status() == 200 {
        comes_back(ordeal, &connection);
        bob.delete(&path).expect(204);
    }
    let app = &ordeal.app;
    app.eventually("everything is gone, at Plaid too", || {
        app.database().let_time_pass();
        app.sweep();
        let rows = "SELECT count(*) AS n FROM item WHERE id=?";
        connection.bank.state()["removed"] == true
            && app.database().number(rows, &json!([connection.row()])) == 0
    });
    assert_eq!(differences(app.database(), &bob, &[]), Vec::<String>::new());
}
