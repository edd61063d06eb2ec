//! What was dropped because a service did not take it: counted until each has been told.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use otlp::{Data, Metric, NumberPoint, UnixNanos};

use super::attribute::Attribute;
use super::series::Counter;
use super::vocabulary::{Loss, Signal, Vendor};

type Counts = HashMap<(Vendor, Signal, Loss), u64>;

/// What each service has not been told yet.
#[derive(Default)]
pub(super) struct Losses(Mutex<HashMap<Vendor, Counts>>);

impl Losses {
    fn lock(&self) -> MutexGuard<'_, HashMap<Vendor, Counts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many records did not arrive at `sink`.
    pub(super) fn add(&self, sink: Vendor, signal: Signal, loss: Loss, records: usize) {
        let more = u64::try_from(records).unwrap_or(u64::MAX);
        if more == 0 {
            return;
        }
        let mut untold = self.lock();
        for vendor in Vendor::ALL {
            let counts = untold.entry(vendor).or_default();
            *counts.entry((sink, signal, loss)).or_default() += more;
        }
    }

    /// What `vendor` is to be told now.
    pub(super) fn take(&self, vendor: Vendor) -> Counts {
        self.lock().remove(&vendor).unwrap_or_default()
    }

    /// It was not told after all.
    pub(super) fn put_back(&self, vendor: Vendor, counts: Counts) {
        let mut untold = self.lock();
        let again = untold.entry(vendor).or_default();
        for (of, count) in counts {
            *again.entry(of).or_default() += count;
        }
    }
}

/// The counts, as a metric of this time.
pub(super) fn metric(counts: &Counts, start: UnixNanos, end: UnixNanos) -> Metric {
    let points = counts
        .iter()
        .map(|((sink, signal, loss), count)| NumberPoint {
            attributes: vec![
                Attribute::Sink(*sink).into(),
                Attribute::Signal(*signal).into(),
                Attribute::Loss(*loss).into(),
            ],
            start_time_unix_nano: Some(start),
            time_unix_nano: end,
            value: i64::try_from(*count).unwrap_or(i64::MAX),
        });
    let (name, unit) = Counter::Dropped.name();
    Metric {
        name,
        unit,
        data: Data::Sum(points.collect()),
    }
}
