//! Counts and spreads, one for each set of attributes, since they were last sent.

use std::collections::HashMap;

use otlp::{Buckets, Data, HistogramPoint, Metric, NumberPoint, UnixNanos};

use super::attribute::Attribute;
use super::vocabulary::Gauge;

/// How many there may be at once: the attributes' values are few, this only makes sure.
const MOST: usize = 2_000;

/// Seconds, as the semantic conventions have them for requests.
const SECONDS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Counter {
    Events,
    SignInFailures,
    Dropped,
}

/// What is measured, in seconds.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Duration {
    Request,
    Job,
    Call,
    Query,
}

impl Counter {
    const ALL: [Self; 3] = [Self::Events, Self::SignInFailures, Self::Dropped];

    pub(super) const fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Events => ("balance.events", "{event}"),
            Self::SignInFailures => ("balance.sign_in.failures", "{failure}"),
            Self::Dropped => ("balance.telemetry.dropped", "{record}"),
        }
    }
}

impl Duration {
    const ALL: [Self; 4] = [Self::Request, Self::Job, Self::Call, Self::Query];

    const fn name(self) -> &'static str {
        match self {
            Self::Request => "http.server.request.duration",
            Self::Job => "balance.job.duration",
            Self::Call => "http.client.request.duration",
            Self::Query => "db.client.operation.duration",
        }
    }
}

/// Up to three attributes.
pub(super) type Of = [Option<Attribute>; 3];

/// All of them.
#[derive(Default)]
pub(super) struct Series {
    counts: HashMap<(Counter, Of), u64>,
    durations: HashMap<(Duration, Of), Buckets>,
    gauges: HashMap<Gauge, i64>,
}

impl Series {
    /// Whether there was room.
    pub(super) fn count(&mut self, counter: Counter, of: Of, more: u64) -> bool {
        let has_room = self.counts.len() < MOST || self.counts.contains_key(&(counter, of));
        if has_room {
            *self.counts.entry((counter, of)).or_default() += more;
        }
        has_room
    }

    /// Whether there was room.
    pub(super) fn measure(&mut self, duration: Duration, of: Of, millis: u64) -> bool {
        let has_room = self.durations.len() < MOST || self.durations.contains_key(&(duration, of));
        if has_room {
            let buckets = self.durations.entry((duration, of));
            let buckets = buckets.or_insert_with(|| Buckets::new(SECONDS));
            // Milliseconds of a request are far below 2^53.
            #[allow(clippy::cast_precision_loss)]
            buckets.record(millis as f64 / 1_000.0);
        }
        has_room
    }

    pub(super) fn gauge(&mut self, gauge: Gauge, value: i64) {
        self.gauges.insert(gauge, value);
    }

    /// As metrics of this time.
    pub(super) fn metrics(&self, start: UnixNanos, end: UnixNanos) -> Vec<Metric> {
        let mut metrics = Vec::new();
        for counter in Counter::ALL {
            let of = self.counts.iter().filter(|((one, _), _)| *one == counter);
            let points: Vec<NumberPoint> = of
                .map(|((_, of), count)| number(of, Some(start), end, *count))
                .collect();
            let (name, unit) = counter.name();
            if !points.is_empty() {
                metrics.push(metric(name, unit, Data::Sum(points)));
            }
        }
        for duration in Duration::ALL {
            let of = self
                .durations
                .iter()
                .filter(|((one, _), _)| *one == duration);
            let points: Vec<HistogramPoint> = of
                .map(|((_, of), buckets)| HistogramPoint {
                    attributes: said(of),
                    start_time_unix_nano: start,
                    time_unix_nano: end,
                    buckets: buckets.clone(),
                })
                .collect();
            if !points.is_empty() {
                metrics.push(metric(duration.name(), "s", Data::Histogram(points)));
            }
        }
        for (gauge, value) in &self.gauges {
            let point = NumberPoint {
                attributes: Vec::new(),
                start_time_unix_nano: None,
                time_unix_nano: end,
                value: *value,
            };
            metrics.push(metric(gauge.name(), gauge.unit(), Data::Gauge(vec![point])));
        }
        metrics
    }
}

fn said(of: &Of) -> Vec<otlp::KeyValue> {
    of.iter().flatten().map(|one| (*one).into()).collect()
}

fn number(of: &Of, start: Option<UnixNanos>, end: UnixNanos, count: u64) -> NumberPoint {
    NumberPoint {
        attributes: said(of),
        start_time_unix_nano: start,
        time_unix_nano: end,
        value: i64::try_from(count).unwrap_or(i64::MAX),
    }
}

const fn metric(name: &'static str, unit: &'static str, data: Data) -> Metric {
    Metric { name, unit, data }
}
