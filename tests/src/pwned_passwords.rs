//! The controls of the leaked-password stand-in. Everything is said of one
//! password, so that tests beside one another do not meet.

use pwned::RangeQuery;
use serde_json::{Value, json};

use crate::Client;

/// The stand-in.
pub struct PwnedPasswords(Client);

impl PwnedPasswords {
    pub(crate) fn new(url: &str) -> Self {
        Self(Client::new(url, "127.0.0.1"))
    }

    /// From now on this password has leaked.
    pub fn leak(&self, password: &str, count: u64) {
        self.0
            .post(
                "/_control/leak",
                &json!({"password": password, "count": count}),
            )
            .expect(200);
    }

    /// The next `times` look-ups of this password, or all of them, fail so.
    pub fn fail(&self, password: &str, times: Option<u32>, mode: &str, details: &Value) {
        let mut failure = json!({"mode": mode, "prefix": prefix(password), "times": times});
        if let (Some(failure), Some(details)) = (failure.as_object_mut(), details.as_object()) {
            failure.extend(details.clone());
        }
        self.0.post("/_control/fail", &failure).expect(200);
    }

    /// From now on look-ups of this password are answered again.
    pub fn heal(&self, password: &str) {
        self.0
            .delete(&format!("/_control/fail?prefix={}", prefix(password)))
            .expect(200);
    }

    /// How often this password's prefix was asked for.
    pub fn look_ups(&self, password: &str) -> usize {
        self.requests()
            .iter()
            .filter(|request| asks_for(request, &prefix(password)))
            .count()
    }

    /// The requests for this password's prefix: `method`, `target`, `headers`, `body`.
    pub fn requests_for(&self, password: &str) -> Vec<Value> {
        let prefix = prefix(password);
        self.requests()
            .into_iter()
            .filter(|request| asks_for(request, &prefix))
            .collect()
    }

    fn requests(&self) -> Vec<Value> {
        let log = self.0.get("/_control/requests").expect(200);
        log["requests"].as_array().expect("requests").clone()
    }
}

fn asks_for(request: &Value, prefix: &str) -> bool {
    request["target"]
        .as_str()
        .is_some_and(|target| target.ends_with(prefix))
}

/// The five digits that leave.
pub fn prefix(password: &str) -> String {
    RangeQuery::for_password(password)
        .prefix()
        .as_str()
        .to_owned()
}
