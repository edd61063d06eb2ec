//! What is sent, written once for both services.

use appsignal::{CheckIn, ErrorReport};
use otlp::{LogRecord, Metric, Records, Span, UnixNanos};

use super::buffer::Buffer;

/// All that waited until now.
pub(super) struct Prepared {
    pub(super) start: UnixNanos,
    pub(super) end: UnixNanos,
    pub(super) spans: Records<Span>,
    pub(super) metrics: Records<Metric>,
    pub(super) logs: Records<LogRecord>,
    pub(super) errors: Vec<ErrorReport>,
    pub(super) check_ins: Vec<CheckIn>,
}

impl Prepared {
    /// `now` in milliseconds since the Unix epoch.
    pub(super) fn new(buffer: Buffer, now: u64) -> Self {
        let start = UnixNanos::from_millis(buffer.since);
        let end = UnixNanos::from_millis(now.max(buffer.since));
        Self {
            start,
            end,
            spans: Records::of(&buffer.spans),
            metrics: Records::of(&buffer.series.metrics(start, end)),
            logs: Records::of(&buffer.logs),
            errors: buffer.errors,
            check_ins: buffer.check_ins,
        }
    }

    /// Whether there is nothing to send.
    pub(super) fn is_empty(&self) -> bool {
        self.spans.is_empty()
            && self.metrics.is_empty()
            && self.logs.is_empty()
            && self.errors.is_empty()
            && self.check_ins.is_empty()
    }
}
