//! OTLP over HTTP, in JSON: who may send, how, and whether it is what the protocol says.

use std::io::Read as _;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::read::GzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::check::Check;
use super::schema::{LogsData, MetricsData, Resource, TracesData};
use super::{NEW_RELIC_KEY, PUSH_KEY, Telemetry, Vendor};

/// The longest body, as it is on the wire: New Relic's limit.
const MOST: usize = 1_000_000;
/// The longest body once it is inflated.
const MOST_INFLATED: u64 = 10_000_000;

/// A body of one signal.
trait Data: DeserializeOwned + Check {
    const NAME: &'static str;

    fn resources(&self) -> Vec<&Resource>;
}

impl Data for TracesData {
    const NAME: &'static str = "traces";

    fn resources(&self) -> Vec<&Resource> {
        self.resource_spans.iter().map(|of| &of.resource).collect()
    }
}

impl Data for MetricsData {
    const NAME: &'static str = "metrics";

    fn resources(&self) -> Vec<&Resource> {
        self.resource_metrics
            .iter()
            .map(|of| &of.resource)
            .collect()
    }
}

impl Data for LogsData {
    const NAME: &'static str = "logs";

    fn resources(&self) -> Vec<&Resource> {
        self.resource_logs.iter().map(|of| &of.resource).collect()
    }
}

pub(super) async fn traces(
    State(telemetry): State<Telemetry>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    take::<TracesData>(&telemetry, &headers, &body).await
}

pub(super) async fn metrics(
    State(telemetry): State<Telemetry>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    take::<MetricsData>(&telemetry, &headers, &body).await
}

pub(super) async fn logs(
    State(telemetry): State<Telemetry>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    take::<LogsData>(&telemetry, &headers, &body).await
}

async fn take<T: Data>(telemetry: &Telemetry, headers: &HeaderMap, body: &[u8]) -> Response {
    let path = format!("/v1/{}", T::NAME);
    if let Err(response) = telemetry.admit(&path).await {
        return response;
    }
    match read::<T>(telemetry.vendor, headers, body) {
        Ok(json) => {
            telemetry.keep(T::NAME, json);
            axum::Json(json!({"partialSuccess": {}})).into_response()
        }
        Err((status, reason)) => telemetry.refuse(&path, status, &reason),
    }
}

fn read<T: Data>(
    vendor: Vendor,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<serde_json::Value, (StatusCode, String)> {
    let is = |name, value: &str| {
        let sent = headers.get(name);
        sent.is_some_and(|sent: &http::HeaderValue| sent.as_bytes() == value.as_bytes())
    };
    let api_key = http::HeaderName::from_static("api-key");
    if vendor == Vendor::NewRelic && !is(api_key, NEW_RELIC_KEY) {
        return Err((StatusCode::FORBIDDEN, "not a license key".into()));
    }
    if body.len() > MOST {
        return Err((StatusCode::PAYLOAD_TOO_LARGE, "over 1 MB".into()));
    }
    if !is(CONTENT_TYPE, "application/json") {
        let reason = "not application/json".to_owned();
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, reason));
    }
    let bad = |reason: String| (StatusCode::BAD_REQUEST, reason);
    let inflated = if headers.contains_key(CONTENT_ENCODING) {
        if !is(CONTENT_ENCODING, "gzip") {
            return Err(bad("an encoding that is not gzip".into()));
        }
        let mut inflated = Vec::new();
        GzDecoder::new(body)
            .take(MOST_INFLATED)
            .read_to_end(&mut inflated)
            .map_err(|error| bad(format!("gzip: {error}")))?;
        inflated
    } else {
        body.to_vec()
    };
    let data: T = serde_json::from_slice(&inflated).map_err(|error| bad(error.to_string()))?;
    data.check().map_err(bad)?;
    if vendor == Vendor::AppSignal {
        for resource in data.resources() {
            let of = |name: &str| resource.text(&format!("appsignal.config.{name}"));
            for name in ["name", "environment", "revision", "language_integration"] {
                if of(name).is_none_or(str::is_empty) {
                    return Err(bad(format!("no appsignal.config.{name}")));
                }
            }
            if of("push_api_key") != Some(PUSH_KEY) {
                return Err((StatusCode::FORBIDDEN, "not a push API key".into()));
            }
        }
    }
    serde_json::from_slice(&inflated).map_err(|error| bad(error.to_string()))
}
