//! What a collector is sent, to the letter, and that nothing is over its limit.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use miniz_oxide::inflate::decompress_to_vec;
use otlp::{
    AnyValue, Buckets, Data, HistogramPoint, KeyValue, LogRecord, MAX_PAYLOAD_BYTES, Metric,
    NumberPoint, Payloads, Records, Resource, Scope, Severity, Signal, Span, SpanId, SpanKind,
    Status, TraceId, UnixNanos, gzip,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const SCOPE: Scope = Scope {
    name: "balance",
    version: "0.1.0",
};

fn resource() -> Resource {
    Resource {
        attributes: vec![KeyValue::new("service.name", "balance")],
    }
}

fn sent<T: Signal>(records: &[T]) -> Value {
    let made = Records::of(records).payloads(&resource(), SCOPE);
    assert_eq!((made.bodies.len(), made.oversized), (1, 0));
    serde_json::from_slice(&made.bodies[0].json).unwrap()
}

fn record(text: String) -> LogRecord {
    LogRecord {
        time_unix_nano: UnixNanos::from_millis(1),
        severity: Severity::Warn,
        body: text.into(),
        attributes: Vec::new(),
        trace_id: None,
        span_id: None,
    }
}

#[test]
fn a_span_has_hex_ids_and_its_times_as_strings() {
    let span = Span {
        trace_id: TraceId::new([0xab; 16]).unwrap(),
        span_id: SpanId::new([0x0c; 8]).unwrap(),
        parent_span_id: SpanId::new([1; 8]),
        name: "GET /v1/accounts".into(),
        kind: SpanKind::Server,
        start_time_unix_nano: UnixNanos::from_millis(1_795_000_000_123),
        end_time_unix_nano: UnixNanos::from_millis(1_795_000_000_125),
        attributes: vec![
            KeyValue::new("http.response.status_code", 200_u16),
            KeyValue::new("warm", true),
        ],
        status: Status::ERROR,
    };
    assert_eq!(
        sent(&[span]),
        json!({"resourceSpans": [{
            "resource": {"attributes": [
                {"key": "service.name", "value": {"stringValue": "balance"}}
            ]},
            "scopeSpans": [{
                "scope": {"name": "balance", "version": "0.1.0"},
                "spans": [{
                    "traceId": "abababababababababababababababab",
                    "spanId": "0c0c0c0c0c0c0c0c",
                    "parentSpanId": "0101010101010101",
                    "name": "GET /v1/accounts",
                    "kind": 2,
                    "startTimeUnixNano": "1795000000123000000",
                    "endTimeUnixNano": "1795000000125000000",
                    "attributes": [
                        {"key": "http.response.status_code", "value": {"intValue": "200"}},
                        {"key": "warm", "value": {"boolValue": true}},
                    ],
                    "status": {"code": 2},
                }],
            }],
        }]})
    );
}

#[test]
fn sums_and_histograms_are_deltas_and_a_gauge_has_no_start() {
    let (start, end) = (UnixNanos::from_millis(1), UnixNanos::from_millis(2));
    let mut buckets = Buckets::new(&[0.1, 1.0]);
    for value in [0.05, 0.1, 0.5, 2.5] {
        buckets.record(value);
    }
    let point = |start| NumberPoint {
        attributes: Vec::new(),
        start_time_unix_nano: start,
        time_unix_nano: end,
        value: 7,
    };
    let metrics = [
        Metric {
            name: "dropped",
            unit: "{record}",
            data: Data::Sum(vec![point(Some(start))]),
        },
        Metric {
            name: "age",
            unit: "s",
            data: Data::Gauge(vec![point(None)]),
        },
        Metric {
            name: "duration",
            unit: "s",
            data: Data::Histogram(vec![HistogramPoint {
                attributes: Vec::new(),
                start_time_unix_nano: start,
                time_unix_nano: end,
                buckets,
            }]),
        },
    ];
    let body = sent(&metrics);
    assert_eq!(
        body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"],
        json!([
            {"name": "dropped", "unit": "{record}", "sum": {
                "dataPoints": [{
                    "attributes": [], "startTimeUnixNano": "1000000",
                    "timeUnixNano": "2000000", "asInt": "7",
                }],
                "aggregationTemporality": 1,
                "isMonotonic": true,
            }},
            {"name": "age", "unit": "s", "gauge": {
                "dataPoints": [{"attributes": [], "timeUnixNano": "2000000", "asInt": "7"}],
            }},
            {"name": "duration", "unit": "s", "histogram": {
                "dataPoints": [{
                    "attributes": [], "startTimeUnixNano": "1000000", "timeUnixNano": "2000000",
                    "count": "4", "sum": 3.15, "bucketCounts": ["2", "1", "1"],
                    "explicitBounds": [0.1, 1.0],
                }],
                "aggregationTemporality": 1,
            }},
        ])
    );
}

#[test]
fn a_log_record_has_a_number_for_its_severity() {
    let body = sent(&[record("mail".into())]);
    assert_eq!(
        body["resourceLogs"][0]["scopeLogs"][0]["logRecords"],
        json!([{
            "timeUnixNano": "1000000", "severityNumber": 13,
            "body": {"stringValue": "mail"}, "attributes": [],
        }])
    );
}

#[test]
fn ids_of_nothing_are_none() {
    assert!(TraceId::new([0; 16]).is_none());
    assert!(SpanId::new([0; 8]).is_none());
}

#[test]
fn what_fits_in_no_body_is_counted_and_the_rest_is_sent() {
    let records = [
        record("a".into()),
        record("b".repeat(MAX_PAYLOAD_BYTES)),
        record("c".into()),
    ];
    let Payloads { bodies, oversized } = Records::of(&records).payloads(&resource(), SCOPE);
    assert_eq!((bodies.len(), bodies[0].records, oversized), (1, 2, 1));
}

#[test]
fn no_records_make_no_body() {
    let none = Records::<Span>::of(&[]);
    assert!(none.is_empty() && none.payloads(&resource(), SCOPE).bodies.is_empty());
}

#[test]
fn a_value_that_is_no_number_has_protobufs_name() {
    let mut buckets = Buckets::new(&[]);
    buckets.record(f64::NAN);
    let json = serde_json::to_value(&buckets).unwrap();
    assert_eq!(json["sum"], "NaN");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn bodies_keep_the_limit_the_order_and_every_record(
        lengths in prop::collection::vec(0_usize..400_000, 0..20),
        letter in any::<char>(),
    ) {
        let texts: Vec<String> = lengths.iter().map(|length| letter.to_string().repeat(length / 4)).collect();
        let records: Vec<LogRecord> = texts.iter().cloned().map(record).collect();
        let made = Records::of(&records).payloads(&resource(), SCOPE);
        let mut found = Vec::new();
        for body in &made.bodies {
            prop_assert!(body.json.len() <= MAX_PAYLOAD_BYTES);
            let json: Value = serde_json::from_slice(&body.json).unwrap();
            let held = json["resourceLogs"][0]["scopeLogs"][0]["logRecords"].as_array().unwrap();
            prop_assert_eq!(held.len(), body.records);
            found.extend(held.iter().map(|one| one["body"]["stringValue"].as_str().unwrap().to_owned()));
        }
        prop_assert_eq!(made.oversized, 0);
        prop_assert_eq!(found, texts);
    }

    #[test]
    fn what_is_compressed_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..5_000)) {
        let file = gzip(&bytes);
        let (header, rest) = file.split_at(10);
        prop_assert_eq!(&header[..3], &[0x1f, 0x8b, 8]);
        let (deflated, trailer) = rest.split_at(rest.len() - 8);
        prop_assert_eq!(decompress_to_vec(deflated).unwrap(), bytes.clone());
        let mut expected = crc32fast::hash(&bytes).to_le_bytes().to_vec();
        expected.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        prop_assert_eq!(trailer, expected);
    }

    #[test]
    fn a_whole_number_is_a_string(number in any::<i64>()) {
        prop_assert_eq!(
            serde_json::to_value(AnyValue::from(number)).unwrap(),
            json!({"intValue": number.to_string()})
        );
    }

    #[test]
    fn every_value_falls_in_one_bucket(values in prop::collection::vec(-1e6..1e6_f64, 0..50)) {
        let mut buckets = Buckets::new(&[0.005, 0.1, 1.0, 10.0]);
        for value in &values {
            buckets.record(*value);
        }
        let json = serde_json::to_value(&buckets).unwrap();
        let counts = json["bucketCounts"].as_array().unwrap();
        let counted: usize = counts.iter().map(|count| count.as_str().unwrap().parse::<usize>().unwrap()).sum();
        prop_assert_eq!(counted, values.len());
    }
}
