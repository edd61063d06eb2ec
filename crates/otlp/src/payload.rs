//! Bodies of records: as few as there can be, none over the limit.

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use serde_json::value::RawValue;

use crate::{LogRecord, MAX_PAYLOAD_BYTES, Metric, Resource, Scope, Span};

/// What is sent in a body of its own.
pub trait Signal: Serialize {
    /// Where it is posted, below the base URL.
    const PATH: &'static str;
    /// What a body calls the records of a resource.
    const OF_RESOURCE: &'static str;
    /// What a resource calls the records of a scope.
    const OF_SCOPE: &'static str;
    /// What a scope calls its records.
    const RECORDS: &'static str;
}

impl Signal for Span {
    const PATH: &'static str = "/v1/traces";
    const OF_RESOURCE: &'static str = "resourceSpans";
    const OF_SCOPE: &'static str = "scopeSpans";
    const RECORDS: &'static str = "spans";
}

impl Signal for Metric {
    const PATH: &'static str = "/v1/metrics";
    const OF_RESOURCE: &'static str = "resourceMetrics";
    const OF_SCOPE: &'static str = "scopeMetrics";
    const RECORDS: &'static str = "metrics";
}

impl Signal for LogRecord {
    const PATH: &'static str = "/v1/logs";
    const OF_RESOURCE: &'static str = "resourceLogs";
    const OF_SCOPE: &'static str = "scopeLogs";
    const RECORDS: &'static str = "logRecords";
}

/// A body.
#[derive(Debug)]
pub struct Payload {
    /// The JSON.
    pub json: Vec<u8>,
    /// How many records it holds.
    pub records: usize,
}

/// The bodies of some records.
#[derive(Debug, Default)]
pub struct Payloads {
    /// In the records' order.
    pub bodies: Vec<Payload>,
    /// How many records no body has room for.
    pub oversized: usize,
}

/// Spreads records over as few bodies as keep the limit, in their order.
#[must_use]
pub fn payloads<T: Signal>(resource: &Resource, scope: Scope, records: &[T]) -> Payloads {
    let mut made = Payloads::default();
    let Some(frame) = body::<T>(resource, scope, &[]) else {
        made.oversized = records.len();
        return made;
    };
    let room = MAX_PAYLOAD_BYTES.saturating_sub(frame.len());
    let mut batch: Vec<Box<RawValue>> = Vec::new();
    let mut taken = 0;
    for record in records {
        // The comma before the next one is counted with each.
        let Ok(record) = serde_json::value::to_raw_value(record) else {
            made.oversized += 1;
            continue;
        };
        let size = record.get().len() + 1;
        if size > room {
            made.oversized += 1;
            continue;
        }
        if taken + size > room {
            close::<T>(&mut made, resource, scope, &mut batch);
            taken = 0;
        }
        taken += size;
        batch.push(record);
    }
    close::<T>(&mut made, resource, scope, &mut batch);
    made
}

fn close<T: Signal>(
    made: &mut Payloads,
    resource: &Resource,
    scope: Scope,
    batch: &mut Vec<Box<RawValue>>,
) {
    let records = std::mem::take(batch);
    if records.is_empty() {
        return;
    }
    match body::<T>(resource, scope, &records) {
        Some(json) => made.bodies.push(Payload {
            json,
            records: records.len(),
        }),
        None => made.oversized += records.len(),
    }
}

fn body<T: Signal>(
    resource: &Resource,
    scope: Scope,
    records: &[Box<RawValue>],
) -> Option<Vec<u8>> {
    let of_scope = [Named([
        ("scope", Part::Scope(scope)),
        (T::RECORDS, Part::Records(records)),
    ])];
    let of_resource = [Named([
        ("resource", Part::Resource(resource)),
        (T::OF_SCOPE, Part::Scopes(&of_scope)),
    ])];
    serde_json::to_vec(&Named([(T::OF_RESOURCE, Part::Resources(&of_resource))])).ok()
}

/// An object whose members' names depend on the signal.
struct Named<'a, const N: usize>([(&'static str, Part<'a>); N]);

#[derive(Serialize)]
#[serde(untagged)]
enum Part<'a> {
    Scope(Scope),
    Resource(&'a Resource),
    Records(&'a [Box<RawValue>]),
    Scopes(&'a [Named<'a, 2>]),
    Resources(&'a [Named<'a, 2>]),
}

impl<const N: usize> Serialize for Named<'_, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(N))?;
        for (name, part) in &self.0 {
            map.serialize_entry(name, part)?;
        }
        map.end()
    }
}
