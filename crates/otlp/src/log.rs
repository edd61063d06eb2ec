//! Log records: `logs.proto`.

use serde::{Serialize, Serializer};

use crate::{AnyValue, KeyValue, SpanId, TraceId, UnixNanos};

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogRecord {
    /// When.
    pub time_unix_nano: UnixNanos,
    /// How grave it is.
    #[serde(rename = "severityNumber")]
    pub severity: Severity,
    /// What, in a literal.
    pub body: AnyValue,
    /// What is known of it.
    pub attributes: Vec<KeyValue>,
    /// In which trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<TraceId>,
    /// In which span.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span_id: Option<SpanId>,
}

/// How grave a log record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// To know.
    Info = 9,
    /// To look at.
    Warn = 13,
    /// To mend.
    Error = 17,
}

impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}
