//! What can be said: each attribute by its key, with values of few kinds.
//!
//! Names are those of OpenTelemetry's semantic conventions where they have one.

use otlp::{AnyValue, KeyValue};

use super::vocabulary::{Job, Level, Loss, Method, Outcome, Provider, Signal, Vendor};
use crate::problem::Kind;

/// A route's template, `/v1/items/{item}`; only the router makes one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Route(&'static str);

impl Route {
    /// Of a path that a handler is registered under. Kept for as long as the isolate lives, which
    /// the router is as well.
    pub(crate) fn registered(path: &str) -> Self {
        Self(Box::leak(path.into()))
    }

    pub(super) const fn template(self) -> &'static str {
        self.0
    }
}

/// Why a line of the log was written.
pub(crate) struct Cause<'a> {
    text: &'a str,
    literal: Option<&'static str>,
}

impl<'a> Cause<'a> {
    /// Put together when it happened: for the Worker's own log alone.
    pub(crate) const fn composed(text: &'a str) -> Self {
        Self {
            text,
            literal: None,
        }
    }

    /// For the Worker's own log.
    pub(crate) const fn text(&self) -> &'a str {
        self.text
    }

    /// In words of the source: they go wherever the line goes. None where there is nothing to say.
    pub(super) fn literal(&self) -> Option<&'static str> {
        self.literal.filter(|literal| !literal.is_empty())
    }
}

impl From<&'static str> for Cause<'_> {
    fn from(text: &'static str) -> Self {
        Self {
            text,
            literal: Some(text),
        }
    }
}

impl<'a> From<&'a String> for Cause<'a> {
    fn from(text: &'a String) -> Self {
        Self::composed(text)
    }
}

/// One thing that is said.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Attribute {
    Method(Method),
    Route(Route),
    Status(u16),
    Problem(Kind),
    Batches(u32),
    Trips(u32),
    PasswordHashes(u32),
    Job(Job),
    Outcome(Outcome),
    Provider(Provider),
    Event(&'static str),
    Cause(&'static str),
    Level(Level),
    Sink(Vendor),
    Signal(Signal),
    Loss(Loss),
}

impl Attribute {
    const fn key(self) -> &'static str {
        match self {
            Self::Method(_) => "http.request.method",
            Self::Route(_) => "http.route",
            Self::Status(_) => "http.response.status_code",
            Self::Problem(_) => "error.type",
            Self::Batches(_) => "balance.db.batches",
            Self::Trips(_) => "balance.db.round_trips",
            Self::PasswordHashes(_) => "balance.password_hashes",
            Self::Job(_) => "balance.job",
            Self::Outcome(_) => "balance.outcome",
            Self::Provider(_) => "peer.service",
            Self::Event(_) => "balance.event",
            Self::Cause(_) => "balance.cause",
            Self::Level(_) => "balance.level",
            Self::Sink(_) => "balance.telemetry.sink",
            Self::Signal(_) => "balance.telemetry.signal",
            Self::Loss(_) => "balance.telemetry.loss",
        }
    }

    fn value(self) -> AnyValue {
        match self {
            Self::Method(method) => method.word().into(),
            Self::Route(route) => route.template().into(),
            Self::Status(status) => status.into(),
            Self::Problem(kind) => kind.slug().into(),
            Self::Batches(count) | Self::Trips(count) | Self::PasswordHashes(count) => count.into(),
            Self::Job(job) => job.word().into(),
            Self::Outcome(outcome) => outcome.word().into(),
            Self::Provider(provider) => provider.word().into(),
            Self::Event(literal) | Self::Cause(literal) => literal.into(),
            Self::Level(level) => level.word().into(),
            Self::Sink(vendor) => vendor.word().into(),
            Self::Signal(signal) => signal.word().into(),
            Self::Loss(loss) => loss.word().into(),
        }
    }
}

impl From<Attribute> for KeyValue {
    fn from(attribute: Attribute) -> Self {
        Self::new(attribute.key(), attribute.value())
    }
}

/// A request's id, `req_` and a `UUIDv7`: the last of the bytes are random.
pub(super) const REQUEST_ID: &str = "balance.request_id";
