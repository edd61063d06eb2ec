//! Fifty syncs, each cut at a random statement in a random way.

use end_to_end::{Connection, heals};
use fastrand::Rng;
use serde_json::{Value, json};

use super::start;

const CUTS: u32 = 50;
const MODES: [&str; 6] = [
    "cut_before",
    "cut_after",
    "session_lost",
    "deadlock",
    "timeout",
    "html_520",
];
/// More statements than a sync of two pages has: some cuts fall behind its end.
const STATEMENTS: u32 = 45;

/// Removes, renames and adds, so that every kind of change is under way.
fn change(rng: &mut Rng, connection: &Connection) -> Value {
    let truth = connection.bank.truth();
    let mut ids: Vec<&str> = truth
        .transactions
        .iter()
        .map(|row| row.transaction_id.as_str())
        .collect();
    rng.shuffle(&mut ids);
    let round = rng.u32(..);
    let rename = |id: &&str| json!({"transaction_id": id, "name": format!("Renamed {round}")});
    json!({
        "remove": ids[..200],
        "modify": ids[200..400].iter().map(rename).collect::<Vec<_>>(),
        "add": 200,
        "webhooks": false,
    })
}

#[test]
fn fifty_random_cuts_during_syncs_lose_and_double_nothing() {
    let named = std::env::var("BALANCE_SEED").ok();
    let seed = named.map_or_else(|| fastrand::u64(..), |seed| seed.parse().unwrap());
    eprintln!("BALANCE_SEED={seed}");
    let mut rng = Rng::with_seed(seed);
    let app = start();
    let connect = || app.connect(&app.person(), &json!({"transactions": 600}));
    let mut connection = connect();
    let mut cut = 0;
    for number in 0..CUTS {
        if number % 3 == 2 {
            // Plaid allows fifteen looks at one Item a minute.
            connection = connect();
        }
        let change = change(&mut rng, &connection);
        connection.bank.update(&change.to_string());
        let mode = *rng.choice(MODES.as_slice()).unwrap();
        let order = json!({"mode": mode, "after": rng.u32(..STATEMENTS), "times": rng.u64(1..4)});
        app.planetscale().fail(&order);
        let status = connection.refresh().status();
        eprintln!("{order}: {status}");
        assert!(
            matches!(status, 200 | 202 | 401 | 409 | 500..=503),
            "answered {status}"
        );
        cut += u32::from(status != 200);
        app.planetscale().heal();
        if status >= 500 {
            // She was told to try again: what she asked for may not have been noted.
            connection.refresh().expect(200);
        }
        heals(&app, &connection.person, &[&connection]);
    }
    eprintln!("{cut} of {CUTS} syncs did not end in the request");
    for table in ["txn_stage", "sync_attempt"] {
        assert_eq!(app.count_rows(table), 0, "{table} holds what a cut left");
    }
}
