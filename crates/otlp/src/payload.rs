//! Bodies of records: as few as there can be, none over the limit.

use serde::Serialize;
use std::marker::PhantomData;

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

/// Records of one signal, written once for however many receivers.
#[derive(Debug)]
pub struct Records<T> {
    json: Vec<Box<RawValue>>,
    signal: PhantomData<T>,
}

impl<T: Signal> Records<T> {
    /// Writes them.
    #[must_use]
    pub fn of(records: &[T]) -> Self {
        // Structs of texts and numbers: nothing that JSON cannot hold.
        let json = records
            .iter()
            .filter_map(|record| serde_json::value::to_raw_value(record).ok());
        Self {
            json: json.collect(),
            signal: PhantomData,
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.json.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.json.is_empty()
    }

    /// Spreads them over as few bodies as keep the limit, in their order.
    #[must_use]
    pub fn payloads(&self, resource: &Resource, scope: Scope) -> Payloads {
        let mut made = Payloads::default();
        let frame = body::<T>(resource, scope, &[]).len();
        let room = MAX_PAYLOAD_BYTES.saturating_sub(frame);
        let mut batch: Vec<&RawValue> = Vec::new();
        let mut taken = 0;
        for record in &self.json {
            // The comma before the next one is counted with each.
            let size = record.get().len() + 1;
            if size > room {
                made.oversized += 1;
                continue;
            }
            if taken + size > room {
                made.close::<T>(resource, scope, &mut batch);
                taken = 0;
            }
            taken += size;
            batch.push(record);
        }
        made.close::<T>(resource, scope, &mut batch);
        made
    }
}

impl Payloads {
    fn close<T: Signal>(&mut self, resource: &Resource, scope: Scope, batch: &mut Vec<&RawValue>) {
        if batch.is_empty() {
            return;
        }
        self.bodies.push(Payload {
            json: body::<T>(resource, scope, batch),
            records: batch.len(),
        });
        batch.clear();
    }
}

fn body<T: Signal>(resource: &Resource, scope: Scope, records: &[&RawValue]) -> Vec<u8> {
    let of_scope = [Named([
        ("scope", Part::Scope(scope)),
        (T::RECORDS, Part::Records(records)),
    ])];
    let of_resource = [Named([
        ("resource", Part::Resource(resource)),
        (T::OF_SCOPE, Part::Scopes(&of_scope)),
    ])];
    let whole = Named([(T::OF_RESOURCE, Part::Resources(&of_resource))]);
    serde_json::to_vec(&whole).unwrap_or_default()
}

/// An object whose members' names depend on the signal.
struct Named<'a, const N: usize>([(&'static str, Part<'a>); N]);

#[derive(Serialize)]
#[serde(untagged)]
enum Part<'a> {
    Scope(Scope),
    Resource(&'a Resource),
    Records(&'a [&'a RawValue]),
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
