//! What the schema cannot say: lengths of ids, order and age of times, delta temporality,
//! buckets that add up. An error is the reason in words.

use std::collections::HashSet;

use jiff::Timestamp;

use super::schema::{
    AnyValue, Hex, HistogramPoint, KeyValue, LogRecord, LogsData, Metric, MetricsData, NumberPoint,
    Resource, Scope, Span, TracesData, Unsigned,
};

type Checked = Result<(), String>;

/// The longest text of an attribute that New Relic keeps whole.
const TEXT: usize = 4_095;
/// How far from now an instant may be, in seconds: older ones New Relic drops.
const AGE: i64 = 48 * 3_600;
const DELTA: u8 = 1;

/// Something that can be wrong in more ways than its schema says.
pub(super) trait Check {
    fn check(&self) -> Checked;
}

fn hold(holds: bool, otherwise: &str) -> Checked {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}

fn all<T>(several: &[T], check: impl Fn(&T) -> Checked) -> Checked {
    several.iter().try_for_each(check)
}

impl Check for TracesData {
    fn check(&self) -> Checked {
        all(&self.resource_spans, |of| {
            resource(&of.resource)?;
            all(&of.scope_spans, |of| {
                scope(&of.scope)?;
                hold(!of.spans.is_empty(), "no spans")?;
                all(&of.spans, span)
            })
        })
    }
}

impl Check for MetricsData {
    fn check(&self) -> Checked {
        all(&self.resource_metrics, |of| {
            resource(&of.resource)?;
            all(&of.scope_metrics, |of| {
                scope(&of.scope)?;
                hold(!of.metrics.is_empty(), "no metrics")?;
                all(&of.metrics, metric)
            })
        })
    }
}

impl Check for LogsData {
    fn check(&self) -> Checked {
        all(&self.resource_logs, |of| {
            resource(&of.resource)?;
            all(&of.scope_logs, |of| {
                scope(&of.scope)?;
                hold(!of.log_records.is_empty(), "no log records")?;
                all(&of.log_records, record)
            })
        })
    }
}

fn resource(resource: &Resource) -> Checked {
    hold(
        resource
            .text("service.name")
            .is_some_and(|name| !name.is_empty()),
        "no service.name",
    )?;
    attributes(&resource.attributes)
}

fn scope(scope: &Scope) -> Checked {
    hold(!scope.name.is_empty(), "a scope without a name")?;
    attributes(&scope.attributes)
}

fn attributes(attributes: &[KeyValue]) -> Checked {
    let mut keys = HashSet::new();
    all(attributes, |attribute| {
        hold(!attribute.key.is_empty(), "an attribute without a key")?;
        match &attribute.value {
            AnyValue::StringValue(text) => hold(text.len() <= TEXT, "a text that is too long"),
            AnyValue::DoubleValue(number) => hold(number.is_finite(), "not a number"),
            AnyValue::BoolValue(_) | AnyValue::IntValue(_) => Ok(()),
        }
    })?;
    let distinct = attributes.iter().all(|one| keys.insert(one.key.as_str()));
    hold(distinct, "a key twice")
}

fn id(id: &Hex, length: usize) -> Checked {
    hold(
        id.0.len() == length,
        "an id of the wrong length: sixteen bytes a trace, eight a span",
    )?;
    hold(id.0.iter().any(|byte| *byte != 0), "an id of zeros")
}

fn time(time: &Unsigned) -> Checked {
    let seconds = i64::try_from(time.0 / 1_000_000_000).unwrap_or(i64::MAX);
    let away = seconds.saturating_sub(Timestamp::now().as_second());
    hold(away.abs() < AGE, "a time that is not of today")
}

fn span(span: &Span) -> Checked {
    id(&span.trace_id, 16)?;
    id(&span.span_id, 8)?;
    span.parent_span_id.iter().try_for_each(|one| id(one, 8))?;
    hold(!span.name.is_empty(), "a span without a name")?;
    hold((1..=5).contains(&span.kind), "a kind of span there is not")?;
    hold(span.status.code <= 2, "a status there is not")?;
    hold(
        span.status.message.len() <= TEXT,
        "a status that is too long",
    )?;
    time(&span.start_time_unix_nano)?;
    time(&span.end_time_unix_nano)?;
    hold(
        span.start_time_unix_nano.0 <= span.end_time_unix_nano.0,
        "a span that ends before it starts",
    )?;
    all(&span.events, |event| {
        hold(!event.name.is_empty(), "an event without a name")?;
        time(&event.time_unix_nano)?;
        attributes(&event.attributes)
    })?;
    attributes(&span.attributes)
}

fn record(record: &LogRecord) -> Checked {
    time(&record.time_unix_nano)?;
    hold(
        (1..=24).contains(&record.severity_number),
        "a severity there is not",
    )?;
    record.trace_id.iter().try_for_each(|one| id(one, 16))?;
    record.span_id.iter().try_for_each(|one| id(one, 8))?;
    hold(
        matches!(&record.body, AnyValue::StringValue(text) if !text.is_empty()),
        "a body that is no text",
    )?;
    attributes(&record.attributes)
}

fn metric(metric: &Metric) -> Checked {
    hold(!metric.name.is_empty(), "a metric without a name")?;
    match (&metric.sum, &metric.gauge, &metric.histogram) {
        (Some(sum), None, None) => {
            hold(
                sum.aggregation_temporality == DELTA && sum.is_monotonic,
                "a sum that is no growing delta",
            )?;
            all(&sum.data_points, |point| number(point, true))?;
            hold(!sum.data_points.is_empty(), "no points")
        }
        (None, Some(gauge), None) => {
            all(&gauge.data_points, |point| number(point, false))?;
            hold(!gauge.data_points.is_empty(), "no points")
        }
        (None, None, Some(histogram)) => {
            hold(histogram.aggregation_temporality == DELTA, "not a delta")?;
            all(&histogram.data_points, spread)?;
            hold(!histogram.data_points.is_empty(), "no points")
        }
        _ => Err("a metric that is not of one kind".into()),
    }
}

fn number(point: &NumberPoint, is_delta: bool) -> Checked {
    attributes(&point.attributes)?;
    time(&point.time_unix_nano)?;
    hold(
        point.as_int.is_some() != point.as_double.is_some(),
        "a point that is not of one number",
    )?;
    if is_delta {
        since(point.start_time_unix_nano.as_ref(), &point.time_unix_nano)?;
    }
    Ok(())
}

fn since(start: Option<&Unsigned>, end: &Unsigned) -> Checked {
    let start = start.ok_or("a delta without a start")?;
    time(start)?;
    hold(start.0 <= end.0, "a delta that ends before it starts")
}

fn spread(point: &HistogramPoint) -> Checked {
    attributes(&point.attributes)?;
    time(&point.time_unix_nano)?;
    since(point.start_time_unix_nano.as_ref(), &point.time_unix_nano)?;
    let counted: u64 = point.bucket_counts.iter().map(|count| count.0).sum();
    hold(counted == point.count.0, "buckets that do not add up")?;
    hold(
        point.bucket_counts.len() == point.explicit_bounds.len() + 1,
        "not one bucket more than bounds",
    )?;
    let ascend = point
        .explicit_bounds
        .windows(2)
        .all(|pair| matches!(pair, [low, high] if low < high));
    hold(ascend, "bounds that do not ascend")
}
