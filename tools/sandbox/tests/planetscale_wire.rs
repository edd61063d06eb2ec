//! PlanetScale's protocol as a client meets it: keys, sessions, results, errors.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

mod vitess;

use http::Method;
use sandbox::send;
use serde_json::{Value, json};
use vitess::{Database, EXECUTE, PATIENCE, cell, cells};

const CREATE: &str = "/psdb.v1alpha1.Database/CreateSession";

#[tokio::test(flavor = "multi_thread")]
async fn another_key_and_none_are_refused_in_the_words_of_the_protocol() {
    let database = Database::start(&[]).await;
    let body = r#"{"query":"SELECT 1","session":null}"#;
    for path in [EXECUTE, CREATE] {
        let url = format!("{}{path}", database.url);
        for headers in [
            &[][..],
            &[("authorization", "Basic c2FuZGJveC11c2VybmFtZTpubw==")],
        ] {
            let answer = send(Method::POST, &url, headers, body, PATIENCE)
                .await
                .unwrap();
            let reply: Value = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!(answer.status, 401);
            assert_eq!(reply["code"], "unauthenticated");
            assert!(reply["message"].is_string());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_created_session_serves_and_one_that_was_tampered_with_does_not() {
    let database = Database::start(&[]).await;
    let answer = database.post(CREATE, "{}".to_owned()).await.unwrap();
    let created: Value = serde_json::from_slice(&answer.body).unwrap();
    let mut session = database.session();
    session.token = created["session"].clone();
    assert_eq!(cell(&session.ok("SELECT 1 + 1").await).unwrap(), "2");
    let mut token = session.token.clone();
    token["vitessSession"]["SessionUUID"] = json!("another");
    let body = json!({ "query": "SELECT 1", "session": token }).to_string();
    let answer = database.post(EXECUTE, body).await.unwrap();
    assert_eq!(answer.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_zero_or_empty_is_absent_and_null_is_not_empty() {
    let database = Database::start(&[]).await;
    let created = database
        .ok("CREATE TABLE t (id BIGINT PRIMARY KEY, a VARCHAR(9))")
        .await;
    assert_eq!(created, json!({}));
    let inserted = database.ok("INSERT INTO t VALUES (1, ''), (2, NULL)").await;
    assert_eq!(inserted, json!({ "rowsAffected": "2" }));
    // As a client that asks for found rows.
    let same = database.ok("UPDATE t SET a = '' WHERE id = 1").await;
    assert_eq!(same, json!({ "rowsAffected": "1" }));
    assert_eq!(database.ok("DELETE FROM t WHERE id = 9").await, json!({}));
    let all = database.ok("SELECT a FROM t ORDER BY id").await;
    assert_eq!(
        all["rows"],
        json!([{ "lengths": ["0"] }, { "lengths": ["-1"] }])
    );
    let none = database.ok("SELECT a FROM t WHERE id = 9").await;
    assert!(none.get("rows").is_none());
    assert_eq!(none["fields"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upsert_counts_as_mysql_counts() {
    let database = Database::start(&[]).await;
    database
        .ok("CREATE TABLE t (id BIGINT PRIMARY KEY, a INT)")
        .await;
    let upsert = |a| format!("INSERT INTO t VALUES (1, {a}) ON DUPLICATE KEY UPDATE a = VALUES(a)");
    for (a, count) in [(1, "1"), (2, "2"), (2, "1")] {
        assert_eq!(database.ok(&upsert(a)).await["rowsAffected"], count);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_compares_as_in_mysql_8_and_binary_does_not() {
    let database = Database::start(&[]).await;
    database
        .ok("CREATE TABLE t (a VARCHAR(9), b VARCHAR(9) COLLATE utf8mb4_bin)")
        .await;
    database.ok("INSERT INTO t VALUES ('É', 'É')").await;
    for (condition, rows) in [("a = 'e'", "1"), ("a = 'e '", "0"), ("b = 'e'", "0")] {
        let sql = format!("SELECT COUNT(*) FROM t WHERE {condition}");
        assert_eq!(cell(&database.ok(&sql).await).unwrap(), rows, "{condition}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_keep_all_their_digits_and_expressions_are_bigint() {
    let database = Database::start(&[]).await;
    let sql = "SELECT 18446744073709551615, -9223372036854775808, 1, COUNT(*), 0.10";
    let result = database.ok(sql).await;
    assert_eq!(
        cells(&result)[0].iter().flatten().collect::<Vec<_>>(),
        [
            "18446744073709551615",
            "-9223372036854775808",
            "1",
            "1",
            "0.10"
        ]
    );
    let fields = result["fields"].as_array().unwrap();
    let types: Vec<&str> = fields
        .iter()
        .map(|field| field["type"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["UINT64", "INT64", "INT64", "INT64", "DECIMAL"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_json_from_a_column_and_from_a_function() {
    let database = Database::start(&[]).await;
    database
        .ok("CREATE TABLE t (id BIGINT PRIMARY KEY, a JSON, b LONGTEXT)")
        .await;
    database
        .ok(r#"INSERT INTO t VALUES (1, '{"b":1,"a":[1,2]}', '{"b":1}')"#)
        .await;
    let result = database
        .ok("SELECT a, b, JSON_ARRAYAGG(JSON_ARRAY(id, b)) AS c FROM t")
        .await;
    let types = result["fields"].as_array().unwrap();
    let types: Vec<&str> = types
        .iter()
        .map(|field| field["type"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["JSON", "TEXT", "JSON"]);
    assert_eq!(
        cells(&result)[0].iter().flatten().collect::<Vec<_>>(),
        [
            r#"{"a": [1, 2], "b": 1}"#,
            r#"{"b":1}"#,
            r#"[[1, "{\"b\":1}"]]"#
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_told_as_vitess_tells_mysqls() {
    let database = Database::start(&[]).await;
    database
        .ok(
            "CREATE TABLE t (id BIGINT PRIMARY KEY, a VARCHAR(3) NOT NULL, j JSON, \
             UNIQUE KEY by_a (a), CONSTRAINT small CHECK (id < 100))",
        )
        .await;
    database.ok("INSERT INTO t VALUES (1, 'a', NULL)").await;
    let expected = [
        (
            "INSERT INTO t VALUES (1, 'b', NULL)",
            "ALREADY_EXISTS",
            "AlreadyExists",
            "Duplicate entry '1' for key 't.PRIMARY' (errno 1062) (sqlstate 23000)",
        ),
        (
            "INSERT INTO t VALUES (2, 'a', NULL)",
            "ALREADY_EXISTS",
            "AlreadyExists",
            "Duplicate entry 'a' for key 't.by_a' (errno 1062) (sqlstate 23000)",
        ),
        (
            "INSERT INTO t VALUES (100, 'c', NULL)",
            "UNKNOWN",
            "Unknown",
            "Check constraint 'small' is violated. (errno 3819) (sqlstate HY000)",
        ),
        (
            "INSERT INTO t VALUES (3, 'long', NULL)",
            "INVALID_ARGUMENT",
            "InvalidArgument",
            "Data too long for column 'a' at row 1 (errno 1406) (sqlstate 22001)",
        ),
        (
            "INSERT INTO t VALUES (3, NULL, NULL)",
            "INVALID_ARGUMENT",
            "InvalidArgument",
            "Column 'a' cannot be null (errno 1048) (sqlstate 23000)",
        ),
        (
            "INSERT INTO t VALUES (3, 'c', 'no')",
            "UNKNOWN",
            "Unknown",
            "Invalid JSON text: \"Invalid value.\" at position 0 in value for column 't.j'. (errno 3140) (sqlstate 22032)",
        ),
        (
            "SELECT * FROM missing",
            "NOT_FOUND",
            "NotFound",
            "Table 'balance.missing' doesn't exist (errno 1146) (sqlstate 42S02)",
        ),
        (
            "SELECT missing FROM t",
            "NOT_FOUND",
            "NotFound",
            "Unknown column 'missing' in 'field list' (errno 1054) (sqlstate 42S22)",
        ),
        (
            "CREATE TABLE t (id INT)",
            "ALREADY_EXISTS",
            "AlreadyExists",
            "Table 't' already exists (errno 1050) (sqlstate 42S01)",
        ),
        (
            "INSERT INTO t VALUES ('x', 'c', NULL)",
            "INVALID_ARGUMENT",
            "InvalidArgument",
            "Incorrect integer value: 'x' for column 'id' at row 1 (errno 1366) (sqlstate HY000)",
        ),
    ];
    for (sql, code, camel, words) in expected {
        let (found, message) = database.refused(sql).await;
        assert_eq!(found, code, "{message}");
        let start = format!(
            "target: balance.-.primary: vttablet: rpc error: code = {camel} desc = {words} (CallerID: sandbox-username): Sql: \""
        );
        assert!(message.starts_with(&start), "{message}\n{start}");
        assert!(message.ends_with("BindVars: {REDACTED}"), "{message}");
        assert!(!message.contains("'long'\""), "{message}");
    }
    let (code, message) = database.refused("SELECT 1 FORM t").await;
    assert_eq!(code, "INVALID_ARGUMENT");
    assert!(
        message.starts_with("syntax error at position "),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_and_a_request_have_their_limits() {
    let database = Database::start(&[]).await;
    let digits = "(SELECT 0 n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";
    let from = format!("FROM {digits} a, {digits} b, {digits} c, {digits} d, {digits} e");
    let most = database.ok(&format!("SELECT 1 {from}")).await;
    assert_eq!(most["rows"].as_array().unwrap().len(), 100_000);
    let (code, message) = database
        .refused(&format!("SELECT 1 {from}, (SELECT 1 UNION SELECT 2) f"))
        .await;
    assert_eq!(code, "ABORTED");
    assert!(message.contains("Row count exceeded 100000"), "{message}");
    let body = json!({ "query": format!("SELECT '{}'", "a".repeat(16 << 20)), "session": null });
    let answer = database.post(EXECUTE, body.to_string()).await.unwrap();
    assert_eq!(answer.status, 429);
}
