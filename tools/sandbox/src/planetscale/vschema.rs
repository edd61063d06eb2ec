//! Which table is in which keyspace and by what it is sharded: Vitess's own VSchema JSON, all
//! keyspaces in one document (<https://vitess.io/docs/reference/features/vschema/>).

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

/// The document.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VSchema {
    keyspaces: BTreeMap<String, Keyspace>,
}

#[derive(Debug, Default, Deserialize)]
struct Keyspace {
    #[serde(default)]
    sharded: bool,
    #[serde(default)]
    vindexes: BTreeMap<String, Vindex>,
    #[serde(default)]
    tables: BTreeMap<String, TableRules>,
}

#[derive(Debug, Deserialize)]
struct Vindex {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Debug, Default, Deserialize)]
struct TableRules {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    column_vindexes: Vec<ColumnVindex>,
}

#[derive(Debug, Deserialize)]
struct ColumnVindex {
    name: String,
    #[serde(default)]
    column: Option<String>,
    #[serde(default)]
    columns: Vec<String>,
}

/// A document that cannot be used, and why.
#[derive(Debug, thiserror::Error)]
#[error("vschema: {0}")]
pub(crate) struct BadVSchema(String);

/// Where a table is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) keyspace: String,
    /// What finds a row's shard: the columns of each vindex, the primary one first. None where
    /// the table is not sharded.
    pub(super) keys: Vec<Key>,
}

/// The columns of one vindex, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) vindex: String,
    pub(super) columns: Vec<String>,
}

impl Place {
    pub(super) fn is_sharded(&self) -> bool {
        !self.keys.is_empty()
    }

    /// What the table is sharded by.
    pub(super) fn primary(&self) -> Option<&Key> {
        self.keys.first()
    }
}

impl VSchema {
    pub(super) fn read(path: &Path) -> Result<Self, BadVSchema> {
        let text = std::fs::read(path);
        let text = text.map_err(|problem| BadVSchema(format!("{}: {problem}", path.display())))?;
        Self::parse(&text)
    }

    fn parse(text: &[u8]) -> Result<Self, BadVSchema> {
        let schema: Self =
            serde_json::from_slice(text).map_err(|problem| BadVSchema(problem.to_string()))?;
        for (keyspace, table, rules) in schema.tables() {
            for used in &rules.column_vindexes {
                let Some(vindex) = keyspace.vindexes.get(&used.name) else {
                    let (table, name) = (table, &used.name);
                    return Err(BadVSchema(format!("{table}: no vindex {name}")));
                };
                if used.column.is_some() != used.columns.is_empty() || vindex.kind.is_empty() {
                    return Err(BadVSchema(format!("{table}: bad vindex {}", used.name)));
                }
            }
            let everywhere = rules.kind.as_deref() == Some("reference");
            if keyspace.sharded && !everywhere && rules.column_vindexes.is_empty() {
                return Err(BadVSchema(format!("{table}: sharded by nothing")));
            }
        }
        Ok(schema)
    }

    fn tables(&self) -> impl Iterator<Item = (&Keyspace, &str, &TableRules)> {
        self.keyspaces.values().flat_map(|keyspace| {
            let tables = keyspace.tables.iter();
            tables.map(move |(name, rules)| (keyspace, name.as_str(), rules))
        })
    }

    /// Where a table is; none where no keyspace has it.
    pub(super) fn find(&self, keyspace: Option<&str>, table: &str) -> Option<Place> {
        let mut candidates = self.keyspaces.iter().filter_map(|(name, candidate)| {
            let wanted = keyspace.is_none_or(|keyspace| keyspace == name);
            let rules = candidate.tables.get(table).filter(|_| wanted)?;
            Some((name, candidate, rules))
        });
        let (name, keyspace, rules) = candidates.next()?;
        let keys = rules.column_vindexes.iter().map(|used| Key {
            vindex: used.name.clone(),
            columns: used
                .column
                .iter()
                .chain(&used.columns)
                .map(|column| column.to_lowercase())
                .collect(),
        });
        Some(Place {
            keyspace: name.clone(),
            keys: if keyspace.sharded {
                keys.collect()
            } else {
                Vec::new()
            },
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Three sharded tables, two of them with a lookup, and two that are not.
    pub(in super::super) const EXAMPLE: &str = r#"{"keyspaces":{
        "sharded":{"sharded":true,
            "vindexes":{"hash":{"type":"xxhash"},"by_email":{"type":"consistent_lookup_unique","params":{"table":"unsharded.by_email"},"owner":"person"}},
            "tables":{
                "person":{"column_vindexes":[{"column":"user_id","name":"hash"},{"column":"email","name":"by_email"}]},
                "txn":{"column_vindexes":[{"columns":["user_id"],"name":"hash"}]},
                "account":{"column_vindexes":[{"column":"user_id","name":"hash"}]},
                "country":{"type":"reference"}}},
        "unsharded":{"tables":{"audit":{},"other":{}}}}}"#;

    pub(in super::super) fn example() -> VSchema {
        VSchema::parse(EXAMPLE.as_bytes()).unwrap()
    }

    #[test]
    fn a_table_is_found_where_it_is() {
        let schema = example();
        let person = schema.find(None, "person").unwrap();
        assert_eq!(person.keyspace, "sharded");
        assert_eq!(person.keys[1].columns, ["email"]);
        assert!(!schema.find(None, "audit").unwrap().is_sharded());
        assert!(!schema.find(None, "country").unwrap().is_sharded());
        assert_eq!(schema.find(Some("unsharded"), "person"), None);
        assert_eq!(schema.find(None, "nothing"), None);
    }

    #[test]
    fn a_document_that_contradicts_itself_is_refused() {
        for bad in [
            r#"{"keyspaces":{"s":{"sharded":true,"tables":{"t":{}}}}}"#,
            r#"{"keyspaces":{"s":{"sharded":true,"tables":{"t":{"column_vindexes":[{"column":"a","name":"no"}]}}}}}"#,
            r#"{"tables":{}}"#,
        ] {
            assert!(VSchema::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
