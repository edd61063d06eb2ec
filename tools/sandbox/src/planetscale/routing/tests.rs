//! What is judged how.

use super::super::vschema::tests::example;
use super::*;

fn judged(sql: &str) -> Result<Route, VitessError> {
    let statement = Statement::parse(sql).unwrap();
    let known = statement.kind == Kind::Ddl || statement.syntax().is_some();
    assert!(known, "not parsed: {sql}");
    route(&statement, &example())
}

fn scatter(sql: &str) -> bool {
    judged(sql)
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"))
        .scatter
        .unwrap()
}

#[test]
fn a_statement_on_one_shard_is_no_scatter() {
    for sql in [
        "SELECT * FROM txn WHERE user_id = 'a' AND id > 3",
        "SELECT * FROM txn WHERE (user_id = x'00') AND (a = 1 OR b = 2)",
        "SELECT * FROM txn t WHERE t.USER_ID IN ('a', 'b')",
        "SELECT * FROM txn WHERE (user_id, id) IN (('a', 1), ('b', 2))",
        "SELECT * FROM txn WHERE (user_id, id) = ('a', 1)",
        "SELECT * FROM person WHERE email = 'a'",
        "SELECT * FROM person p JOIN txn t ON t.user_id = p.user_id WHERE p.email = 'a'",
        "SELECT * FROM txn JOIN account USING (user_id) WHERE txn.user_id = 'a'",
        "SELECT * FROM account a WHERE a.user_id = 'a' AND EXISTS (SELECT 1 FROM txn t WHERE t.user_id = a.user_id)",
        "WITH mine AS (SELECT user_id FROM person WHERE email = 'a') SELECT * FROM txn JOIN mine ON mine.user_id = txn.user_id",
        "SELECT * FROM (SELECT user_id FROM person WHERE email = 'a') p, txn WHERE txn.user_id = p.user_id",
        "SELECT * FROM audit, country",
        "SELECT 1",
        "SELECT table_name FROM information_schema.tables",
        "UPDATE txn SET a = 1 WHERE user_id = 'a'",
        "DELETE FROM txn WHERE user_id = CONCAT('a', 'b') LIMIT 5",
        "DELETE FROM audit",
        "INSERT INTO txn (user_id, id) VALUES ('a', 1), ('b', 2)",
        "INSERT INTO txn (id, user_id) SELECT id, user_id FROM account WHERE user_id = 'a'",
        "INSERT INTO txn (id, user_id) SELECT id, 'a' FROM account WHERE user_id = 'a'",
        "INSERT INTO txn (id, user_id) SELECT 1, 'a' FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM account WHERE user_id = 'a')",
        "INSERT INTO audit SELECT * FROM other",
        "CREATE TABLE IF NOT EXISTS `txn` (a INT)",
    ] {
        assert!(!scatter(sql), "{sql}");
    }
}

#[test]
fn a_statement_that_pins_no_shard_is_a_scatter() {
    for sql in [
        "SELECT * FROM txn",
        "SELECT * FROM txn WHERE id = 1",
        "SELECT * FROM txn WHERE user_id = 'a' OR id = 1",
        "SELECT * FROM txn WHERE user_id <> 'a'",
        "SELECT * FROM txn WHERE user_id = other_column",
        "SELECT * FROM txn WHERE user_id NOT IN ('a')",
        "SELECT * FROM txn t, account a WHERE a.user_id = 'a'",
        "SELECT * FROM account a WHERE a.user_id = 'a' AND EXISTS (SELECT 1 FROM txn t WHERE t.id = a.id)",
        "SELECT 1 FROM audit WHERE id IN (SELECT id FROM txn)",
        "SELECT user_id FROM txn WHERE user_id = 'a' UNION SELECT user_id FROM account",
        "UPDATE txn SET a = 1 WHERE id = 1",
        "DELETE FROM txn",
    ] {
        assert!(scatter(sql), "{sql}");
    }
}

#[test]
fn what_vitess_cannot_plan_is_refused() {
    for (sql, words) in [
        ("SELECT * FROM nowhere", "table nowhere not found"),
        ("CREATE TABLE nowhere (a INT)", "table nowhere not found"),
        ("INSERT INTO txn (id) VALUES (1)", "VT09003"),
        ("INSERT INTO txn VALUES (1)", "VT09004"),
        ("INSERT INTO txn (user_id) VALUES (NULL)", "cannot be null"),
        (
            "INSERT INTO txn (user_id, id) SELECT user_id, id FROM account",
            "cross-shard INSERT ... SELECT",
        ),
        (
            "INSERT INTO txn (user_id, id) SELECT id, id FROM account WHERE user_id = 'a'",
            "cross-shard INSERT ... SELECT",
        ),
        (
            "INSERT INTO audit (id) SELECT id FROM txn WHERE user_id = 'a'",
            "cross-shard INSERT ... SELECT",
        ),
        (
            "INSERT INTO txn (user_id) VALUES ('a') ON DUPLICATE KEY UPDATE user_id = 'b'",
            "vindex column",
        ),
        (
            "UPDATE txn SET user_id = 'b' WHERE user_id = 'a'",
            "primary vindex",
        ),
        (
            "UPDATE txn t JOIN audit a ON a.id = t.id SET t.a = 1 WHERE t.user_id = 'a'",
            "multi-keyspace",
        ),
        (
            "UPDATE txn t JOIN account a ON a.id = t.id SET t.a = 1 WHERE t.user_id = 'a'",
            "with a join",
        ),
        (
            "DELETE FROM txn WHERE id IN (SELECT id FROM audit)",
            "multi-keyspace",
        ),
        (
            "DELETE FROM txn WHERE id IN (SELECT id FROM account)",
            "subqueries",
        ),
        ("DELETE FROM txn LIMIT 5", "with LIMIT"),
        (
            "CREATE TABLE txn (a INT REFERENCES account (id))",
            "VT10001",
        ),
    ] {
        let error = judged(sql).expect_err(sql);
        assert!(error.message.contains(words), "{sql}: {}", error.message);
    }
}
