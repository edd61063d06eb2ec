//! A request that was served.

use std::borrow::Cow;

use otlp::{KeyValue, Span, SpanKind, Status, UnixNanos};

use super::INSTRUMENT;
use super::attribute::{Attribute, Route};
use super::buffer::request_id;
use super::instrument::Instrument;
use super::series::{Counter, Duration};
use super::trace::{now_after, root_of, trace_of};
use super::vocabulary::Method;
use crate::problem::Kind;

/// A request that has its response.
pub(crate) struct Served<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) method: Method,
    /// None where no handler was found.
    pub(crate) route: Option<Route>,
    pub(crate) status: u16,
    /// In milliseconds since the Unix epoch.
    pub(crate) began: u64,
    pub(crate) problem: Option<Kind>,
    pub(crate) batches: u32,
    pub(crate) trips: u32,
    pub(crate) password_hashes: u32,
}

impl Served<'_> {
    /// Tells of it, and sees to it that it is sent.
    pub(crate) fn tell(&self) {
        let Some(instrument) = INSTRUMENT.get() else {
            return;
        };
        self.note(instrument);
        instrument.send_soon();
    }

    fn note(&self, instrument: &Instrument) {
        let mut buffer = instrument.buffer();
        let (method, status) = (
            Attribute::Method(self.method),
            Attribute::Status(self.status),
        );
        let route = self.route.map(Attribute::Route);
        buffer.measure(
            Duration::Request,
            [Some(method), route, Some(status)],
            self.began,
        );
        if let Some(kind @ (Kind::InvalidCredentials | Kind::SecondFactorRefused)) = self.problem {
            let of = [Some(Attribute::Problem(kind)), route, None];
            buffer.count(Counter::SignInFailures, of);
        }
        let Some(trace_id) = trace_of(self.request_id) else {
            return;
        };
        let Some(span_id) = root_of(trace_id) else {
            return;
        };
        let hashes = (self.password_hashes > 0).then_some(self.password_hashes);
        let said = [
            Some(method),
            route,
            Some(status),
            Some(Attribute::Batches(self.batches)),
            Some(Attribute::Trips(self.trips)),
            hashes.map(Attribute::PasswordHashes),
            self.problem.map(Attribute::Problem),
        ];
        let mut attributes: Vec<KeyValue> =
            said.into_iter().flatten().map(KeyValue::from).collect();
        attributes.push(request_id(trace_id));
        buffer.span(Span {
            trace_id,
            span_id,
            parent_span_id: None,
            name: action(self.method, self.route),
            kind: SpanKind::Server,
            start_time_unix_nano: UnixNanos::from_millis(self.began),
            end_time_unix_nano: UnixNanos::from_millis(now_after(self.began)),
            attributes,
            status: if self.status >= 500 {
                Status::ERROR
            } else {
                Status::UNSET
            },
        });
    }
}

/// What was asked for, by the words of the source.
pub(super) fn action(method: Method, route: Option<Route>) -> Cow<'static, str> {
    match route {
        Some(route) => Cow::Owned(format!("{} {}", method.word(), route.template())),
        None => Cow::Borrowed(method.word()),
    }
}
