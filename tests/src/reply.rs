//! A reply, and what a test expects of it.

use serde_json::Value;
use ureq::Body;
use ureq::http::{HeaderMap, Response};

/// A reply, read whole.
#[derive(Debug)]
pub struct Reply {
    /// What was asked, for messages.
    asked: String,
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    pub(crate) fn try_read(asked: &str, response: Response<Body>) -> Result<Self, ureq::Error> {
        let (parts, mut body) = response.into_parts();
        let body = body.with_config().limit(64 << 20).read_to_vec()?;
        Ok(Self {
            asked: asked.into(),
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        })
    }

    pub fn status(&self) -> u16 {
        self.status
    }

    /// A header's value, or nothing.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// All values of a header, in their order.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        let values = self.headers.get_all(name).iter();
        values.filter_map(|value| value.to_str().ok()).collect()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as it came.
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A string of the body by its JSON pointer.
    pub fn string(&self, pointer: &str) -> String {
        match self.json().pointer(pointer) {
            Some(Value::String(text)) => text.clone(),
            found => panic!("{}: {pointer} is {found:?} in {}", self.asked, self.text()),
        }
    }

    /// Any value of the body by its JSON pointer; null where there is none.
    pub fn value(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).cloned().unwrap_or_default()
    }

    /// The names of its headers, in order.
    pub fn header_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.headers.keys().map(ToString::to_string).collect();
        names.sort_unstable();
        names
    }

    /// How many database batches it took.
    pub fn batches(&self) -> u32 {
        self.timing("db", " batches").expect("a count of batches")
    }

    /// How many runs of Argon2id it took.
    pub fn argon2id_runs(&self) -> u32 {
        self.timing("argon2id", " runs").unwrap_or_default()
    }

    fn timing(&self, metric: &str, unit: &str) -> Option<u32> {
        let mut metrics = self.header("server-timing")?.split(", ");
        let described =
            metrics.find_map(|part| part.strip_prefix(metric)?.strip_prefix(";desc=\""))?;
        described
            .strip_suffix('"')?
            .strip_suffix(unit)?
            .parse()
            .ok()
    }

    /// The value that `Set-Cookie` gives a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let set = self.header("set-cookie")?;
        let (pair, _) = set.split_once(';')?;
        pair.strip_prefix(name)?
            .strip_prefix('=')
            .map(str::to_owned)
    }

    /// It was answered with this status; the body is JSON, or empty.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text());
        self.json()
    }

    /// It was refused with this problem (RFC 9457), and the problem is in order.
    #[track_caller]
    pub fn expect_problem(&self, status: u16, slug: &str) -> Value {
        let problem = self.expect(status);
        let asked = &self.asked;
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{asked}"
        );
        assert_eq!(
            problem["type"],
            format!("/problems/{slug}"),
            "{asked}: {problem}"
        );
        assert_eq!(problem["status"], status, "{asked}: {problem}");
        assert_eq!(
            problem["request_id"].as_str(),
            self.header("x-request-id"),
            "{asked}: {problem}"
        );
        for member in ["title", "detail"] {
            assert!(
                problem[member]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{asked}: {problem}"
            );
        }
        problem
    }

    /// It was refused because of this field, for the reason that `code` names.
    #[track_caller]
    pub fn expect_field(&self, field: &str, code: &str) {
        let problem = self.expect_problem(422, "validation");
        let errors = problem["errors"].as_array().expect("errors");
        let named = errors
            .iter()
            .any(|error| error["field"] == field && error["code"] == code);
        assert!(named, "{}: no {field}: {code} in {problem}", self.asked);
    }
}
