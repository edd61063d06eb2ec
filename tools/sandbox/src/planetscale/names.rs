//! Names of tables in a statement, and the tables that they mean.

use std::collections::HashSet;

use sqlparser::ast::{ObjectName, ObjectNamePart};

use super::vschema::{Place, VSchema};

/// A table that no keyspace has.
#[derive(Debug)]
pub(super) struct Unknown(pub(super) String);

/// Keyspace, where it is named, and table.
pub(super) fn split(name: &ObjectName) -> (Option<&str>, &str) {
    let mut parts = name.0.iter().rev().filter_map(|part| match part {
        ObjectNamePart::Identifier(name) => Some(name.value.as_str()),
        ObjectNamePart::Function(_) => None,
    });
    let table = parts.next().unwrap_or_default();
    (parts.next(), table)
}

/// The last part of a name.
pub(super) fn last(name: &ObjectName) -> &str {
    split(name).1
}

/// Where a table is; none for one that is the server's own or the query's.
pub(super) fn place(
    schema: &VSchema,
    made: &HashSet<String>,
    keyspace: Option<&str>,
    table: &str,
) -> Result<Option<Place>, Unknown> {
    const SYSTEM: [&str; 4] = ["information_schema", "mysql", "performance_schema", "sys"];
    let system = keyspace.is_some_and(|name| SYSTEM.iter().any(|s| name.eq_ignore_ascii_case(s)));
    let dual = table.eq_ignore_ascii_case("dual");
    if system || dual || (keyspace.is_none() && made.contains(table)) {
        return Ok(None);
    }
    let found = schema.find(keyspace, table);
    found.map(Some).ok_or_else(|| Unknown(table.to_owned()))
}
