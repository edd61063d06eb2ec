//! Instances made from a schema: everything present, everything null, nothing spare.

use serde_json::{Map, Value, json};

use super::openapi::Document;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Fill {
    /// Every member, none null.
    Full,
    /// Every member, null where that is allowed.
    Null,
    /// The required members.
    Sparse,
    /// As full, with members and enum values that the document does not have.
    Newer,
}

pub(crate) const FILLS: [Fill; 4] = [Fill::Full, Fill::Null, Fill::Sparse, Fill::Newer];

/// Plaid's schemas are recursive in no place, so this ends.
pub(crate) fn sample(document: &Document, schema: &Value, fill: Fill) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return sample(document, document.resolve(reference), fill);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        // The one that `honour_nullable` made: the schema, or null.
        return match fill {
            Fill::Null => Value::Null,
            _ => sample(document, &choices[0], fill),
        };
    }
    let scalar = |part: &&Value| part["type"] != "object" && part["type"].is_string();
    if let Some(scalar) = parts(document, schema).find(scalar) {
        return sample(document, scalar, fill);
    }
    // One string of Plaid's names its values under `properties`.
    let has_members = schema["properties"].is_object() && schema["type"] != "string";
    if schema["allOf"].is_array() || has_members {
        let mut members = Map::new();
        let required = required_members(document, schema);
        add_members(document, schema, fill, &required, &mut members);
        if matches!(fill, Fill::Newer) {
            members.insert("member_of_a_later_date".to_owned(), json!([{"x": null}]));
        }
        return Value::Object(members);
    }
    if let Some(values) = schema["enum"].as_array() {
        return match fill {
            Fill::Newer => json!("a value of a later date"),
            _ => values.first().expect("a value").clone(),
        };
    }
    match schema["type"].as_str() {
        Some("array") => json!([sample(document, &schema["items"], fill)]),
        Some("string") => match schema["format"].as_str() {
            Some("date") => json!("2026-02-28"),
            Some("date-time") => json!("2026-02-28T12:00:00Z"),
            _ => match schema["maxLength"].as_u64() {
                Some(length) => json!("1".repeat(usize::try_from(length).expect("short"))),
                None => json!("text with \"quotes\" and é"),
            },
        },
        Some("number") => json!(-12.5),
        Some("integer") => json!(7),
        Some("boolean") => json!(true),
        _ => json!({}),
    }
}

/// Those of a schema and of all its parts: one part may require what another describes.
fn required_members<'a>(document: &'a Document, schema: &'a Value) -> Vec<&'a str> {
    let own = schema["required"].as_array().into_iter().flatten();
    own.filter_map(Value::as_str)
        .chain(parts(document, schema).flat_map(|part| required_members(document, part)))
        .collect()
}

fn add_members(
    document: &Document,
    schema: &Value,
    fill: Fill,
    required: &[&str],
    members: &mut Map<String, Value>,
) {
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        if !matches!(fill, Fill::Sparse) || required.contains(&name.as_str()) {
            members.insert(name.clone(), sample(document, member, fill));
        }
    }
    for part in parts(document, schema) {
        add_members(document, part, fill, required, members);
    }
}

/// What an `allOf` is made of, without references and without the null beside them.
fn parts<'a>(document: &'a Document, schema: &'a Value) -> impl Iterator<Item = &'a Value> {
    let parts = schema["allOf"].as_array().into_iter().flatten();
    parts.map(|part| {
        let mut part = part;
        loop {
            if let Some(reference) = part["$ref"].as_str() {
                part = document.resolve(reference);
            } else if part["anyOf"].is_array() {
                part = &part["anyOf"][0];
            } else {
                return part;
            }
        }
    })
}
