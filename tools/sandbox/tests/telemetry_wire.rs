//! What New Relic and AppSignal take, and what they do not.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

mod standins;

use std::time::{SystemTime, UNIX_EPOCH};

use http::Method;
use otlp::{
    KeyValue, LogRecord, Records, Resource, Scope, Severity, Span, SpanId, SpanKind, Status,
    TraceId, UnixNanos, gzip,
};
use sandbox::send;
use serde_json::{Value, json};
use standins::{PATIENCE, Standins, get, read, request};

const NEW_RELIC: [(&str, &str); 2] = [
    ("content-type", "application/json"),
    ("api-key", "sandbox-license-key"),
];

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

fn span() -> Span {
    Span {
        trace_id: TraceId::new([7; 16]).unwrap(),
        span_id: SpanId::new([8; 8]).unwrap(),
        parent_span_id: None,
        name: "GET /v1/me".into(),
        kind: SpanKind::Server,
        start_time_unix_nano: UnixNanos::from_millis(now()),
        end_time_unix_nano: UnixNanos::from_millis(now()),
        attributes: vec![KeyValue::new("http.route", "/v1/me")],
        status: Status::UNSET,
    }
}

fn traces(attributes: Vec<KeyValue>) -> Vec<u8> {
    let scope = Scope {
        name: "balance",
        version: "1",
    };
    let made = Records::of(&[span()]).payloads(&Resource { attributes }, scope);
    made.bodies.into_iter().next().unwrap().json
}

fn named() -> Vec<KeyValue> {
    vec![KeyValue::new("service.name", "balance")]
}

async fn post(url: &str, headers: &[(&str, &str)], body: Vec<u8>) -> u16 {
    let answer = send(Method::POST, url, headers, body, PATIENCE).await;
    read(&answer.unwrap()).0
}

async fn told(base: &str) -> Value {
    get(&format!("{base}/_control/received")).await
}

#[tokio::test]
async fn a_good_body_is_kept_as_it_came_compressed_or_not() {
    let standins = Standins::start(&[]).await;
    let url = format!("{}/v1/traces", standins.new_relic);
    let body = traces(named());
    assert_eq!(post(&url, &NEW_RELIC, body.clone()).await, 200);
    let mut headers = NEW_RELIC.to_vec();
    headers.push(("content-encoding", "gzip"));
    assert_eq!(post(&url, &headers, gzip(&body)).await, 200);
    let told = told(&standins.new_relic).await;
    let sent: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(told["received"]["traces"], json!([sent, sent]));
    assert_eq!(told["refused"], json!([]));
}

#[tokio::test]
async fn what_is_not_by_the_protocol_is_refused_with_its_reason() {
    let standins = Standins::start(&[]).await;
    let url = format!("{}/v1/traces", standins.new_relic);
    let good: Value = serde_json::from_slice(&traces(named())).unwrap();
    let place = "/resourceSpans/0/scopeSpans/0/spans/0";
    let id = json!("0707070707070707070707070707070");
    let long = json!("7".repeat(34));
    let base64 = json!("BwcHBwcHBwcHBwcHBwcHBw==");
    let cases = [
        ("traceId", id),
        ("traceId", long),
        ("traceId", base64),
        ("traceId", json!("0".repeat(32))),
        ("spanId", json!("0808")),
        ("spanId", json!("ABCDEF0123456789")),
        ("startTimeUnixNano", json!(1)),
        ("startTimeUnixNano", json!("1")),
        ("endTimeUnixNano", json!("01")),
        ("kind", json!("SPAN_KIND_SERVER")),
        ("kind", json!(0)),
        ("name", json!("")),
        ("status", json!({"code": 3})),
        ("surprise", json!(true)),
        (
            "attributes",
            json!([{"key": "a", "value": {"intValue": 1}}]),
        ),
        (
            "attributes",
            json!([{"key": "a", "value": {"stringValue": "x".repeat(5_000)}}]),
        ),
        (
            "attributes",
            json!([{"key": "a", "value": {"boolValue": true}}, {"key": "a", "value": {"boolValue": true}}]),
        ),
    ];
    for (member, value) in cases {
        let mut bad = good.clone();
        bad.pointer_mut(place).unwrap()[member] = value.clone();
        let status = post(&url, &NEW_RELIC, bad.to_string().into_bytes()).await;
        assert_eq!(status, 400, "{member}: {value}");
    }
    let told = told(&standins.new_relic).await;
    assert_eq!(told["refused"].as_array().unwrap().len(), 17);
    assert_eq!(told["received"], json!({}));
}

#[tokio::test]
async fn the_wrong_key_form_or_size_is_refused_by_its_status() {
    let standins = Standins::start(&[]).await;
    let url = format!("{}/v1/traces", standins.new_relic);
    let body = traces(named());
    let with = |key, media| [("api-key", key), ("content-type", media)];
    for (headers, body, status) in [
        (with("another", "application/json"), body.clone(), 403),
        (with("sandbox-license-key", "text/plain"), body.clone(), 415),
        (
            with("sandbox-license-key", "application/json"),
            vec![b' '; 1_000_001],
            413,
        ),
    ] {
        assert_eq!(post(&url, &headers, body).await, status);
    }
    let url = format!("{}/v1/traces", standins.appsignal);
    let media = [("content-type", "application/json")];
    assert_eq!(post(&url, &media, body).await, 400, "no configuration");
    let mut attributes = named();
    for key in ["name", "environment", "revision", "language_integration"] {
        let key = format!("appsignal.config.{key}").leak();
        attributes.push(KeyValue::new(key, "x"));
    }
    let with = |key| {
        let mut attributes = attributes.clone();
        attributes.push(KeyValue::new(appsignal::resource::PUSH_API_KEY, key));
        traces(attributes)
    };
    assert_eq!(post(&url, &media, with("another")).await, 403);
    assert_eq!(post(&url, &media, with("sandbox-push-key")).await, 200);
}

#[tokio::test]
async fn metrics_have_to_add_up_and_be_deltas() {
    let standins = Standins::start(&[]).await;
    let url = format!("{}/v1/metrics", standins.new_relic);
    let time = format!("{}000000", now());
    let body = |temporality: u8, counts: [&str; 2]| {
        json!({"resourceMetrics": [{
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "b"}}]},
            "scopeMetrics": [{"scope": {"name": "b"}, "metrics": [{"name": "m", "unit": "s", "histogram": {
                "aggregationTemporality": temporality,
                "dataPoints": [{
                    "startTimeUnixNano": time, "timeUnixNano": time, "count": "3", "sum": 1.5,
                    "bucketCounts": counts, "explicitBounds": [1.0],
                }],
            }}]}],
        }]})
    };
    for (body, status) in [
        (body(1, ["1", "2"]), 200),
        (body(2, ["1", "2"]), 400),
        (body(1, ["1", "1"]), 400),
    ] {
        let sent = post(&url, &NEW_RELIC, body.to_string().into_bytes()).await;
        assert_eq!(sent, status, "{body}");
    }
}

#[tokio::test]
async fn the_public_endpoint_says_200_and_keeps_what_was_wrong() {
    let standins = Standins::start(&[]).await;
    let base = &standins.appsignal;
    let seconds = now() / 1_000;
    let error = json!({
        "timestamp": seconds, "namespace": "web", "action": "GET /v1/me",
        "error": {"name": "internal", "message": "m", "backtrace": []},
        "tags": {"fingerprint": "f"},
    });
    let lines = format!(
        "{{\"identifier\":\"sweep\",\"digest\":\"0123456789abcdef\",\"kind\":\"start\",\"timestamp\":{seconds},\"check_in_type\":\"cron\"}}\n"
    );
    let json = [("content-type", "application/json")];
    let ndjson = [("content-type", "application/x-ndjson")];
    let errors = |key: &str| format!("{base}/errors?api_key={key}");
    let check_ins = |key: &str| format!("{base}/check_ins/json?api_key={key}");
    let mut late = error.clone();
    late["timestamp"] = now().into();
    for (url, headers, body) in [
        (errors("sandbox-frontend-key"), json, error.to_string()),
        (errors("sandbox-push-key"), json, error.to_string()),
        (errors("sandbox-frontend-key"), json, late.to_string()),
        (check_ins("sandbox-push-key"), ndjson, lines.clone()),
        (check_ins("sandbox-push-key"), json, lines.clone()),
        (check_ins("sandbox-push-key"), ndjson, "\n".into()),
    ] {
        assert_eq!(post(&url, &headers, body.into_bytes()).await, 200);
    }
    let told = told(base).await;
    assert_eq!(told["received"]["errors"], json!([error]));
    assert_eq!(told["received"]["check_ins"].as_array().unwrap().len(), 1);
    assert_eq!(told["refused"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn it_fails_as_it_is_told_and_somebody_can_wait_for_news() {
    let standins = Standins::start(&[]).await;
    let base = &standins.new_relic;
    let fail = format!("{base}/_control/fail");
    let order = json!({"mode": "refuse", "times": 1, "path": "/v1/logs"});
    request(Method::POST, &fail, &order).await;
    let order = json!({"mode": "reset", "times": 1, "path": "/v1/traces"});
    request(Method::POST, &fail, &order).await;
    let record = LogRecord {
        time_unix_nano: UnixNanos::from_millis(now()),
        severity: Severity::Warn,
        body: "mail".into(),
        attributes: Vec::new(),
        trace_id: None,
        span_id: None,
    };
    let scope = Scope {
        name: "balance",
        version: "1",
    };
    let resource = Resource {
        attributes: named(),
    };
    let logs = Records::of(&[record]).payloads(&resource, scope);
    let logs = logs.bodies.into_iter().next().unwrap().json;
    let url = format!("{base}/v1/logs");
    assert_eq!(post(&url, &NEW_RELIC, logs.clone()).await, 403);
    let url_of_traces = format!("{base}/v1/traces");
    let broken = send(
        Method::POST,
        &url_of_traces,
        &NEW_RELIC,
        traces(named()),
        PATIENCE,
    );
    assert!(broken.await.is_err());
    let wait = format!("{base}/_control/received?after=2&wait=20");
    let (news, status) = tokio::join!(get(&wait), post(&url, &NEW_RELIC, logs));
    assert_eq!(status, 200);
    assert_eq!(news["requests"], 3);
}
