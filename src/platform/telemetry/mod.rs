//! The one instrument: what is told of a request, a job or a failure to whoever watches the
//! service from outside, New Relic and AppSignal at once (OTLP of crate `otlp`, errors and
//! check-ins of crate `appsignal`). Off where neither is configured.
//!
//! Kept per isolate, within bounds, and sent a moment after a response or a job, by
//! `waitUntil`: nothing waits for it and nothing fails with it. What a service does not take
//! is dropped and counted, and the count is sent once it does.
//!
//! On Workers the clock stands still between I/O operations: what only computes takes no time
//! here, and what waited for the database or a provider is measured whole.
//!
//! Invariant: what is said is made of [`attribute::Attribute`]s: literals, numbers, opaque ids.
//! Text that came from outside or out of the vault has no type here.

mod attribute;
mod buffer;
mod config;
mod failure;
mod instrument;
mod job;
mod losses;
mod prepared;
mod request;
mod series;
mod sink;
mod sinks;
mod trace;
mod vocabulary;

use std::sync::OnceLock;

pub(crate) use attribute::{Cause, Route};
pub(crate) use config::{Service, TelemetryConfig};
pub(crate) use failure::Failure;
use instrument::Instrument;
pub(crate) use job::{Tick, message};
pub(crate) use request::Served;
pub(crate) use vocabulary::{Gauge, Job, Level, Method, Outcome, Provider};

/// None where nobody watches.
static INSTRUMENT: OnceLock<Instrument> = OnceLock::new();

/// Begins to watch, where somebody is configured to.
pub(crate) fn begin(config: TelemetryConfig, service: &Service<'_>) {
    if let Some(instrument) = Instrument::new(config, service) {
        // The first configuration of an isolate is its only one.
        let _ = INSTRUMENT.set(instrument);
    } else {
        super::log::info(
            "telemetry-off",
            "neither New Relic nor AppSignal is configured",
        );
    }
}

/// Counts a line of the log, and hands it on.
pub(crate) fn logged(level: Level, event: &'static str, cause: &Cause<'_>, request: Option<&str>) {
    if let Some(instrument) = INSTRUMENT.get() {
        instrument.buffer().log(level, event, cause, request);
    }
}

/// What a wait for the database came to, in milliseconds since the Unix epoch.
pub(crate) fn queried(began: u64, outcome: Outcome) {
    if let Some(instrument) = INSTRUMENT.get() {
        instrument.buffer().queried(began, outcome);
    }
}

/// What a call to a provider came to; `status` is none where there was no answer.
pub(crate) fn called(url: &str, began: u64, status: Option<u16>) {
    if let Some(instrument) = INSTRUMENT.get()
        && let Some(provider) = instrument.provider(url)
    {
        instrument.buffer().called(provider, began, status);
    }
}

/// How something stands now.
pub(crate) fn gauge(gauge: Gauge, value: i64) {
    if let Some(instrument) = INSTRUMENT.get() {
        instrument.buffer().gauge(gauge, value);
    }
}

/// Whether anybody watches: what costs to find out is not asked otherwise.
pub(crate) fn is_on() -> bool {
    INSTRUMENT.get().is_some()
}
