//! What was not planted and is private all the same: whatever else the opened rows hold.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::Value;

use super::super::opener::Opened;
use super::super::traces::{self, Search};
use super::rows::is_index;

/// Every string in an opened row that is long enough to be looked for, whether planted or not.
/// Not what stands in plain by design, and not the schema's own words.
pub(super) fn everything_sealed(opened: &Opened, empty: &[u8]) -> Result<Vec<traces::Value>> {
    let mut texts = BTreeMap::new();
    for (table, payload) in &opened.payloads {
        let value: Value = serde_json::from_str(payload).unwrap_or_default();
        collect(&value, &mut |text| {
            if text.len() >= traces::SHORTEST && !is_index(text) {
                texts
                    .entry(text.to_owned())
                    .or_insert_with(|| table.clone());
            }
        });
    }
    let mut values: Vec<traces::Value> = texts
        .into_iter()
        .map(|(text, table)| traces::Value {
            what: format!("{text:?} of a row in {table}"),
            text,
        })
        .collect();
    let words: BTreeSet<String> = Search::brief(values.clone())?
        .find(empty)
        .into_iter()
        .map(|trace| trace.what)
        .collect();
    values.retain(|value| !words.contains(&value.what));
    Ok(values)
}

fn collect(value: &Value, take: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => take(text),
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, take)),
        Value::Object(members) => members.values().for_each(|member| collect(member, take)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
