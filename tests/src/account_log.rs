//! The controls of the Cloudflare stand-in: what was done to the account, and how its log fails.

use serde_json::{Value, json};

use crate::Client;

/// The account's own audit log.
#[derive(Clone)]
pub struct AccountLog(Client);

impl AccountLog {
    pub(crate) fn new(url: &str) -> Self {
        Self(Client::new(url, "127.0.0.1"))
    }

    /// Somebody did something; `what` says more of it.
    pub fn enter(&self, id: &str, mut what: Value) {
        what["id"] = id.into();
        self.0.post("/_control/entries", &what).expect(200);
    }

    /// Each request for it goes wrong in this way, until `heal`.
    pub fn fail(&self, mode: &str) {
        self.0
            .post("/_control/fail", &json!({"mode": mode}))
            .expect(200);
    }

    /// It goes wrong no more.
    pub fn heal(&self) {
        self.0.call("DELETE", "/_control/fail").send().expect(200);
    }

    /// How often it was asked.
    pub fn requests(&self) -> u64 {
        let heard = self.0.get("/_control/requests").expect(200);
        heard["count"].as_u64().expect("a number")
    }
}
