//! Spans: `trace.proto`.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::{KeyValue, SpanId, TraceId, UnixNanos};

/// Something that took its time.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    /// Which trace it belongs to.
    pub trace_id: TraceId,
    /// Which span it is.
    pub span_id: SpanId,
    /// What caused it, where that is a span too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_span_id: Option<SpanId>,
    /// What was done, of few different values.
    pub name: Cow<'static, str>,
    /// On which side.
    pub kind: SpanKind,
    /// When it began.
    pub start_time_unix_nano: UnixNanos,
    /// When it ended.
    pub end_time_unix_nano: UnixNanos,
    /// What is known of it.
    pub attributes: Vec<KeyValue>,
    /// How it ended.
    pub status: Status,
}

/// On which side of a call a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// Neither.
    Internal = 1,
    /// It answers.
    Server = 2,
    /// It asks.
    Client = 3,
    /// It takes a message that was sent earlier.
    Consumer = 5,
}

impl Serialize for SpanKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

/// How a span ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    #[serde(skip_serializing_if = "is_unset")]
    code: u8,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_unset(code: &u8) -> bool {
    *code == 0
}

impl Status {
    /// Nothing went wrong that is the server's.
    pub const UNSET: Self = Self { code: 0 };
    /// It failed.
    pub const ERROR: Self = Self { code: 2 };
}
