//! Plaid's `OpenAPI` 3.0 document, as JSON Schema validators.
//! Invariant: `nullable` is honoured, also beside an `enum` or an `allOf`, where a plain
//! validator would refuse the null that Plaid does send.

use std::path::PathBuf;
use std::{env, fs};

use jsonschema::{Draft, Validator};
use plaid::Endpoint;
use serde_json::{Value, json};

pub(crate) struct Document {
    pub(crate) name: String,
    root: Value,
}

/// The documents there are; empty, with a word of why, where there are none.
pub(crate) fn documents() -> Vec<Document> {
    let Some(folder) = env::var_os("BALANCE_VECTORS").map(PathBuf::from) else {
        eprintln!("skipped: BALANCE_VECTORS names no folder with Plaid's OpenAPI document");
        return Vec::new();
    };
    let files = fs::read_dir(&folder).expect("BALANCE_VECTORS is a folder");
    let documents: Vec<_> = files
        .map(|file| file.expect("a readable folder").path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("plaid-openapi") && name.ends_with(".json")
        })
        .map(|path| {
            let text = fs::read(&path).expect("a readable file");
            let mut root: Value = serde_json::from_slice(&text).expect("JSON");
            honour_nullable(&mut root["components"]["schemas"]);
            Document {
                name: path.display().to_string(),
                root,
            }
        })
        .collect();
    assert!(
        !documents.is_empty(),
        "no plaid-openapi*.json in {}",
        folder.display()
    );
    documents
}

impl Document {
    pub(crate) fn schemas(&self) -> impl Iterator<Item = &String> {
        self.root["components"]["schemas"]
            .as_object()
            .expect("schemas")
            .keys()
    }

    pub(crate) fn schema(&self, name: &str) -> &Value {
        &self.root["components"]["schemas"][name]
    }

    pub(crate) fn resolve(&self, reference: &str) -> &Value {
        let pointer = reference.strip_prefix('#').expect("a local reference");
        self.root
            .pointer(pointer)
            .expect("a reference that leads somewhere")
    }

    pub(crate) fn operation(&self, endpoint: Endpoint) -> &Value {
        &self.root["paths"][endpoint.path()]["post"]
    }

    pub(crate) fn request_schema(&self, endpoint: Endpoint) -> &Value {
        &self.operation(endpoint)["requestBody"]["content"]["application/json"]["schema"]
    }

    pub(crate) fn reply_schema(&self, endpoint: Endpoint) -> &Value {
        &self.reply_content(endpoint)["schema"]
    }

    pub(crate) fn reply_examples(&self, endpoint: Endpoint) -> Vec<&Value> {
        let examples = self.reply_content(endpoint)["examples"].as_object();
        examples
            .into_iter()
            .flat_map(|examples| examples.values())
            .map(|example| &example["value"])
            .collect()
    }

    fn reply_content(&self, endpoint: Endpoint) -> &Value {
        &self.operation(endpoint)["responses"]["200"]["content"]["application/json"]
    }

    pub(crate) fn validator(&self, schema: &Value) -> Validator {
        let root = json!({"allOf": [schema], "components": self.root["components"]});
        jsonschema::options()
            .with_draft(Draft::Draft4)
            .build(&root)
            .expect("a schema")
    }

    /// Panics with what is wrong.
    pub(crate) fn assert_valid(&self, schema: &Value, instance: &Value) {
        let problems: Vec<_> = self
            .validator(schema)
            .iter_errors(instance)
            .map(|problem| format!("{}: {problem}", problem.instance_path()))
            .collect();
        assert!(
            problems.is_empty(),
            "{}: {problems:#?}\n{instance:#}",
            self.name
        );
    }
}

/// From `OpenAPI`'s `nullable: true` to a schema that accepts null.
fn honour_nullable(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(honour_nullable),
        Value::Object(members) => {
            members.values_mut().for_each(honour_nullable);
            if members.get("nullable") == Some(&Value::Bool(true)) {
                members.remove("nullable");
                let plain = schema.take();
                *schema = json!({"anyOf": [plain, {"type": "null"}]});
            }
        }
        _ => {}
    }
}
