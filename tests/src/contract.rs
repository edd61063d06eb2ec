//! The instance's own `OpenAPI` document. Every reply that a test gets is held to
//! it: a status or a content type that the document does not name fails the test.

use serde_json::{Map, Value};

use crate::{Client, Reply};

/// The document.
pub(crate) struct Contract(Map<String, Value>);

impl Contract {
    /// What the instance publishes; nothing where it serves nothing.
    pub(crate) fn of(client: &Client) -> Option<Self> {
        let reply = client.get("/openapi.json");
        (reply.status() == 200).then(|| {
            let paths = reply.value("/paths");
            Self(paths.as_object().expect("paths").clone())
        })
    }

    /// What is wrong with a reply, if anything. A route that is not there may
    /// only be refused.
    pub(crate) fn breach(&self, method: &str, path: &str, reply: &Reply) -> Option<String> {
        let path = path.split('?').next().unwrap_or_default();
        let (_, item) = self
            .0
            .iter()
            .find(|(template, _)| matches(template, path))?;
        let operation = item.get(method.to_lowercase())?;
        let status = reply.status().to_string();
        let Some(documented) = operation["responses"].get(&status) else {
            return Some(format!("status {status} is not documented"));
        };
        let content = documented["content"].as_object();
        let documented: Vec<&str> = content
            .into_iter()
            .flatten()
            .map(|(kind, _)| kind.as_str())
            .collect();
        let kind = reply
            .header("content-type")
            .and_then(|kind| kind.split(';').next());
        let as_documented = kind.map_or(documented.is_empty(), |kind| documented.contains(&kind));
        (!as_documented)
            .then(|| format!("status {status} as {kind:?} is documented as {documented:?}"))
    }
}

fn matches(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given => {}
            (Some(wanted), Some(given)) if wanted.starts_with('{') && !given.is_empty() => {}
            _ => return false,
        }
    }
}
