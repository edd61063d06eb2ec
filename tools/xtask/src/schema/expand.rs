//! Expand, deploy, contract: while a new Worker comes up the old one goes on, and a roll-back brings
//! it back. So a migration only adds, and nothing that it adds is in the way of what the Worker
//! before it reads or writes. (That the Worker itself bears what is added is tried in workerd:
//! `tests/tests/suite/newer_schema.rs`.)

use std::fs;

use stack::Workspace;

use super::{Dialect, Schema, Table};

/// What of `before` an older Worker would miss in `after`, or be refused by.
fn breaks(before: &Schema, after: &Schema) -> Vec<String> {
    let mut found = Vec::new();
    for old in &before.tables {
        match after.table(&old.name) {
            None => found.push(format!("{} is gone", old.name)),
            Some(new) => {
                let told = of_table(old, new).into_iter();
                found.extend(told.map(|what| format!("{}: {what}", old.name)));
            }
        }
    }
    found
}

fn of_table(old: &Table, new: &Table) -> Vec<String> {
    let mut found = Vec::new();
    for column in &old.columns {
        if new.column(&column.name) != Some(column) {
            found.push(format!("{} is gone or another", column.name));
        }
    }
    for column in &new.columns {
        let added = old.column(&column.name).is_none();
        if added && !column.nullable && column.default.is_none() {
            found.push(format!("{} has to be given", column.name));
        }
    }
    if old.primary_key != new.primary_key {
        found.push("the primary key is another".to_owned());
    }
    // Fewer would let in what the next Worker does not expect, more refuse what this one writes.
    if old.unique != new.unique {
        found.push("the unique keys are others".to_owned());
    }
    if old.checks != new.checks {
        found.push("the CHECKs are others".to_owned());
    }
    for index in &old.indexes {
        if !new.indexes.contains(index) {
            found.push(format!("the index {} is gone", index.name));
        }
    }
    found
}

/// The tables that a migration puts a trigger on, of those that it did not make itself.
fn triggers_on_older_tables(before: &Schema, text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found = Vec::new();
    for (at, pair) in words.windows(2).enumerate() {
        if !(pair[0].eq_ignore_ascii_case("create") && pair[1].eq_ignore_ascii_case("trigger")) {
            continue;
        }
        let mut rest = words.iter().skip(at);
        let on = rest.find(|word| word.eq_ignore_ascii_case("on"));
        let table = on.and_then(|_| rest.next()).copied().unwrap_or_default();
        if before.table(table).is_some() {
            found.push(format!(
                "{table}: a trigger that the older Worker does not know"
            ));
        }
    }
    found
}

/// What a migration breaks, after those before it.
fn broken_by(before: &Schema, text: &str, dialect: Dialect) -> Vec<String> {
    let mut after = before.clone();
    match after.apply(text, dialect) {
        // Whatever the reader does not know is no addition: DROP, RENAME, MODIFY.
        Err(error) => vec![error.to_string()],
        Ok(()) => [
            breaks(before, &after),
            triggers_on_older_tables(before, text),
        ]
        .concat(),
    }
}

#[test]
fn every_migration_only_adds() {
    for dialect in [Dialect::D1, Dialect::MySql] {
        let mut schema = Schema::default();
        let folder = Workspace::here().path(dialect.folder());
        for path in stack::migrations(&folder).unwrap() {
            let text = fs::read_to_string(&path).unwrap();
            assert_eq!(
                broken_by(&schema, &text, dialect),
                [""; 0],
                "{}",
                path.display()
            );
            schema.apply(&text, dialect).unwrap();
        }
    }
}

const BEFORE: &str = "CREATE TABLE bird (\n  id TEXT NOT NULL PRIMARY KEY,\n  song TEXT,\n  \
                      nest TEXT NOT NULL\n) STRICT;\nCREATE INDEX bird_nest ON bird (nest);\n";

fn after(migration: &str) -> String {
    let mut schema = Schema::default();
    schema.apply(BEFORE, Dialect::D1).unwrap();
    broken_by(&schema, migration, Dialect::D1).join("; ")
}

#[test]
fn what_an_older_worker_does_not_notice_is_an_addition() {
    for migration in [
        "ALTER TABLE bird ADD COLUMN wings INTEGER;",
        "ALTER TABLE bird ADD COLUMN wings INTEGER NOT NULL DEFAULT 2;",
        "CREATE INDEX bird_song ON bird (song);",
        "CREATE TABLE egg (\n  id TEXT NOT NULL PRIMARY KEY\n) STRICT;\nCREATE UNIQUE INDEX egg_id ON egg (id);",
    ] {
        assert_eq!(after(migration), "", "{migration}");
    }
}

#[test]
fn what_an_older_worker_would_miss_or_be_refused_by_is_none() {
    for (migration, words) in [
        (
            "ALTER TABLE bird ADD COLUMN wings INTEGER NOT NULL;",
            "wings has to be given",
        ),
        (
            "CREATE UNIQUE INDEX bird_one ON bird (song);",
            "unique keys",
        ),
        ("ALTER TABLE bird DROP COLUMN song;", ""),
        ("ALTER TABLE bird RENAME COLUMN song TO call;", ""),
        ("ALTER TABLE bird RENAME TO fowl;", ""),
        ("DROP TABLE bird;", ""),
        ("DROP INDEX bird_nest;", ""),
        ("UPDATE bird SET song='';", ""),
        (
            "CREATE TRIGGER bird_stays BEFORE DELETE ON bird\nBEGIN SELECT RAISE(ABORT, 'no'); END;",
            "a trigger",
        ),
    ] {
        let told = after(migration);
        assert!(
            !told.is_empty() && told.contains(words),
            "{migration}: {told}"
        );
    }
}
