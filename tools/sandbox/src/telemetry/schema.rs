//! The messages of `opentelemetry-proto` in OTLP's JSON, by their published schema and apart from
//! what the Worker sends with: any other member is refused. Of metrics there are the kinds that
//! are asked for.

#![allow(
    dead_code,
    clippy::enum_variant_names,
    reason = "the whole of each message, by its own names"
)]

use serde::{Deserialize, Deserializer, de};

macro_rules! messages {
    ($($name:ident { $($field:ident: $type:ty $(= $default:tt)?),* $(,)? })*) => {$(
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[serde($default)])? pub(super) $field: $type,)*
        }
    )*};
}

messages! {
    TracesData { resource_spans: Vec<ResourceSpans> }
    ResourceSpans { resource: Resource, scope_spans: Vec<ScopeSpans>, schema_url: String = default }
    ScopeSpans { scope: Scope, spans: Vec<Span>, schema_url: String = default }
    Span {
        trace_id: Hex,
        span_id: Hex,
        trace_state: String = default,
        parent_span_id: Option<Hex> = default,
        flags: u32 = default,
        name: String,
        kind: u8,
        start_time_unix_nano: Unsigned,
        end_time_unix_nano: Unsigned,
        attributes: Vec<KeyValue> = default,
        dropped_attributes_count: u32 = default,
        events: Vec<Event> = default,
        dropped_events_count: u32 = default,
        status: Status = default,
    }
    Event {
        time_unix_nano: Unsigned,
        name: String,
        attributes: Vec<KeyValue> = default,
        dropped_attributes_count: u32 = default,
    }
    MetricsData { resource_metrics: Vec<ResourceMetrics> }
    ResourceMetrics { resource: Resource, scope_metrics: Vec<ScopeMetrics>, schema_url: String = default }
    ScopeMetrics { scope: Scope, metrics: Vec<Metric>, schema_url: String = default }
    Metric {
        name: String,
        description: String = default,
        unit: String = default,
        sum: Option<Sum> = default,
        gauge: Option<Gauge> = default,
        histogram: Option<Histogram> = default,
    }
    Sum { data_points: Vec<NumberPoint>, aggregation_temporality: u8, is_monotonic: bool }
    Gauge { data_points: Vec<NumberPoint> }
    Histogram { data_points: Vec<HistogramPoint>, aggregation_temporality: u8 }
    NumberPoint {
        attributes: Vec<KeyValue> = default,
        start_time_unix_nano: Option<Unsigned> = default,
        time_unix_nano: Unsigned,
        as_int: Option<Signed> = default,
        as_double: Option<f64> = default,
        flags: u32 = default,
    }
    HistogramPoint {
        attributes: Vec<KeyValue> = default,
        start_time_unix_nano: Option<Unsigned> = default,
        time_unix_nano: Unsigned,
        count: Unsigned,
        sum: Option<f64> = default,
        bucket_counts: Vec<Unsigned> = default,
        explicit_bounds: Vec<f64> = default,
        flags: u32 = default,
        min: Option<f64> = default,
        max: Option<f64> = default,
    }
    LogsData { resource_logs: Vec<ResourceLogs> }
    ResourceLogs { resource: Resource, scope_logs: Vec<ScopeLogs>, schema_url: String = default }
    ScopeLogs { scope: Scope, log_records: Vec<LogRecord>, schema_url: String = default }
    LogRecord {
        time_unix_nano: Unsigned,
        observed_time_unix_nano: Option<Unsigned> = default,
        severity_number: u8,
        severity_text: String = default,
        body: AnyValue,
        attributes: Vec<KeyValue> = default,
        dropped_attributes_count: u32 = default,
        flags: u32 = default,
        trace_id: Option<Hex> = default,
        span_id: Option<Hex> = default,
        event_name: String = default,
    }
    Resource { attributes: Vec<KeyValue>, dropped_attributes_count: u32 = default }
    Scope {
        name: String,
        version: String = default,
        attributes: Vec<KeyValue> = default,
        dropped_attributes_count: u32 = default,
    }
    KeyValue { key: String, value: AnyValue }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Status {
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    pub(super) code: u8,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) enum AnyValue {
    StringValue(String),
    BoolValue(bool),
    IntValue(Signed),
    DoubleValue(f64),
}

impl Resource {
    /// The text of an attribute.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|attribute| attribute.key == key)?;
        match &found.value {
            AnyValue::StringValue(text) => Some(text),
            _ => None,
        }
    }
}

/// Bytes in lower-case hex.
pub(super) struct Hex(pub(super) Vec<u8>);

/// A 64-bit integer in a string.
pub(super) struct Unsigned(pub(super) u64);

/// A signed 64-bit integer in a string.
pub(super) struct Signed(i64);

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let bytes = text.as_bytes().chunks(2).map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        });
        let bytes: Option<Vec<u8>> = bytes.collect();
        bytes
            .map(Self)
            .ok_or_else(|| de::Error::custom("an id that is not lower-case hex"))
    }
}

fn decimal<'de, D: Deserializer<'de>, T>(deserializer: D) -> Result<T, D::Error>
where
    T: std::str::FromStr + ToString,
{
    let text = String::deserialize(deserializer)?;
    let number: Option<T> = text.parse().ok();
    number
        .filter(|number| number.to_string() == text)
        .ok_or_else(|| de::Error::custom("not a 64-bit integer in a string"))
}

impl<'de> Deserialize<'de> for Unsigned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decimal(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for Signed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decimal(deserializer).map(Self)
    }
}
