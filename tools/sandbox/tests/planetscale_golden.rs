//! Held to what the real service answered: the table of database-js's golden test, one column of
//! each type, as MariaDB has it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

mod vitess;

use std::path::Path;

use serde_json::{Value, json};
use vitess::Database;

/// Each column, in the order of the reply.
const COLUMNS: [(&str, &str, &str); 43] = [
    ("id", "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY", "1"),
    ("a", "TINYINT", "1"),
    ("b", "SMALLINT", "1"),
    ("c", "MEDIUMINT", "1"),
    ("d", "INTEGER", "1"),
    ("e", "BIGINT", "1"),
    ("f", "DECIMAL(2,1)", "1.1"),
    ("g", "NUMERIC(2,1)", "1.1"),
    ("h", "FLOAT", "1.1"),
    ("i", "DOUBLE", "1.1"),
    ("j", "BIT(3)", "b'111'"),
    ("k", "DATE", "'1000-01-01'"),
    ("l", "DATETIME", "'1000-01-01 01:01:01'"),
    ("m", "TIMESTAMP NULL", "'1970-01-01 00:01:01'"),
    ("n", "TIME", "'01:01:01'"),
    ("o", "YEAR", "2006"),
    ("p", "CHAR(4)", "'p'"),
    ("q", "VARCHAR(4)", "'q'"),
    ("r", "BINARY(4)", "'r'"),
    ("s", "VARBINARY(4)", "'s'"),
    ("t", "TINYBLOB", "'t'"),
    ("u", "BLOB", "'u'"),
    ("v", "MEDIUMBLOB", "'v'"),
    ("w", "LONGBLOB", "'w'"),
    ("x", "TINYTEXT", "'x'"),
    ("y", "TEXT", "'y'"),
    ("z", "MEDIUMTEXT", "'z'"),
    ("aa", "LONGTEXT", "'aa'"),
    ("ab", "ENUM('foo','bar')", "'foo'"),
    ("ac", "SET('foo','bar')", "'foo,bar'"),
    ("ad", "JSON", r#"'{"ad":null,"foo":"ü"}'"#),
    (
        "ae",
        "GEOMETRY",
        "ST_GeomFromText('LINESTRING(0 0,1 1,2 0)')",
    ),
    ("af", "POINT", "POINT(1,1)"),
    (
        "ag",
        "LINESTRING",
        "ST_GeomFromText('LINESTRING(0 0,1 1,2 0)')",
    ),
    (
        "ah",
        "POLYGON",
        "ST_GeomFromText('POLYGON((0 0,0 3,3 0,0 0),(1 1,1 2,2 1,1 1))')",
    ),
    ("ai", "TINYINT UNSIGNED", "1"),
    ("aj", "MEDIUMINT UNSIGNED", "1"),
    ("ak", "INTEGER UNSIGNED", "1"),
    ("al", "BIGINT UNSIGNED", "1"),
    ("xa", "CHAR(4) COLLATE utf8mb4_bin", "'xa'"),
    ("xb", "CHAR(4) BINARY", "'xb'"),
    ("xc", "CHAR(4) CHARSET binary", "'xc'"),
    ("xd", "TEXT COLLATE utf8mb4_bin", "'xd'"),
];

async fn reply() -> Value {
    let database = Database::start(&["--planetscale-database", "mattdb"]).await;
    let definitions = COLUMNS.map(|(name, kind, _)| format!("`{name}` {kind}"));
    let values = COLUMNS.map(|(_, _, value)| value);
    let create = format!("CREATE TABLE test ({})", definitions.join(", "));
    database.ok(&create).await;
    let insert = format!("INSERT INTO test VALUES ({})", values.join(", "));
    let inserted = database.ok(&insert).await;
    assert_eq!(inserted, json!({ "rowsAffected": "1", "insertId": "1" }));
    database.ok("SELECT *, NULL FROM test").await
}

fn golden(name: &str) -> Option<Value> {
    let Some(folder) = std::env::var_os("BALANCE_VECTORS") else {
        eprintln!("skipped: BALANCE_VECTORS does not name the folder with planetscale/");
        return None;
    };
    let path = Path::new(&folder).join("planetscale").join(name);
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_every_type_is_as_the_real_service_answered() {
    let Some(golden) = golden("database.json") else {
        return;
    };
    let ours = reply().await;
    let fields = |reply: &Value| reply["fields"].as_array().unwrap().clone();
    assert_eq!(fields(&ours).len(), COLUMNS.len() + 1);
    for (golden, ours) in std::iter::zip(fields(&golden), fields(&ours)) {
        assert_eq!(ours, golden);
    }
    assert_eq!(ours, golden);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_literal_is_as_the_real_service_answered_but_for_the_connections_character_set() {
    let Some(mut golden) = golden("dual.json") else {
        return;
    };
    let database = Database::start(&[]).await;
    let mut ours = database.ok("SELECT 'ÿ' AS a").await;
    // That one was recorded over a latin1 connection, and without lengths.
    assert_eq!(golden["fields"][0]["charset"].take(), 8);
    assert_eq!(ours["fields"][0]["charset"].take(), 255);
    let field = ours["fields"][0].as_object_mut().unwrap();
    field.remove("columnLength");
    field.remove("decimals");
    assert_eq!(ours, golden);
}
