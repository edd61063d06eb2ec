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

#[cfg(test)]
mod tests {
    use super::*;

    const OF: (Vendor, Signal, Loss) = (Vendor::NewRelic, Signal::Traces, Loss::Refused);

    #[test]
    fn a_loss_is_told_to_both_and_to_each_once() {
        let losses = Losses::default();
        losses.add(OF.0, OF.1, OF.2, 3);
        losses.add(OF.0, OF.1, OF.2, 0);
        losses.add(OF.0, OF.1, OF.2, 4);
        for vendor in Vendor::ALL {
            assert_eq!(losses.take(vendor), HashMap::from([(OF, 7)]));
            assert_eq!(losses.take(vendor), HashMap::new());
        }
    }

    #[test]
    fn what_could_not_be_told_is_told_with_what_came_meanwhile() {
        let losses = Losses::default();
        losses.add(OF.0, OF.1, OF.2, 3);
        let untold = losses.take(Vendor::AppSignal);
        losses.add(OF.0, OF.1, OF.2, 2);
        losses.put_back(Vendor::AppSignal, untold);
        assert_eq!(losses.take(Vendor::AppSignal), HashMap::from([(OF, 5)]));
        assert_eq!(losses.take(Vendor::NewRelic), HashMap::from([(OF, 5)]));
    }
}
