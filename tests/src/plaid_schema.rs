//! Plaid's own schemas, cut from its `OpenAPI` document: what a test says in Plaid's name is
//! held to them.

use std::path::PathBuf;
use std::{env, fs};

use jsonschema::Draft;
use serde_json::{Value, json};

/// The schemas by name.
pub struct PlaidSchemas(Value);

impl PlaidSchemas {
    /// None, with a word of why, where the document is not there.
    pub fn of_environment() -> Option<Self> {
        let Some(folder) = env::var_os("BALANCE_VECTORS").map(PathBuf::from) else {
            eprintln!("skipped: BALANCE_VECTORS names no folder with Plaid's OpenAPI document");
            return None;
        };
        let text = fs::read(folder.join("plaid-openapi-slice.json")).expect("Plaid's document");
        let mut root: Value = serde_json::from_slice(&text).expect("JSON");
        honour_nullable(&mut root["components"]["schemas"]);
        Some(Self(root["components"].take()))
    }

    /// The names of all webhooks.
    pub fn webhooks(&self) -> Vec<String> {
        let schemas = self.0["schemas"].as_object().expect("schemas");
        let has_code = |name: &&String| !schemas[*name]["properties"]["webhook_code"].is_null();
        let named = schemas.keys().filter(|name| name.ends_with("Webhook"));
        named.filter(has_code).cloned().collect()
    }

    /// The instance is as the schema says.
    #[track_caller]
    pub fn assert_valid(&self, name: &str, instance: &Value) {
        let reference = format!("#/components/schemas/{name}");
        let root = json!({"allOf": [{"$ref": reference}], "components": self.0});
        let validator = jsonschema::options()
            .with_draft(Draft::Draft4)
            .build(&root)
            .expect("a schema");
        let problems: Vec<String> = validator
            .iter_errors(instance)
            .map(|problem| format!("{}: {problem}", problem.instance_path()))
            .collect();
        assert!(problems.is_empty(), "{name}: {problems:#?}\n{instance:#}");
    }
}

/// From `OpenAPI`'s `nullable: true` to a schema that accepts null.
fn honour_nullable(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(honour_nullable),
        Value::Object(members) => {
            members.values_mut().for_each(honour_nullable);
            if members.remove("nullable") == Some(Value::Bool(true)) {
                let plain = schema.take();
                *schema = json!({"anyOf": [plain, {"type": "null"}]});
            }
        }
        _ => {}
    }
}
