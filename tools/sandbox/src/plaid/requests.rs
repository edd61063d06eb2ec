//! What was asked of Plaid, in order, with everything secret blotted out, so that a test can show
//! that nothing but the closed set of calls was made.

use std::collections::BTreeMap;

use http::HeaderMap;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Whose values are never kept.
const SECRETS: [&str; 8] = [
    "client_id",
    "secret",
    "access_token",
    "access_tokens",
    "public_token",
    "link_token",
    "user_token",
    "override_password",
];
const SECRET_HEADERS: [&str; 3] = ["plaid-client-id", "plaid-secret", "authorization"];
const BLOT: &str = "…";

#[derive(Clone, Serialize)]
struct Entry {
    #[serde(skip)]
    number: u64,
    path: String,
    /// None while it is under way, or when the connection was broken off.
    status: Option<u16>,
    error_code: Option<String>,
    item_id: Option<String>,
    headers: Vec<(String, String)>,
    body: Value,
}

/// The log.
#[derive(Default)]
pub(super) struct RequestLog {
    entries: Vec<Entry>,
    last: u64,
}

impl RequestLog {
    /// Notes a request; the number is for what follows.
    pub(super) fn came(
        &mut self,
        path: &str,
        headers: &HeaderMap,
        body: Option<&Map<String, Value>>,
    ) -> u64 {
        self.last += 1;
        let headers = headers.iter().map(|(name, value)| {
            let secret = SECRET_HEADERS.contains(&name.as_str());
            let value = String::from_utf8_lossy(value.as_bytes());
            let kept = if secret { BLOT.into() } else { value };
            (name.to_string(), kept.into_owned())
        });
        self.entries.push(Entry {
            number: self.last,
            path: path.to_owned(),
            status: None,
            error_code: None,
            item_id: None,
            headers: headers.collect(),
            body: body.map_or(Value::Null, |body| blotted(&Value::Object(body.clone()))),
        });
        self.last
    }

    pub(super) fn of_item(&mut self, number: u64, item_id: Option<&str>) {
        if let Some(entry) = self.entry(number) {
            entry.item_id = item_id.map(str::to_owned);
        }
    }

    pub(super) fn answered(&mut self, number: u64, status: u16, error_code: Option<&str>) {
        if let Some(entry) = self.entry(number) {
            entry.status = Some(status);
            entry.error_code = error_code.map(str::to_owned);
        }
    }

    fn entry(&mut self, number: u64) -> Option<&mut Entry> {
        let mut newest_first = self.entries.iter_mut().rev();
        newest_first.find(|entry| entry.number == number)
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    pub(super) fn report(&self) -> Value {
        let mut paths: BTreeMap<&str, u64> = BTreeMap::new();
        for entry in &self.entries {
            *paths.entry(&entry.path).or_default() += 1;
        }
        json!({ "count": self.entries.len(), "paths": paths, "requests": self.entries })
    }
}

fn blotted(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let secret = SECRETS.contains(&name.as_str());
                let kept = if secret { json!(BLOT) } else { blotted(value) };
                (name.clone(), kept)
            })
            .collect(),
        Value::Array(values) => values.iter().map(blotted).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_and_no_token_is_kept_at_any_depth() {
        let mut headers = HeaderMap::new();
        headers.insert("plaid-secret", "planted-a".parse().unwrap());
        headers.insert("user-agent", "balance".parse().unwrap());
        let body = json!({
            "access_token": "planted-b", "secret": "planted-c", "count": 5,
            "options": { "override_password": "planted-d", "webhook": "http://x" },
        });
        let mut log = RequestLog::default();
        let number = log.came("/item/get", &headers, body.as_object());
        log.answered(number, 400, Some("ITEM_NOT_FOUND"));
        let report = log.report().to_string();
        assert!(!report.contains("planted"), "{report}");
        assert!(report.contains("\"count\":5") && report.contains("http://x"));
        assert!(report.contains("\"/item/get\":1") && report.contains("ITEM_NOT_FOUND"));
    }
}
