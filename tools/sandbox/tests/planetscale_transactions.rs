//! PlanetScale's transactions, which live as long as the session that names them and no longer
//! than their time.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

mod vitess;

use vitess::{Database, cell};

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_is_one_connections_and_nobody_else_sees_it_before_its_end() {
    let database = Database::start(&[]).await;
    database.ok("CREATE TABLE t (id BIGINT PRIMARY KEY)").await;
    let mut inside = database.session();
    inside.ok("BEGIN").await;
    assert_eq!(inside.token["vitessSession"]["inTransaction"], true);
    inside.ok("INSERT INTO t VALUES (1)").await;
    assert!(inside.token["vitessSession"]["shardSessions"][0]["transactionId"].is_string());
    let count = "SELECT COUNT(*) FROM t";
    assert_eq!(cell(&inside.ok(count).await).unwrap(), "1");
    assert_eq!(cell(&database.ok(count).await).unwrap(), "0");
    // A failed statement leaves the transaction as it was.
    inside.refused("INSERT INTO t VALUES (1)").await;
    inside.ok("INSERT INTO t VALUES (2)").await;
    inside.ok("COMMIT").await;
    assert!(inside.token["vitessSession"].get("inTransaction").is_none());
    assert_eq!(cell(&database.ok(count).await).unwrap(), "2");
    inside.ok("BEGIN").await;
    inside.ok("DELETE FROM t").await;
    inside.ok("ROLLBACK").await;
    assert_eq!(cell(&database.ok(count).await).unwrap(), "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_the_past_is_not_in_the_transaction() {
    let database = Database::start(&[]).await;
    database.ok("CREATE TABLE t (id BIGINT PRIMARY KEY)").await;
    let mut session = database.session();
    session.ok("BEGIN").await;
    let begun = session.token.clone();
    session.ok("INSERT INTO t VALUES (1)").await;
    let joined = session.token.clone();
    session.ok("COMMIT").await;
    // The transaction that this one names is over.
    session.token = joined;
    let (code, message) = session.refused("INSERT INTO t VALUES (2)").await;
    assert_eq!(code, "ABORTED");
    assert!(
        message.contains("ended at ") && message.contains("(transaction committed)"),
        "{message}"
    );
    // This one never heard that there was one: it begins another.
    session.token = begun;
    session.ok("INSERT INTO t VALUES (3)").await;
    session.ok("ROLLBACK").await;
    assert_eq!(
        cell(&database.ok("SELECT GROUP_CONCAT(id) FROM t").await).unwrap(),
        "1"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_too_old_is_rolled_back_and_says_so() {
    let database = Database::start(&["--planetscale-transaction-millis", "300"]).await;
    database.ok("CREATE TABLE t (id BIGINT PRIMARY KEY)").await;
    let mut session = database.session();
    session.ok("BEGIN").await;
    session.ok("INSERT INTO t VALUES (1)").await;
    // Waits for the row's lock, which only the end of that transaction lets go of.
    database.ok("INSERT INTO t VALUES (1)").await;
    let (code, message) = session.refused("INSERT INTO t VALUES (2)").await;
    assert_eq!(code, "ABORTED");
    assert!(
        message.contains("(exceeded timeout: 300ms) (CallerID: sandbox-username)"),
        "{message}"
    );
    session.refused("COMMIT").await;
    assert!(
        session.token["vitessSession"]
            .get("inTransaction")
            .is_none()
    );
    assert_eq!(
        cell(&session.ok("SELECT COUNT(*) FROM t").await).unwrap(),
        "1"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_takes_too_long_is_killed() {
    let database = Database::start(&["--planetscale-query-millis", "200"]).await;
    let mut session = database.session();
    session.ok("BEGIN").await;
    let (code, message) = session.refused("SELECT SLEEP(60)").await;
    assert_eq!(code, "DEADLINE_EXCEEDED");
    assert!(message.contains("context deadline exceeded"), "{message}");
    let (code, _) = session.refused("SELECT 1").await;
    assert_eq!(code, "ABORTED");
    session.refused("ROLLBACK").await;
    session.ok("SELECT 1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_insert_id_is_the_sessions() {
    let database = Database::start(&[]).await;
    database
        .ok("CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, a INT)")
        .await;
    let (mut one, mut two) = (database.session(), database.session());
    assert_eq!(
        one.ok("INSERT INTO t (a) VALUES (1)").await["insertId"],
        "1"
    );
    assert_eq!(
        two.ok("INSERT INTO t (a) VALUES (1), (2)").await["insertId"],
        "2"
    );
    for (session, id) in [(&mut one, "1"), (&mut two, "2")] {
        assert_eq!(
            cell(&session.ok("SELECT LAST_INSERT_ID()").await).unwrap(),
            id
        );
    }
}
