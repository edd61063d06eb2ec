//! Metrics: `metrics.proto`, of its kinds sum, gauge and histogram.
//!
//! Sums and histograms are deltas: each says what was added since the last one, so that isolates
//! that come and go add up.

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::attribute::{double, signed, unsigned};
use crate::{KeyValue, UnixNanos};

/// `AGGREGATION_TEMPORALITY_DELTA`.
const DELTA: u8 = 1;

/// A metric and its points, one for each set of attributes.
#[derive(Clone, Debug, Serialize)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// In what it is counted, by UCUM.
    pub unit: &'static str,
    /// The points.
    #[serde(flatten)]
    pub data: Data,
}

/// The points of a metric.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Data {
    /// What was added since the last time, and never goes down.
    Sum(#[serde(serialize_with = "sum")] Vec<NumberPoint>),
    /// How it is now.
    Gauge(#[serde(serialize_with = "gauge")] Vec<NumberPoint>),
    /// How values were spread since the last time.
    Histogram(#[serde(serialize_with = "histogram")] Vec<HistogramPoint>),
}

fn sum<S: Serializer>(points: &[NumberPoint], serializer: S) -> Result<S::Ok, S::Error> {
    let mut sum = serializer.serialize_struct("Sum", 3)?;
    sum.serialize_field("dataPoints", points)?;
    sum.serialize_field("aggregationTemporality", &DELTA)?;
    sum.serialize_field("isMonotonic", &true)?;
    sum.end()
}

fn gauge<S: Serializer>(points: &[NumberPoint], serializer: S) -> Result<S::Ok, S::Error> {
    let mut gauge = serializer.serialize_struct("Gauge", 1)?;
    gauge.serialize_field("dataPoints", points)?;
    gauge.end()
}

fn histogram<S: Serializer>(points: &[HistogramPoint], serializer: S) -> Result<S::Ok, S::Error> {
    let mut histogram = serializer.serialize_struct("Histogram", 2)?;
    histogram.serialize_field("dataPoints", points)?;
    histogram.serialize_field("aggregationTemporality", &DELTA)?;
    histogram.end()
}

/// A whole number.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NumberPoint {
    /// Of what.
    pub attributes: Vec<KeyValue>,
    /// Since when it was counted; a gauge has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time_unix_nano: Option<UnixNanos>,
    /// Until when.
    pub time_unix_nano: UnixNanos,
    /// How many.
    #[serde(rename = "asInt", serialize_with = "signed")]
    pub value: i64,
}

/// How values were spread.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HistogramPoint {
    /// Of what.
    pub attributes: Vec<KeyValue>,
    /// Since when.
    pub start_time_unix_nano: UnixNanos,
    /// Until when.
    pub time_unix_nano: UnixNanos,
    /// The values.
    #[serde(flatten)]
    pub buckets: Buckets,
}

/// Values, counted between bounds.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Buckets {
    #[serde(serialize_with = "unsigned")]
    count: u64,
    #[serde(serialize_with = "double")]
    sum: f64,
    #[serde(serialize_with = "counts")]
    bucket_counts: Vec<u64>,
    explicit_bounds: &'static [f64],
}

fn counts<S: Serializer>(counts: &[u64], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(counts.iter().map(u64::to_string))
}

impl Buckets {
    /// None yet. The bounds ascend; each is the last value of its bucket.
    #[must_use]
    pub fn new(bounds: &'static [f64]) -> Self {
        Self {
            count: 0,
            sum: 0.0,
            bucket_counts: vec![0; bounds.len() + 1],
            explicit_bounds: bounds,
        }
    }

    /// Counts one more.
    pub fn record(&mut self, value: f64) {
        let bucket = self.explicit_bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.bucket_counts.get_mut(bucket) {
            *count += 1;
        }
        self.count += 1;
        self.sum += value;
    }
}
