//! One request through the service: recorded, authenticated, held against its schema, perhaps made
//! to fail, counted against its limit, and answered.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Plaid;
use super::bank::Bank;
use super::courier::Outgoing;
use super::errors::PlaidError;
use super::failures::Failure;
use super::item::Item;
use super::routes::{self, Route};
use super::{courier, shape};
use crate::faults::half;
use crate::server::Break;

const BODY_LIMIT: usize = 8 << 20;

/// A call on its way through its handler.
pub(super) struct Call<'a> {
    pub(super) bank: &'a mut Bank,
    body: &'a [u8],
    access_token: Option<&'a str>,
}

impl Call<'_> {
    /// The request's members; they have passed the schema.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, PlaidError> {
        serde_json::from_slice(self.body)
            .map_err(|problem| PlaidError::saying("INVALID_BODY", problem.to_string()))
    }

    /// The Item of the access token, even if its login is broken.
    pub(super) fn any_item(&mut self) -> Result<(&mut Item, &mut Vec<Outgoing>), PlaidError> {
        let token = self.access_token.unwrap_or_default();
        let index = self.bank.by_access_token(token)?;
        match self.bank.items.get_mut(index) {
            Some(item) if !item.removed => Ok((item, &mut self.bank.outbox)),
            _ => Err(PlaidError::of("ITEM_NOT_FOUND")),
        }
    }

    /// The Item of the access token and where its webhooks go.
    pub(super) fn item_and_outbox(
        &mut self,
    ) -> Result<(&mut Item, &mut Vec<Outgoing>), PlaidError> {
        let (item, outbox) = self.any_item()?;
        match &item.error {
            Some(error) => Err(error.clone()),
            None => Ok((item, outbox)),
        }
    }

    /// The Item of the access token, as long as its login works.
    pub(super) fn item(&mut self) -> Result<&mut Item, PlaidError> {
        self.item_and_outbox().map(|(item, _)| item)
    }
}

/// An answer on its way: a JSON object still open.
pub(super) struct Reply(Vec<u8>);

impl Reply {
    pub(super) fn new() -> Self {
        Self(vec![b'{'])
    }

    pub(super) fn member<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Self {
        self.name(name);
        serde_json::to_writer(&mut self.0, value).expect("our own values serialize");
        self
    }

    /// A member as a test had it, or as it usually is.
    pub(super) fn member_or<T: Serialize + ?Sized>(
        self,
        name: &str,
        given: Option<&RawValue>,
        usual: &T,
    ) -> Self {
        match given {
            Some(given) => self.member(name, given),
            None => self.member(name, usual),
        }
    }

    /// A list of rows that are JSON already.
    pub(super) fn rows<'a, I>(mut self, name: &str, rows: I) -> Self
    where
        I: IntoIterator,
        I::Item: IntoIterator<Item = &'a [u8]>,
    {
        self.name(name);
        self.0.push(b'[');
        for (index, row) in rows.into_iter().enumerate() {
            if index > 0 {
                self.0.push(b',');
            }
            for piece in row {
                self.0.extend_from_slice(piece);
            }
        }
        self.0.push(b']');
        self
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(b',');
        }
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    fn finish(self, request_id: &str) -> Bytes {
        let mut body = self.member("request_id", request_id).0;
        body.push(b'}');
        body.into()
    }
}

/// What came of a call.
struct Outcome {
    request_id: String,
    logged: u64,
    result: Result<Bytes, PlaidError>,
    failure: Option<Failure>,
}

/// Answers every path; those that Plaid does not have here, too, for they are recorded.
pub(super) async fn answer(State(plaid): State<Plaid>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let path = parts.uri.path();
    let outcome = {
        let mut bank = plaid.bank();
        handle(&mut bank, &parts.method, path, &parts.headers, &body)
    };
    courier::dispatch(&plaid);
    let code = outcome
        .result
        .as_ref()
        .err()
        .map(|error| error.code.clone());
    let response = match outcome.result {
        Ok(body) => json_response(body),
        Err(error) => error.response(&outcome.request_id),
    };
    let response = match outcome.failure {
        Some(failure) => failure.spoil(response).await,
        None => response,
    };
    if response.extensions().get::<Break>().is_none() {
        let status = response.status().as_u16();
        let mut bank = plaid.bank();
        bank.requests
            .answered(outcome.logged, status, code.as_deref());
    }
    response
}

fn handle(
    bank: &mut Bank,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> Outcome {
    let request_id = bank.request_id();
    let parsed: Option<Map<String, Value>> = serde_json::from_slice(body).ok();
    let logged = bank.requests.came(path, headers, parsed.as_ref());
    let mut failure = None;
    let result = run(
        bank,
        method,
        path,
        headers,
        body,
        parsed.as_ref(),
        logged,
        &mut failure,
    )
    .map(|reply| reply.finish(&request_id));
    Outcome {
        request_id,
        logged,
        result,
        failure,
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one request")]
fn run(
    bank: &mut Bank,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
    parsed: Option<&Map<String, Value>>,
    logged: u64,
    failure: &mut Option<Failure>,
) -> Result<Reply, PlaidError> {
    let route: &Route = routes::find(path)
        .filter(|_| method == Method::POST)
        .ok_or_else(|| PlaidError::of("NOT_FOUND"))?;
    if !is_json(headers) {
        return Err(PlaidError::of("INVALID_BODY"));
    }
    let parsed = parsed.ok_or_else(|| PlaidError::of("INVALID_BODY"))?;
    authenticate(bank, headers, parsed)?;
    shape::check(parsed, route.members)?;
    let access_token = parsed.get("access_token").and_then(Value::as_str);
    let item_id = access_token.and_then(|token| {
        let index = bank.by_access_token(token).ok()?;
        bank.items.get(index).map(|item| item.id.clone())
    });
    bank.requests.of_item(logged, item_id.as_deref());
    *failure = bank.failures.next(path, item_id.as_deref());
    if let Some(ordered) = failure
        && let Some(error) = ordered.error()
    {
        return Err(error);
    }
    if let Some(item_id) = &item_id {
        bank.limits.count(path, item_id)?;
    }
    let skip_work = failure
        .as_ref()
        .is_some_and(|failure| !failure.does_the_work());
    if skip_work {
        return Ok(Reply::new());
    }
    (route.handler)(&mut Call {
        bank,
        body,
        access_token,
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.trim_start().starts_with("application/json"))
}

/// Headers win over the body, as in Plaid's own clients.
fn authenticate(
    bank: &Bank,
    headers: &HeaderMap,
    body: &Map<String, Value>,
) -> Result<(), PlaidError> {
    let given = |header: &str, member: &str| {
        let header = headers.get(header).and_then(|value| value.to_str().ok());
        header
            .or_else(|| body.get(member).and_then(Value::as_str))
            .map(str::to_owned)
    };
    let client_id = given("plaid-client-id", "client_id");
    let secret = given("plaid-secret", "secret");
    let missing: Vec<&str> = [("client_id", &client_id), ("secret", &secret)]
        .into_iter()
        .filter_map(|(name, value)| value.is_none().then_some(name))
        .collect();
    if !missing.is_empty() {
        let names = missing.join(", ");
        return Err(PlaidError::saying(
            "MISSING_FIELDS",
            format!("the following required fields are missing: {names}"),
        ));
    }
    for (name, value) in [("client_id", &client_id), ("secret", &secret)] {
        if value.as_deref().is_none_or(str::is_empty) {
            return Err(PlaidError::field(format!(
                "{name} must be a properly formatted, non-empty string"
            )));
        }
    }
    let right = client_id.as_deref() == Some(bank.settings.client_id.as_str())
        && secret.as_deref() == Some(bank.settings.secret.as_str());
    if right {
        Ok(())
    } else {
        Err(PlaidError::of("INVALID_API_KEYS"))
    }
}

fn json_response(body: Bytes) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, kind)], body).into_response()
}

/// `response`, but only the first half of its body arrives.
pub(super) async fn halved(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let mut response = Response::from_parts(parts, Body::empty());
    let length = HeaderValue::from(whole.len());
    response.headers_mut().insert(CONTENT_LENGTH, length);
    *response.body_mut() = half(&whole);
    response
}

/// Waits as an order says.
pub(super) async fn pause(millis: Option<u64>, default: u64) {
    tokio::time::sleep(Duration::from_millis(millis.unwrap_or(default))).await;
}
