//! Who is sent to, and what becomes of it. A service that hangs is cut off, and misses what
//! comes meanwhile; the other one does not notice.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use appsignal::{CheckIn, ErrorReport, check_ins};
use otlp::{KeyValue, Records, Resource, Scope, gzip};

use super::losses::{self, Losses};
use super::prepared::Prepared;
use super::vocabulary::{Loss, Signal, Vendor};
use crate::{
    config::Secret,
    platform::{
        clock,
        fetch::{self, FetchError, Outgoing, Pending},
        log,
    },
};

const TIMEOUT_MS: u32 = 5_000;
/// Sends on their way at once: a busy isolate sends before the last one was answered, one that
/// hangs must not pile up.
const AT_ONCE: usize = 4;
/// After so long a send that has not ended is taken for lost with its isolate's context.
const LOST: u64 = 15_000;
/// Replies are read for their status alone.
const REPLY_LIMIT: u32 = 64 * 1024;

pub(super) const SCOPE: Scope = Scope {
    name: "balance",
    version: env!("CARGO_PKG_VERSION"),
};

/// A service.
pub(super) struct Sink {
    vendor: Vendor,
    base_url: String,
    /// New Relic's is a header, AppSignal's an attribute of the resource.
    key: Secret,
    attributes: Vec<KeyValue>,
    endpoint: Option<Endpoint>,
    /// Until when each send that is on its way may take, in milliseconds since the Unix epoch.
    sending: Mutex<Vec<u64>>,
    failing: AtomicBool,
}

/// AppSignal's public endpoint.
pub(super) struct Endpoint {
    pub(super) base_url: String,
    pub(super) frontend_key: Option<Secret>,
}

/// A request on its way.
struct Call {
    signal: Signal,
    records: usize,
    reply: Result<Pending, FetchError>,
}

impl Sink {
    pub(super) fn new(
        vendor: Vendor,
        base_url: String,
        key: Secret,
        attributes: Vec<KeyValue>,
        endpoint: Option<Endpoint>,
    ) -> Self {
        Self {
            vendor,
            base_url,
            key,
            attributes,
            endpoint,
            sending: Mutex::default(),
            failing: AtomicBool::default(),
        }
    }

    /// Sends all of it; what is not taken is counted.
    pub(super) async fn take(&self, prepared: &Prepared, losses: &Losses) {
        let Some(until) = self.begin() else {
            return self.miss(prepared, losses);
        };
        let resource = self.resource();
        let mut calls = Vec::new();
        self.post(
            Signal::Traces,
            &prepared.spans,
            &resource,
            losses,
            &mut calls,
        );
        self.post(
            Signal::Metrics,
            &prepared.metrics,
            &resource,
            losses,
            &mut calls,
        );
        self.post(Signal::Logs, &prepared.logs, &resource, losses, &mut calls);
        self.post_to_endpoint(prepared, &mut calls);
        let untold = losses.take(self.vendor);
        let mut telling = Vec::new();
        if !untold.is_empty() {
            let metric = losses::metric(&untold, prepared.start, prepared.end);
            let records = Records::of(&[metric]);
            self.post(Signal::Metrics, &records, &resource, losses, &mut telling);
        }
        let mut failed = false;
        for call in calls {
            if let Some(loss) = outcome(call.reply).await {
                losses.add(self.vendor, call.signal, loss, call.records);
                failed = true;
            }
        }
        for call in telling {
            if outcome(call.reply).await.is_some() {
                losses.put_back(self.vendor, untold.clone());
                failed = true;
            }
        }
        self.end(until, failed);
    }

    fn resource(&self) -> Resource {
        let mut attributes = self.attributes.clone();
        if self.vendor == Vendor::AppSignal {
            let key = self.key.expose().to_owned();
            attributes.push(KeyValue::new(appsignal::resource::PUSH_API_KEY, key));
        }
        Resource { attributes }
    }

    fn post<T: otlp::Signal>(
        &self,
        signal: Signal,
        records: &Records<T>,
        resource: &Resource,
        losses: &Losses,
        calls: &mut Vec<Call>,
    ) {
        let made = records.payloads(resource, SCOPE);
        losses.add(self.vendor, signal, Loss::Oversized, made.oversized);
        let mut headers = vec![
            ("content-type", "application/json"),
            ("content-encoding", "gzip"),
        ];
        if self.vendor == Vendor::NewRelic {
            headers.push(("api-key", self.key.expose()));
        }
        for body in made.bodies {
            let url = format!("{}{}", self.base_url, T::PATH);
            calls.push(Call {
                signal,
                records: body.records,
                reply: start(url, &headers, &gzip(&body.json)),
            });
        }
    }

    fn post_to_endpoint(&self, prepared: &Prepared, calls: &mut Vec<Call>) {
        let Some(endpoint) = &self.endpoint else {
            return;
        };
        let base_url = &endpoint.base_url;
        if let Some(key) = &endpoint.frontend_key {
            for error in &prepared.errors {
                let url = format!("{base_url}{}", ErrorReport::path(key.expose()));
                let headers = [("content-type", "application/json")];
                calls.push(Call {
                    signal: Signal::Errors,
                    records: 1,
                    reply: start(url, &headers, &error.body()),
                });
            }
        }
        if !prepared.check_ins.is_empty() {
            let url = format!("{base_url}{}", CheckIn::path(self.key.expose()));
            let headers = [("content-type", "application/x-ndjson")];
            calls.push(Call {
                signal: Signal::CheckIns,
                records: prepared.check_ins.len(),
                reply: start(url, &headers, &check_ins(&prepared.check_ins)),
            });
        }
    }

    fn sending(&self) -> MutexGuard<'_, Vec<u64>> {
        self.sending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until when this send may take; none while too many others are on their way.
    fn begin(&self) -> Option<u64> {
        let now = clock::unix_milliseconds();
        let mut sending = self.sending();
        sending.retain(|until| *until > now);
        if sending.len() >= AT_ONCE {
            return None;
        }
        sending.push(now + LOST);
        Some(now + LOST)
    }

    fn end(&self, until: u64, failed: bool) {
        let mut sending = self.sending();
        if let Some(at) = sending.iter().position(|other| *other == until) {
            sending.swap_remove(at);
        }
        drop(sending);
        if self.failing.swap(failed, Ordering::Relaxed) != failed {
            if failed {
                log::warn("telemetry-not-taken", self.vendor.word());
            } else {
                log::info("telemetry-taken-again", self.vendor.word());
            }
        }
    }

    fn miss(&self, prepared: &Prepared, losses: &Losses) {
        let mut missed = vec![
            (Signal::Traces, prepared.spans.len()),
            (Signal::Metrics, prepared.metrics.len()),
            (Signal::Logs, prepared.logs.len()),
        ];
        if self.endpoint.is_some() {
            missed.push((Signal::Errors, prepared.errors.len()));
            missed.push((Signal::CheckIns, prepared.check_ins.len()));
        }
        for (signal, records) in missed {
            losses.add(self.vendor, signal, Loss::Busy, records);
        }
    }
}

fn start(url: String, headers: &[(&str, &str)], body: &[u8]) -> Result<Pending, FetchError> {
    fetch::start(&Outgoing {
        method: "POST",
        url,
        headers,
        body,
        timeout_ms: TIMEOUT_MS,
        limit: REPLY_LIMIT,
    })
}

/// Why it was not taken, if it was not.
async fn outcome(call: Result<Pending, FetchError>) -> Option<Loss> {
    let reply = match call {
        Ok(pending) => pending.reply().await,
        Err(error) => Err(error),
    };
    match reply {
        Ok(reply) if (200..300).contains(&reply.status) => None,
        Ok(_) => Some(Loss::Refused),
        Err(_) => Some(Loss::Unreachable),
    }
}
