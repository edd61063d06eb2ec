//! Which trace, which span, and when.

use otlp::{SpanId, TraceId};

use crate::{
    id::RowId,
    platform::{clock, random},
};

/// A request is the root of the trace that has its id.
pub(super) fn trace_of(request_id: &str) -> Option<TraceId> {
    let id = RowId::parse(request_id.strip_prefix("req_")?)?;
    TraceId::new(id.0)
}

/// The root's id: the end of its trace's, which is random.
pub(super) fn root_of(trace: TraceId) -> Option<SpanId> {
    SpanId::new(trace.end())
}

/// A trace of its own, and its root.
pub(super) fn trace() -> Option<(TraceId, SpanId)> {
    let trace = TraceId::new(random::bytes().ok()?)?;
    Some((trace, root_of(trace)?))
}

/// A span below a root.
pub(super) fn span_id() -> Option<SpanId> {
    SpanId::new(random::bytes().ok()?)
}

/// The clock may be set back between two looks.
pub(super) fn now_after(began: u64) -> u64 {
    clock::unix_milliseconds().max(began)
}
