//! The stand-ins in the test's own process, and one line for each thing a test asks of them.

#![allow(dead_code, reason = "each test file uses its part")]

use std::ffi::OsString;
use std::time::Duration;

use http::Method;
use sandbox::{Answer, Options, Parsed, Sandbox, Unanswered, send};
use serde_json::{Value, json};

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Standins {
    pub(crate) plaid: String,
    pub(crate) pwned: String,
    pub(crate) cloudflare: String,
    pub(crate) s3: String,
    pub(crate) new_relic: String,
    pub(crate) appsignal: String,
    pub(crate) stripe: String,
    pub(crate) mailbox: String,
    _running: Sandbox,
}

/// An Item made by the control surface.
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) access_token: String,
}

impl Standins {
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(OsString::from);
        let Parsed::Run(options) = Options::from_arguments(arguments).unwrap() else {
            panic!("no options");
        };
        let running = Sandbox::start(*options).await.unwrap();
        let url = |name: &str| running.announcement()[name].as_str().unwrap().to_owned();
        Self {
            plaid: url("plaid"),
            pwned: url("pwned"),
            cloudflare: url("cloudflare"),
            s3: url("s3"),
            new_relic: url("new_relic"),
            appsignal: url("appsignal"),
            stripe: url("stripe"),
            mailbox: url("mailbox"),
            _running: running,
        }
    }

    /// A call to Plaid as it stands, good or not.
    pub(crate) async fn call(&self, path: &str, body: &Value) -> Result<Answer, Unanswered> {
        let keys = [
            ("plaid-client-id", "sandbox-client-id"),
            ("plaid-secret", "sandbox-secret"),
        ];
        let url = format!("{}{path}", self.plaid);
        send(Method::POST, &url, &keys, body.to_string(), PATIENCE).await
    }

    /// A call that succeeds.
    pub(crate) async fn ask(&self, path: &str, body: Value) -> Value {
        let (status, reply) = read(&self.call(path, &body).await.unwrap());
        assert_eq!(status, 200, "{path}: {reply}");
        reply
    }

    /// A call that Plaid refuses: status and code.
    pub(crate) async fn refused(&self, path: &str, body: Value) -> (u16, String) {
        let (status, reply) = read(&self.call(path, &body).await.unwrap());
        assert_ne!(status, 200, "{path}: {reply}");
        assert!(reply["request_id"].is_string() && reply["display_message"].is_null());
        (status, reply["error_code"].as_str().unwrap().to_owned())
    }

    /// A call to Plaid's control surface that succeeds.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        request(method, &format!("{}/_control{path}", self.plaid), &body).await
    }

    pub(crate) async fn item(&self, body: Value) -> Item {
        let mut body = body;
        body["access_token"] = json!("access-sandbox-11111111-1111-4111-8111-111111111111");
        let made = self.control(Method::POST, "/items", body).await;
        Item {
            id: made["item_id"].as_str().unwrap().to_owned(),
            access_token: made["access_token"].as_str().unwrap().to_owned(),
        }
    }

    /// Changes what the bank knows of an Item.
    pub(crate) async fn update(&self, item: &Item, body: Value) -> Value {
        let path = format!("/items/{}/transactions", item.id);
        self.control(Method::POST, &path, body).await
    }

    pub(crate) async fn truth(&self, item: &Item) -> Value {
        let path = format!("/items/{}/truth", item.id);
        self.control(Method::GET, &path, Value::Null).await
    }
}

/// A call that answers 200 with JSON.
pub(crate) async fn request(method: Method, url: &str, body: &Value) -> Value {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let answer = send(method, url, &[], body, PATIENCE).await.unwrap();
    let (status, reply) = read(&answer);
    assert_eq!(status, 200, "{url}: {reply}");
    reply
}

pub(crate) async fn get(url: &str) -> Value {
    request(Method::GET, url, &Value::Null).await
}

pub(crate) fn read(answer: &Answer) -> (u16, Value) {
    let body = serde_json::from_slice(&answer.body);
    (answer.status, body.unwrap_or(Value::Null))
}

pub(crate) fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}
