//! The VSchema beside the tables it is about: where Vitess finds each, and what finds a row's
//! shard.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::Deserialize;
use stack::Workspace;

use super::{Dialect, Schema};

#[derive(Deserialize)]
struct VSchema {
    keyspaces: BTreeMap<String, Keyspace>,
}

#[derive(Deserialize)]
struct Keyspace {
    #[serde(default)]
    sharded: bool,
    #[serde(default)]
    vindexes: BTreeMap<String, Vindex>,
    tables: BTreeMap<String, Table>,
}

#[derive(Deserialize)]
struct Vindex {
    r#type: String,
    #[serde(default)]
    params: BTreeMap<String, String>,
    owner: Option<String>,
}

#[derive(Deserialize)]
struct Table {
    #[serde(default)]
    column_vindexes: Vec<ColumnVindex>,
}

#[derive(Deserialize)]
struct ColumnVindex {
    column: String,
    name: String,
}

fn file(name: &str) -> String {
    let path = Workspace::here().path(Dialect::MySql.folder()).join(name);
    fs::read_to_string(path).unwrap()
}

fn vschema() -> VSchema {
    serde_json::from_str(&file("vschema.json")).unwrap()
}

fn tables() -> Schema {
    Schema::of(&Workspace::here(), Dialect::MySql).unwrap()
}

fn lookups() -> Schema {
    let mut lookups = Schema::default();
    lookups.apply(&file("lookups.sql"), Dialect::MySql).unwrap();
    lookups
}

/// The look-up vindexes of all keyspaces.
fn lookup_vindexes(vschema: &VSchema) -> impl Iterator<Item = (&String, &Vindex)> {
    let all = vschema.keyspaces.values().flat_map(|k| &k.vindexes);
    all.filter(|(_, vindex)| vindex.r#type.contains("lookup"))
}

#[test]
fn every_table_is_in_one_keyspace_and_nothing_else_is() {
    let vschema = vschema();
    let placed: Vec<&String> = vschema
        .keyspaces
        .values()
        .flat_map(|keyspace| keyspace.tables.keys())
        .collect();
    let (tables, lookups) = (tables(), lookups());
    let known = tables.tables.iter().chain(&lookups.tables);
    let mut known: BTreeSet<&str> = known.map(|table| table.name.as_str()).collect();
    // `cargo xtask migrate` makes this one.
    known.insert("schema_migration");
    assert_eq!(placed.len(), known.len(), "a table is placed twice");
    let placed: BTreeSet<&str> = placed.into_iter().map(String::as_str).collect();
    assert_eq!(placed, known);
}

#[test]
fn what_belongs_to_a_person_is_sharded_by_its_owner_first() {
    let tables = tables();
    for (name, keyspace) in vschema().keyspaces {
        for (table, placed) in keyspace.tables {
            if !keyspace.sharded {
                assert!(placed.column_vindexes.is_empty(), "{name}.{table}");
                continue;
            }
            let columns = tables.table(&table).unwrap();
            let owner = if table == "person" { "id" } else { "user_id" };
            let first = &placed.column_vindexes[0];
            assert_eq!(
                (first.column.as_str(), first.name.as_str()),
                (owner, "by_user")
            );
            for used in &placed.column_vindexes {
                assert!(
                    columns.column(&used.column).is_some(),
                    "{table}.{}",
                    used.column
                );
                assert!(keyspace.vindexes.contains_key(&used.name), "{}", used.name);
            }
        }
    }
}

#[test]
fn every_table_with_a_person_is_sharded() {
    let vschema = vschema();
    let common = &vschema.keyspaces["common"];
    assert!(!common.sharded);
    for table in tables().tables {
        // A login is what finds the person, as a customer of Stripe's is: nobody knows her
        // shard yet. An erasure is the system's, which looks for the next one without
        // knowing whose. What a leaf commits to lies beside the leaf, and an operator finds a
        // consent by its id.
        let systems_own = [
            "login",
            "stripe_customer",
            "erasure",
            "audit_part",
            "consent",
        ]
        .contains(&table.name.as_str());
        let hers = table.column("user_id").is_some() && !systems_own;
        let apart = hers || table.name == "person";
        assert_eq!(
            !common.tables.contains_key(&table.name),
            apart,
            "{}",
            table.name
        );
    }
}

#[test]
fn every_look_up_has_its_table_and_every_such_table_its_look_up() {
    let (vschema, lookups, tables) = (vschema(), lookups(), tables());
    let mut used = BTreeSet::new();
    for (name, vindex) in lookup_vindexes(&vschema) {
        let (keyspace, table) = vindex.params["table"].split_once('.').unwrap();
        let keyspace = &vschema.keyspaces[keyspace];
        assert!(
            !keyspace.sharded && keyspace.tables.contains_key(table),
            "{name}"
        );
        let lookup = lookups.table(table).unwrap();
        let from = lookup.column(&vindex.params["from"]).unwrap();
        assert!(lookup.column(&vindex.params["to"]).is_some(), "{name}");
        assert_eq!(lookup.primary_key, [from.name.as_str()], "{name} is unique");
        let owner = vindex.owner.as_ref().unwrap();
        let mut keyspaces = vschema.keyspaces.values();
        let placed = keyspaces.find_map(|k| k.tables.get(owner)).unwrap();
        let mut by = placed.column_vindexes.iter();
        let by = by.find(|by| by.name == *name).expect("its owner has it");
        let looked_up = tables.table(owner).unwrap().column(&by.column).unwrap();
        assert_eq!(from.length, looked_up.length, "{name}: each value fits");
        used.insert(table.to_owned());
    }
    let there: BTreeSet<String> = lookups.tables.iter().map(|t| t.name.clone()).collect();
    assert_eq!(used, there);
}
