//! AppSignal's public endpoint: errors, and check-ins of crons. It answers 200 to whatever comes,
//! so what was wrong is on the control surface alone.

use std::collections::BTreeMap;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{FRONTEND_KEY, PUSH_KEY, Telemetry};

/// How far from now a time may be, in seconds.
const AGE: i64 = 3_600;
/// The longest body.
const MOST: usize = 200_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    timestamp: i64,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    action: String,
    error: Exception,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    params: BTreeMap<String, Value>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    revision: Option<String>,
    #[serde(default)]
    breadcrumbs: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    name: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    backtrace: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckIn {
    identifier: String,
    digest: String,
    kind: Kind,
    timestamp: i64,
    #[serde(rename = "check_in_type")]
    of: Type,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Start,
    Finish,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Type {
    Cron,
}

pub(super) async fn errors(
    State(telemetry): State<Telemetry>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(response) = telemetry.admit("/errors").await {
        return response;
    }
    let taken = authorised(
        query.as_deref(),
        FRONTEND_KEY,
        &headers,
        "application/json",
        &body,
    )
    .and_then(|()| report(&body));
    answer(&telemetry, "errors", taken.map(|report| vec![report]))
}

pub(super) async fn check_ins(
    State(telemetry): State<Telemetry>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(response) = telemetry.admit("/check_ins").await {
        return response;
    }
    let taken = authorised(
        query.as_deref(),
        PUSH_KEY,
        &headers,
        "application/x-ndjson",
        &body,
    )
    .and_then(|()| lines(&body));
    answer(&telemetry, "check_ins", taken)
}

fn answer(telemetry: &Telemetry, signal: &str, taken: Result<Vec<Value>, String>) -> Response {
    match taken {
        Ok(several) => several
            .into_iter()
            .for_each(|one| telemetry.keep(signal, one)),
        Err(reason) => {
            let _ = telemetry.refuse(&format!("/{signal}"), StatusCode::OK, &reason);
        }
    }
    StatusCode::OK.into_response()
}

fn authorised(
    query: Option<&str>,
    key: &str,
    headers: &HeaderMap,
    media: &str,
    body: &[u8],
) -> Result<(), String> {
    let query = query.unwrap_or_default();
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    if !matches!(pairs.as_slice(), [(name, value)] if name == "api_key" && value == key) {
        return Err("not its API key".into());
    }
    if body.len() > MOST {
        return Err("too long".into());
    }
    let sent = headers.get(CONTENT_TYPE);
    if sent.is_none_or(|sent| sent.as_bytes() != media.as_bytes()) {
        return Err(format!("not {media}"));
    }
    Ok(())
}

fn is_now(timestamp: i64) -> bool {
    (timestamp - Timestamp::now().as_second()).abs() < AGE
}

fn report(body: &[u8]) -> Result<Value, String> {
    let report: Report = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    if !is_now(report.timestamp) {
        return Err("a timestamp in seconds that is not of now".into());
    }
    let texts = [&report.error.name, &report.action, &report.namespace];
    if texts.iter().any(|text| text.is_empty() || text.len() > 255) {
        return Err("no name, action or namespace, or a long one".into());
    }
    if report.revision.is_some_and(|revision| revision.is_empty()) {
        return Err("a revision of nothing".into());
    }
    let said = report.error.message.len() + report.error.backtrace.len() + report.breadcrumbs.len();
    if said > 4_095 || report.environment.len() + report.params.len() + report.tags.len() > 100 {
        return Err("more than an error says".into());
    }
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

fn lines(body: &[u8]) -> Result<Vec<Value>, String> {
    let mut several = Vec::new();
    for line in body.split(|byte| *byte == b'\n') {
        if line.is_empty() {
            continue;
        }
        let one: CheckIn = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        if one.identifier.is_empty() || !is_now(one.timestamp) || one.of != Type::Cron {
            return Err("a check-in of nothing, or not of now".into());
        }
        let hex = one.digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        if one.digest.len() != 16 || !hex {
            return Err("a digest that is not sixteen hex digits".into());
        }
        let kind = if one.kind == Kind::Start {
            "start"
        } else {
            "finish"
        };
        several.push(json!({
            "identifier": one.identifier,
            "digest": one.digest,
            "kind": kind,
            "timestamp": one.timestamp,
        }));
    }
    if several.is_empty() {
        return Err("no check-in".into());
    }
    Ok(several)
}
