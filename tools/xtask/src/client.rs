//! HTTP as `demo` and `prove` speak it to an instance and to its stand-ins: one request, its
//! whole reply, no redirect followed, no status an error by itself.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{self, HeaderMap};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
/// The longest reply that is read, in bytes.
const LONGEST: u64 = 64 << 20;

/// A server, and the header fields that go with every request to it.
#[derive(Clone)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
    fields: Vec<(String, String)>,
}

/// A request to be sent.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    /// With its query.
    pub(crate) path: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Option<String>,
}

/// A reply, read whole.
pub(crate) struct Reply {
    /// Method and path, for messages.
    asked: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// Of the server at `base`: scheme, host and port.
    pub(crate) fn new(base: &str) -> Self {
        let agent = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .into();
        Self {
            agent,
            base: base.trim_end_matches('/').to_owned(),
            fields: Vec::new(),
        }
    }

    /// The same with a header field on every request.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.fields.push((name.into(), value.into()));
        client
    }

    /// The same with a session's token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn get(&self, path: &str) -> Result<Reply> {
        self.send(&Request::get(path))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Reply> {
        self.send(&Request::post(path, body))
    }

    pub(crate) fn delete(&self, path: &str) -> Result<Reply> {
        self.send(&Request::delete(path))
    }

    /// Sends a request; the error is that nobody answered.
    pub(crate) fn send(&self, request: &Request) -> Result<Reply> {
        let asked = format!("{} {}", request.method, request.path);
        let mut outgoing = http::Request::builder()
            .method(request.method)
            .uri(format!("{}{}", self.base, request.path));
        for (name, value) in self.fields.iter().chain(&request.fields) {
            outgoing = outgoing.header(name, value);
        }
        let sent = match &request.body {
            Some(body) => self.agent.run(outgoing.body(body.as_str())?),
            None => self.agent.run(outgoing.body(())?),
        };
        let response = sent.with_context(|| format!("{asked} at {}", self.base))?;
        let (head, mut body) = response.into_parts();
        let body = body.with_config().limit(LONGEST).read_to_vec();
        Ok(Reply {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.with_context(|| format!("{asked}: the reply ended early"))?,
            asked,
        })
    }
}

impl Request {
    pub(crate) fn get(path: &str) -> Self {
        Self {
            method: "GET",
            path: path.into(),
            fields: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn delete(path: &str) -> Self {
        Self {
            method: "DELETE",
            ..Self::get(path)
        }
    }

    /// With a JSON body.
    pub(crate) fn post(path: &str, body: &Value) -> Self {
        Self {
            method: "POST",
            body: Some(body.to_string()),
            ..Self::get(path)
        }
        .field("content-type", "application/json")
    }

    /// With one more header field.
    pub(crate) fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }
}

impl Reply {
    /// A header field's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body, where the status is this one.
    pub(crate) fn expect(&self, status: u16) -> Result<Value> {
        if self.status != status {
            bail!(
                "{} was answered {} in place of {status}: {}",
                self.asked,
                self.status,
                self.text()
            );
        }
        Ok(self.json())
    }

    /// A string of the body, by its JSON pointer.
    pub(crate) fn string(&self, pointer: &str) -> Result<String> {
        string(&self.json(), pointer).with_context(|| format!("in the reply to {}", self.asked))
    }

    /// What kind of problem it is (RFC 9457), where it is one: the last part of its `type`.
    pub(crate) fn problem(&self) -> Option<String> {
        let kind = self.json().get("type")?.as_str()?.to_owned();
        kind.strip_prefix("/problems/").map(str::to_owned)
    }
}

/// A string of a JSON value, by its pointer.
pub(crate) fn string(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .with_context(|| format!("there is no string at {pointer}"))
}

/// The elements of an array in a JSON value, by its pointer; none where there is none.
pub(crate) fn elements<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    let found = value.pointer(pointer).and_then(Value::as_array);
    found.map_or(&[], Vec::as_slice)
}

/// Percent-encoded for a query.
pub(crate) fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}
