//! The controls of the stand-in for `PlanetScale`: what it was asked, and how it fails.

use serde_json::{Value, json};

use crate::{Client, TestApp};

/// The stand-in of an instance that keeps its rows there.
pub struct PlanetScale(Client);

impl TestApp {
    /// The stand-in for `PlanetScale`; only where the instance runs on it.
    pub fn planetscale(&self) -> PlanetScale {
        let url = self.stack().planetscale_url();
        assert!(!url.is_empty(), "this instance has another database");
        PlanetScale(Client::new(url, "127.0.0.1"))
    }
}

impl PlanetScale {
    /// Orders a failure: `mode`, and `times`, `matching`, `after` … (tools/sandbox/README.md).
    pub fn fail(&self, order: &Value) {
        self.0.post("/_control/fail", order).expect(200);
    }

    /// No more failures.
    pub fn heal(&self) {
        self.0.delete("/_control/fail").expect(200);
    }

    /// Forgets what it was asked.
    pub fn forget(&self) {
        self.0.delete("/_control/requests").expect(200);
    }

    /// What it was asked since: SQL without its literals, in order.
    pub fn asked(&self) -> Vec<String> {
        let heard = self.0.get("/_control/requests").json();
        let requests = heard["requests"].as_array().expect("requests").iter();
        let sql = requests.map(|request| request["sql"].as_str().expect("SQL").to_owned());
        sql.collect()
    }

    /// Those of the statements so far that go to every shard.
    pub fn scattered(&self) -> Vec<String> {
        let heard = self.0.get("/_control/requests").json();
        let requests = heard["requests"].as_array().expect("requests").iter();
        let scattered = requests.filter(|request| request["scatter"] == json!(true));
        let sql = scattered.map(|request| request["sql"].as_str().expect("SQL").to_owned());
        sql.collect()
    }
}
