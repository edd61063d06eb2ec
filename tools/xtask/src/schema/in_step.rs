//! The two schemas say the same: what one aggregate writes, either database takes, and what one
//! refuses, the other refuses too.

use std::collections::BTreeSet;
use std::fs;

use stack::Workspace;

use super::{Column, Dialect, Index, Kind, Schema, Table};

fn schema(dialect: Dialect) -> Schema {
    Schema::of(&Workspace::here(), dialect).unwrap()
}

/// Where two schemas differ, in words.
fn differences(d1: &Schema, mysql: &Schema) -> Vec<String> {
    let names = |schema: &Schema| -> BTreeSet<String> {
        schema.tables.iter().map(|t| t.name.clone()).collect()
    };
    let mut found = one_sided("table", &names(d1), &names(mysql));
    for left in &d1.tables {
        if let Some(right) = mysql.table(&left.name) {
            let told = of_table(left, right).into_iter();
            found.extend(told.map(|what| format!("{}: {what}", left.name)));
        }
    }
    found
}

fn of_table(d1: &Table, mysql: &Table) -> Vec<String> {
    let names = |table: &Table| -> BTreeSet<String> {
        table.columns.iter().map(|c| c.name.clone()).collect()
    };
    let mut found = one_sided("column", &names(d1), &names(mysql));
    for left in &d1.columns {
        if let Some(right) = mysql.column(&left.name) {
            let told = of_column(left, right).into_iter();
            found.extend(told.map(|what| format!("{}: {what}", left.name)));
        }
    }
    if d1.primary_key != mysql.primary_key {
        let (left, right) = (&d1.primary_key, &mysql.primary_key);
        found.push(format!("primary key: {left:?} and {right:?}"));
    }
    let listed = |keys: &BTreeSet<Vec<String>>| -> BTreeSet<String> {
        keys.iter().map(|key| key.join(",")).collect()
    };
    found.extend(one_sided(
        "unique key",
        &listed(&d1.unique),
        &listed(&mysql.unique),
    ));
    found.extend(one_sided("CHECK", &d1.checks, &mysql.checks));
    found.extend(of_indexes(&d1.indexes, &mysql.indexes));
    found
}

fn of_column(d1: &Column, mysql: &Column) -> Vec<String> {
    let mut found = Vec::new();
    if d1.kind != mysql.kind {
        found.push(format!("{:?} and {:?}", d1.kind, mysql.kind));
    }
    if d1.nullable != mysql.nullable {
        found.push(format!("nullable {} and {}", d1.nullable, mysql.nullable));
    }
    if d1.default != mysql.default {
        found.push(format!("default {:?} and {:?}", d1.default, mysql.default));
    }
    found
}

fn of_indexes(d1: &[Index], mysql: &[Index]) -> Vec<String> {
    let names =
        |list: &[Index]| -> BTreeSet<String> { list.iter().map(|i| i.name.clone()).collect() };
    let mut found = one_sided("index", &names(d1), &names(mysql));
    for left in d1 {
        let right = mysql.iter().find(|right| right.name == left.name);
        if let Some(right) = right.filter(|right| !serves(left, right)) {
            let (left, right) = (&left.columns, &right.columns);
            found.push(format!("index: {left:?} and {right:?}"));
        }
    }
    found
}

/// Whether MySQL's index answers what D1's does. MySQL has no partial ones: in place of the
/// condition it has an index of all rows, whose first columns may be those that the condition
/// sets equal to a constant.
fn serves(d1: &Index, mysql: &Index) -> bool {
    let constants = d1.only_where.as_deref().unwrap_or_default();
    let Some(before) = mysql.columns.len().checked_sub(d1.columns.len()) else {
        return false;
    };
    let (first, rest) = mysql.columns.split_at(before);
    rest == d1.columns && first.iter().all(|column| constants.contains(column))
}

fn one_sided(what: &str, d1: &BTreeSet<String>, mysql: &BTreeSet<String>) -> Vec<String> {
    let only_d1 = d1.difference(mysql);
    let only_mysql = mysql.difference(d1);
    only_d1
        .map(|name| format!("{what} {name} only in D1"))
        .chain(only_mysql.map(|name| format!("{what} {name} only in MySQL")))
        .collect()
}

#[test]
fn d1_and_mysql_have_the_same_schema() {
    let (d1, mysql) = (schema(Dialect::D1), schema(Dialect::MySql));
    assert!(d1.tables.len() >= 14, "the migrations were read");
    assert_eq!(differences(&d1, &mysql), Vec::<String>::new());
}

#[test]
fn every_migration_has_one_of_the_same_name_on_the_other_side() {
    let names = |dialect: Dialect| -> BTreeSet<String> {
        let folder = Workspace::here().path(dialect.folder());
        let paths = stack::migrations(&folder).unwrap().into_iter();
        paths
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(Dialect::D1), names(Dialect::MySql));
}

#[test]
fn text_is_compared_byte_by_byte_in_mysql() {
    // Plaid's ids differ by case, and MySQL's own collation does not tell them apart.
    for table in schema(Dialect::MySql).tables {
        for column in table.columns.iter().filter(|c| c.kind == Kind::Text) {
            let collation = column.collation.as_deref();
            // A signed note has a dash of its own in front of each signature.
            let is_note =
                (table.name.as_str(), column.name.as_str()) == ("audit_checkpoint", "note");
            assert_eq!(
                collation,
                Some(if is_note { "utf8mb4_bin" } else { "ascii_bin" }),
                "{}.{}",
                table.name,
                column.name
            );
        }
    }
}

/// The differences after a change of one side's text.
fn after(dialect: Dialect, from: &str, to: &str) -> Vec<String> {
    let folder = Workspace::here().path(dialect.folder());
    let mut changed = Schema::default();
    let mut found = false;
    for path in stack::migrations(&folder).unwrap() {
        let text = fs::read_to_string(path).unwrap();
        found |= text.contains(from);
        changed.apply(&text.replacen(from, to, 1), dialect).unwrap();
    }
    assert!(found, "{from}");
    match dialect {
        Dialect::D1 => differences(&changed, &schema(Dialect::MySql)),
        Dialect::MySql => differences(&schema(Dialect::D1), &changed),
    }
}

#[test]
fn a_change_of_one_side_alone_is_found() {
    let mysql = |from, to| after(Dialect::MySql, from, to);
    let d1 = |from, to| after(Dialect::D1, from, to);
    for (found, told) in [
        (
            mysql("  failures BIGINT NOT NULL DEFAULT 0,\n", ""),
            "item: column failures only in D1",
        ),
        (
            d1("  failures INTEGER NOT NULL DEFAULT 0,\n", ""),
            "item: column failures only in MySQL",
        ),
        (
            mysql("  done_at BIGINT,", "  ended_at BIGINT,"),
            "inbox: column done_at only in D1",
        ),
        (
            mysql("retry_at BIGINT NOT NULL", "retry_at BIGINT"),
            "item: retry_at: nullable false and true",
        ),
        (
            d1("month TEXT,", "month TEXT NOT NULL,"),
            "txn_stage: month: nullable false and true",
        ),
        (
            mysql(
                "attempt BIGINT NOT NULL DEFAULT 0",
                "attempt BIGINT NOT NULL",
            ),
            "item: attempt: default Some(\"0\") and None",
        ),
        (
            mysql("gen BIGINT", "gen CHAR(2)"),
            "user_key: gen: Integer and Text",
        ),
        (
            mysql("wrapped VARBINARY(1024)", "wrapped VARCHAR(1024)"),
            "user_key: wrapped: Sealed and Text",
        ),
        (
            mysql("PRIMARY KEY (user_id, gen)", "PRIMARY KEY (gen, user_id)"),
            "user_key: primary key: [\"user_id\", \"gen\"] and [\"gen\", \"user_id\"]",
        ),
        (
            mysql("  UNIQUE KEY item_plaid (plaid_index),\n", ""),
            "item: unique key plaid_index only in D1",
        ),
        (
            mysql("KEY txn_month (user_id, month)", "KEY txn_month (month)"),
            "txn: index: [\"user_id\", \"month\"] and [\"month\"]",
        ),
        (
            d1("CREATE INDEX inbox_done ON inbox (done_at);", ""),
            "inbox: index inbox_done only in MySQL",
        ),
        (
            mysql(
                "KEY inbox_waiting (waiting, received_at)",
                "KEY inbox_waiting (kind, received_at)",
            ),
            "inbox: index: [\"received_at\"] and [\"kind\", \"received_at\"]",
        ),
        (
            mysql("'active', 'removing'))", "'active'))"),
            "item: CHECK state IN ('linking', 'active', 'removing') only in D1",
        ),
    ] {
        assert!(
            found.iter().any(|found| found == told),
            "{told}: {found:#?}"
        );
    }
}

#[test]
fn a_table_that_is_not_strict_and_a_statement_that_nobody_knows_are_refused() {
    let refused = |text| Schema::default().apply(text, Dialect::D1).unwrap_err();
    assert!(
        refused("CREATE TABLE t (\n  a TEXT\n);")
            .to_string()
            .contains("STRICT")
    );
    assert!(
        refused("DROP TABLE t;")
            .to_string()
            .contains("DROP TABLE t")
    );
}
