//! What waits to be sent: bounded in count, and each record is small by its type.

use appsignal::{CheckIn, ErrorReport};
use otlp::{KeyValue, LogRecord, Severity, Span, TraceId, UnixNanos};

use super::attribute::{Attribute, Cause, REQUEST_ID};
use super::series::{Counter, Duration, Of, Series};
use super::trace::trace_of;
use super::vocabulary::{Gauge, Level, Loss, Outcome, Provider, Signal};
use crate::platform::clock;

/// How many spans make it worth to send at once.
pub(super) const MANY: usize = 256;
/// How many spans or log records may wait.
const MOST: usize = 1_024;
/// How many errors: each is a request of its own.
const MOST_ERRORS: usize = 20;

/// What waits to be sent.
pub(super) struct Buffer {
    pub(super) since: u64,
    pub(super) spans: Vec<Span>,
    pub(super) logs: Vec<LogRecord>,
    pub(super) errors: Vec<ErrorReport>,
    pub(super) check_ins: Vec<CheckIn>,
    pub(super) series: Series,
}

impl Buffer {
    pub(super) fn new() -> Self {
        Self {
            since: clock::unix_milliseconds(),
            spans: Vec::new(),
            logs: Vec::new(),
            errors: Vec::new(),
            check_ins: Vec::new(),
            series: Series::default(),
        }
    }

    pub(super) fn span(&mut self, span: Span) {
        if self.spans.len() < MOST {
            self.spans.push(span);
        } else {
            self.overflow(Signal::Traces);
        }
    }

    pub(super) fn error(&mut self, error: ErrorReport) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(error);
        } else {
            self.overflow(Signal::Errors);
        }
    }

    pub(super) fn log(
        &mut self,
        level: Level,
        event: &'static str,
        cause: &Cause<'_>,
        request: Option<&str>,
    ) {
        let literal = cause.literal().map(Attribute::Cause);
        let of = [
            Some(Attribute::Event(event)),
            Some(Attribute::Level(level)),
            literal,
        ];
        self.count(Counter::Events, of);
        if self.logs.len() >= MOST {
            return self.overflow(Signal::Logs);
        }
        let mut attributes: Vec<KeyValue> = literal.into_iter().map(KeyValue::from).collect();
        let trace = request.and_then(trace_of);
        if let Some(trace) = trace {
            attributes.push(request_id(trace));
        }
        self.logs.push(LogRecord {
            time_unix_nano: UnixNanos::from_millis(clock::unix_milliseconds()),
            severity: match level {
                Level::Info => Severity::Info,
                Level::Warn => Severity::Warn,
                Level::Error => Severity::Error,
            },
            body: event.into(),
            attributes,
            trace_id: trace,
            span_id: None,
        });
    }

    pub(super) fn queried(&mut self, began: u64, outcome: Outcome) {
        let of = [Some(Attribute::Outcome(outcome)), None, None];
        self.measure(Duration::Query, of, began);
    }

    pub(super) fn called(&mut self, provider: Provider, began: u64, status: Option<u16>) {
        let last = status.map_or(Attribute::Outcome(Outcome::Failed), Attribute::Status);
        let of = [Some(Attribute::Provider(provider)), Some(last), None];
        self.measure(Duration::Call, of, began);
    }

    pub(super) fn gauge(&mut self, gauge: Gauge, value: i64) {
        self.series.gauge(gauge, value);
    }

    pub(super) fn count(&mut self, counter: Counter, of: Of) {
        if !self.series.count(counter, of, 1) {
            self.overflow(Signal::Metrics);
        }
    }

    pub(super) fn measure(&mut self, duration: Duration, of: Of, began: u64) {
        let took = clock::unix_milliseconds().saturating_sub(began);
        if !self.series.measure(duration, of, took) {
            self.overflow(Signal::Metrics);
        }
    }

    /// One of the few series that there is always room for.
    fn overflow(&mut self, signal: Signal) {
        let of = [
            Some(Attribute::Signal(signal)),
            Some(Attribute::Loss(Loss::Full)),
            None,
        ];
        self.series.count(Counter::Dropped, of, 1);
    }
}

/// A request's id, as the log and the reply have it.
pub(super) fn request_id(trace: TraceId) -> KeyValue {
    KeyValue::new(REQUEST_ID, format!("req_{trace}"))
}
