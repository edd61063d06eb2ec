//! What can be ordered to go wrong, and what a test is told of what was asked.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

mod vitess;

use http::Method;
use serde_json::{Value, json};
use vitess::{Database, EXECUTE, cell};

const COUNT: &str = "SELECT COUNT(*) FROM t";

async fn with_table(arguments: &[&str]) -> Database {
    let database = Database::start(arguments).await;
    database
        .ok("CREATE TABLE t (id BIGINT PRIMARY KEY, a INT)")
        .await;
    database
}

fn insert(id: u32) -> String {
    json!({ "query": format!("INSERT INTO t VALUES ({id}, 0)"), "session": null }).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_before_did_nothing_and_one_cut_after_did_all() {
    let database = with_table(&[]).await;
    for (mode, rows) in [("cut_before", "0"), ("cut_after", "1")] {
        database
            .fail(json!({ "mode": mode, "matching": "insert into T" }))
            .await;
        assert!(database.post(EXECUTE, insert(1)).await.is_err(), "{mode}");
        assert_eq!(cell(&database.ok(COUNT).await).unwrap(), rows, "{mode}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_session_rolls_back_and_stays_lost() {
    let database = with_table(&[]).await;
    let mut session = database.session();
    session.ok("BEGIN").await;
    session.ok("INSERT INTO t VALUES (1, 0)").await;
    database.fail(json!({ "mode": "session_lost" })).await;
    for _ in 0..2 {
        let (code, message) = session.refused("INSERT INTO t VALUES (2, 0)").await;
        assert_eq!(code, "ABORTED");
        assert!(message.contains(": not found (potential"), "{message}");
    }
    assert_eq!(cell(&database.ok(COUNT).await).unwrap(), "0");
    session.refused("ROLLBACK").await;
    session.ok("INSERT INTO t VALUES (2, 0)").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordered_deadlock_is_told_like_a_real_one_and_rolls_back() {
    let database = with_table(&[]).await;
    let mut session = database.session();
    session.ok("BEGIN").await;
    session.ok("INSERT INTO t VALUES (1, 0)").await;
    database.fail(json!({ "mode": "deadlock" })).await;
    let (code, message) = session.refused("INSERT INTO t VALUES (2, 0)").await;
    assert_eq!(code, "ABORTED");
    let words = "code = Aborted desc = Deadlock found when trying to get lock; try restarting transaction (errno 1213) (sqlstate 40001)";
    assert!(message.contains(words), "{message}");
    assert_eq!(cell(&database.ok(COUNT).await).unwrap(), "0");
    session.ok("ROLLBACK").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_deadlock_is_told_to_one_of_two() {
    let database = with_table(&[]).await;
    database.ok("INSERT INTO t VALUES (1, 0), (2, 0)").await;
    let (mut one, mut two) = (database.session(), database.session());
    for (session, id) in [(&mut one, 1), (&mut two, 2)] {
        session.ok("BEGIN").await;
        session
            .ok(&format!("UPDATE t SET a = 1 WHERE id = {id}"))
            .await;
    }
    // Each waits for the other's row, whichever comes first.
    let (first, second) = tokio::join!(
        one.execute("UPDATE t SET a = 1 WHERE id = 2"),
        two.execute("UPDATE t SET a = 1 WHERE id = 1"),
    );
    let errors: Vec<&Value> = [&first, &second]
        .into_iter()
        .filter_map(|reply| reply.get("error"))
        .collect();
    assert_eq!(errors.len(), 1, "{first} {second}");
    assert_eq!(errors[0]["code"], "ABORTED");
    assert!(
        errors[0]["message"]
            .as_str()
            .unwrap()
            .contains("(errno 1213) (sqlstate 40001)")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_transaction_twice_at_once_is_refused() {
    let database = with_table(&[]).await;
    database.ok("INSERT INTO t VALUES (1, 0)").await;
    let mut holder = database.session();
    holder.ok("BEGIN").await;
    holder.ok("UPDATE t SET a = 1 WHERE id = 1").await;
    let mut one = database.session();
    one.ok("BEGIN").await;
    one.ok("SELECT 1").await;
    let mut two = database.session();
    two.token = one.token.clone();
    // The one waits for the holder's lock; the other finds the transaction in use, or waits
    // itself, and then it is the one that finds it.
    let both = async {
        tokio::join!(
            one.execute("UPDATE t SET a = 2 WHERE id = 1"),
            two.execute("UPDATE t SET a = 2 WHERE id = 1"),
        )
    };
    let release = async {
        // One of them was turned away.
        loop {
            let log = database
                .control(Method::GET, "/requests", Value::Null)
                .await;
            let mut requests = log["requests"].as_array().unwrap().iter();
            if requests.any(|heard| heard["error"] == "ABORTED") {
                return holder.ok("COMMIT").await;
            }
            tokio::task::yield_now().await;
        }
    };
    let ((first, second), _) = tokio::join!(both, release);
    let refused = [first, second]
        .into_iter()
        .find(|reply| reply.get("error").is_some());
    let message = refused.unwrap()["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(message.contains(": in use: for query"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_that_are_none_of_the_databases() {
    let database = with_table(&[]).await;
    for (order, status, words) in [
        (json!({ "mode": "html_520" }), 520, "<!DOCTYPE html>"),
        (json!({ "mode": "status" }), 503, "unavailable"),
        (
            json!({ "mode": "status", "status": 429 }),
            429,
            "resource_exhausted",
        ),
        (json!({ "mode": "unauthenticated" }), 401, "unauthenticated"),
    ] {
        database.fail(order).await;
        let answer = database.post(EXECUTE, insert(1)).await.unwrap();
        assert_eq!(answer.status, status);
        assert!(String::from_utf8_lossy(&answer.body).contains(words));
    }
    assert_eq!(cell(&database.ok(COUNT).await).unwrap(), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_is_done_and_timeout_is_not() {
    let database = with_table(&[]).await;
    database.fail(json!({ "mode": "slow", "millis": 50 })).await;
    let reply = database.execute("INSERT INTO t VALUES (1, 0)").await;
    assert!(reply["timing"].as_f64().unwrap() >= 0.05);
    database.fail(json!({ "mode": "timeout" })).await;
    let (code, _) = database.refused("INSERT INTO t VALUES (2, 0)").await;
    assert_eq!(code, "DEADLINE_EXCEEDED");
    assert_eq!(cell(&database.ok(COUNT).await).unwrap(), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_is_told_without_its_literals() {
    let database = with_table(&[]).await;
    database.requests().await;
    let mut session = database.session();
    session.ok("BEGIN").await;
    session.ok("INSERT INTO t VALUES (7, 0) /* secret */").await;
    session.refused("INSERT INTO t VALUES (7, 0)").await;
    session.ok("COMMIT").await;
    let heard = database.requests().await;
    let kinds: Vec<&str> = heard
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["begin", "insert", "insert", "commit"]);
    assert_eq!(heard[1]["sql"], "INSERT INTO t VALUES (?, ?)");
    assert_eq!(heard[1]["in_transaction"], true);
    assert_eq!(heard[0]["in_transaction"], false);
    assert_eq!(heard[2]["error"], "ALREADY_EXISTS");
    assert_eq!(heard[0]["session"], heard[3]["session"]);
    assert_eq!(heard[3]["scatter"], false);
    assert!(database.requests().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vschema_counts_scatters_and_names_the_keyspace() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vschema.json");
    let document = json!({ "keyspaces": {
        "users": { "sharded": true, "vindexes": { "hash": { "type": "xxhash" } },
            "tables": { "t": { "column_vindexes": [{ "column": "id", "name": "hash" }] } } },
        "plain": { "tables": { "u": {} } },
    } });
    std::fs::write(&file, document.to_string()).unwrap();
    let database = with_table(&["--vschema", file.to_str().unwrap()]).await;
    database.ok("CREATE TABLE u (id BIGINT PRIMARY KEY)").await;
    database.ok("INSERT INTO t (id, a) VALUES (1, 1)").await;
    database.requests().await;
    database.ok("SELECT a FROM t WHERE id = 1").await;
    database.ok("SELECT a FROM t WHERE a = 1").await;
    database.ok("SELECT * FROM u").await;
    let scatters: Vec<Value> = database
        .requests()
        .await
        .iter()
        .map(|one| one["scatter"].clone())
        .collect();
    assert_eq!(scatters, [false, true, false]);
    let (_, message) = database
        .refused("INSERT INTO t (id, a) VALUES (1, 1)")
        .await;
    assert!(
        message.starts_with("target: users.-80.primary: "),
        "{message}"
    );
    let (code, message) = database.refused("UPDATE t SET id = 2 WHERE id = 1").await;
    assert_eq!(code, "UNIMPLEMENTED");
    assert!(message.contains("primary vindex"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_ends_transactions_and_keeps_the_data() {
    let database = with_table(&[]).await;
    database.ok("INSERT INTO t VALUES (1, 0)").await;
    let mut session = database.session();
    session.ok("BEGIN").await;
    session.ok("DELETE FROM t").await;
    database
        .fail(json!({ "mode": "status", "times": null }))
        .await;
    database.control(Method::POST, "/reset", Value::Null).await;
    assert_eq!(cell(&database.ok(COUNT).await).unwrap(), "1");
    session.refused("COMMIT").await;
}
