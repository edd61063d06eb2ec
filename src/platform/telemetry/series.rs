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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::telemetry::vocabulary::Provider;

    /// So many different attributes.
    fn different(number: usize) -> Of {
        let number = u32::try_from(number).unwrap();
        let of = Attribute::Batches(number);
        [Some(of), Some(Attribute::Provider(Provider::Plaid)), None]
    }

    #[test]
    fn there_is_room_for_so_many_series_and_for_more_of_each() {
        let mut series = Series::default();
        for number in 0..MOST {
            assert!(series.count(Counter::Events, different(number), 1));
            assert!(series.measure(Duration::Call, different(number), 1));
        }
        assert!(!series.count(Counter::Events, different(MOST), 1));
        assert!(!series.measure(Duration::Call, different(MOST), 1));
        assert!(series.count(Counter::Events, different(0), 1));
        assert!(series.measure(Duration::Call, different(0), 1));
    }

    #[test]
    fn a_metric_has_a_point_for_each_set_of_attributes() {
        let mut series = Series::default();
        for number in [1, 2, 2] {
            series.count(Counter::Events, different(number), 10);
            series.measure(Duration::Call, different(number), 30);
        }
        series.gauge(Gauge::InboxAge, 7);
        series.gauge(Gauge::InboxAge, 8);
        let (start, end) = (UnixNanos::from_millis(1), UnixNanos::from_millis(2));
        let metrics = serde_json::to_value(series.metrics(start, end)).unwrap();
        let mut counts: Vec<&str> = metrics[0]["sum"]["dataPoints"]
            .as_array()
            .unwrap()
            .iter()
            .map(|point| point["asInt"].as_str().unwrap())
            .collect();
        counts.sort_unstable();
        assert_eq!(counts, ["10", "20"]);
        let durations = metrics[1]["histogram"]["dataPoints"].as_array().unwrap();
        assert_eq!(durations.len(), 2);
        assert_eq!(metrics[2]["name"], "balance.inbox.age");
        assert_eq!(metrics[2]["gauge"]["dataPoints"][0]["asInt"], "8");
    }
}
