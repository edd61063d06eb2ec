//! OTLP 1.x over HTTP in JSON, as a client sends it: spans, metrics and log records
//! (<https://opentelemetry.io/docs/specs/otlp/#otlphttp>; the messages are those of
//! `opentelemetry-proto`).
//!
//! Sans-IO: [`Records`] makes bodies, [`gzip`] compresses them, [`Signal::PATH`] says
//! where they are posted below the base URL. JSON is protobuf's mapping with OTLP's exceptions:
//! ids in lower-case hex, 64-bit integers as strings, enums as numbers.
//!
//! Invariant: no body is over [`MAX_PAYLOAD_BYTES`], whatever the records.

mod attribute;
mod gzip;
mod id;
mod log;
mod metric;
mod payload;
mod resource;
mod time;
mod trace;

pub use attribute::{AnyValue, KeyValue};
pub use gzip::gzip;
pub use id::{SpanId, TraceId};
pub use log::{LogRecord, Severity};
pub use metric::{Buckets, Data, HistogramPoint, Metric, NumberPoint};
pub use payload::{Payload, Payloads, Records, Signal};
pub use resource::{Resource, Scope};
pub use time::UnixNanos;
pub use trace::{Span, SpanKind, Status};

/// The longest body, in bytes before compression: what New Relic takes.
pub const MAX_PAYLOAD_BYTES: usize = 1_000_000;
