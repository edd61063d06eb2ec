//! The controls of the stand-ins for New Relic and AppSignal: what arrived there, and how they
//! fail.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Client;

/// How long something may take that is sent a moment after a reply.
const PATIENCE: Duration = Duration::from_secs(75);

/// Where telemetry goes.
pub struct Sink(Client);

/// All that arrived.
pub struct Arrived(Value);

impl Sink {
    pub(crate) fn new(url: &str) -> Self {
        Self(Client::new(url, "127.0.0.1"))
    }

    /// Each request goes wrong in this way, until `heal`.
    pub fn fail(&self, mode: &str) {
        let order = json!({"mode": mode});
        self.0.post("/_control/fail", &order).expect(200);
    }

    pub fn heal(&self) {
        self.0.call("DELETE", "/_control/fail").send().expect(200);
    }

    /// What has arrived so far.
    pub fn arrived(&self) -> Arrived {
        Arrived(self.0.get("/_control/received").expect(200))
    }

    /// What has arrived once `enough` says so.
    #[track_caller]
    pub fn wait_for(&self, what: &str, enough: impl Fn(&Arrived) -> bool) -> Arrived {
        let deadline = Instant::now() + PATIENCE;
        let mut arrived = self.arrived();
        while !enough(&arrived) {
            assert!(
                Instant::now() < deadline,
                "it never arrived: {what}; refused: {}",
                arrived.0["refused"]
            );
            let after = &arrived.0["changes"];
            let path = format!("/_control/received?after={after}&wait=10");
            arrived = Arrived(self.0.get(&path).expect(200));
        }
        arrived
    }
}

impl Arrived {
    /// All of it, as text.
    pub fn text(&self) -> String {
        self.0.to_string()
    }

    /// The bodies of a signal, as they came.
    pub fn bodies(&self, signal: &str) -> Vec<Value> {
        let bodies = self.0["received"][signal].as_array();
        bodies.cloned().unwrap_or_default()
    }

    /// How many requests there were, whatever became of them.
    pub fn requests(&self) -> u64 {
        self.0["requests"].as_u64().expect("a number")
    }

    /// What was refused: `path`, `status`, `reason`.
    pub fn refused(&self) -> Vec<Value> {
        self.0["refused"].as_array().cloned().unwrap_or_default()
    }

    /// Every span.
    pub fn spans(&self) -> Vec<Value> {
        self.records("traces", ["resourceSpans", "scopeSpans", "spans"])
    }

    /// The spans of this name.
    pub fn spans_of(&self, name: &str) -> Vec<Value> {
        let mut spans = self.spans();
        spans.retain(|span| span["name"] == name);
        spans
    }

    /// Every log record.
    pub fn logs(&self) -> Vec<Value> {
        self.records("logs", ["resourceLogs", "scopeLogs", "logRecords"])
    }

    /// The points of every metric of this name.
    pub fn points(&self, name: &str) -> Vec<Value> {
        let of = ["resourceMetrics", "scopeMetrics", "metrics"];
        let mut points = Vec::new();
        for metric in self.records("metrics", of) {
            if metric["name"] == name {
                for kind in ["sum", "gauge", "histogram"] {
                    let of = metric[kind]["dataPoints"].as_array();
                    points.extend(of.into_iter().flatten().cloned());
                }
            }
        }
        points
    }

    fn records(&self, signal: &str, [resources, scopes, records]: [&str; 3]) -> Vec<Value> {
        let mut found = Vec::new();
        for body in self.bodies(signal) {
            for resource in body[resources].as_array().into_iter().flatten() {
                for scope in resource[scopes].as_array().into_iter().flatten() {
                    found.extend(scope[records].as_array().into_iter().flatten().cloned());
                }
            }
        }
        found
    }
}

/// The value of an attribute of a span, a log record or a point; null where it has none.
pub fn attribute(of: &Value, key: &str) -> Value {
    let attributes = of["attributes"].as_array().into_iter().flatten();
    let mut found = attributes.filter(|attribute| attribute["key"] == key);
    let Some(attribute) = found.next() else {
        return Value::Null;
    };
    let value = &attribute["value"];
    ["stringValue", "intValue", "boolValue"]
        .iter()
        .map(|kind| value[kind].clone())
        .find(|value| !value.is_null())
        .unwrap_or_default()
}
