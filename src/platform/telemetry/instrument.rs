//! The buffer of an isolate, and when it is sent.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::join;

use super::buffer::{Buffer, MANY};
use super::config::{Service, TelemetryConfig};
use super::prepared::Prepared;
use super::sink::Sink;
use super::sinks::Sinks;
use super::vocabulary::Provider;
use crate::platform::{clock, task};

/// How long is waited for more before it is sent, in milliseconds.
const PAUSE: u32 = 1_000;
/// After so long a send that was to come is taken for lost: its isolate was stopped in between.
const LOST: u64 = 5_000;

/// The instrument of an isolate.
pub(super) struct Instrument {
    state: Mutex<State>,
    sinks: Sinks,
    providers: Vec<(Provider, String)>,
    deployment: Option<String>,
}

struct State {
    buffer: Buffer,
    /// Since when a send is to come.
    awaited: Option<u64>,
}

impl Instrument {
    /// None where nobody is configured.
    pub(super) fn new(config: TelemetryConfig, service: &Service<'_>) -> Option<Self> {
        Some(Self {
            state: Mutex::new(State {
                buffer: Buffer::new(),
                awaited: None,
            }),
            sinks: Sinks::new(config, service)?,
            providers: service.providers.clone(),
            deployment: service.deployment.map(str::to_owned),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What waits. Never held over an `await`.
    pub(super) fn buffer(&self) -> impl std::ops::DerefMut<Target = Buffer> {
        Held(self.lock())
    }

    /// Whose base URL this is.
    pub(super) fn provider(&self, url: &str) -> Option<Provider> {
        let mut providers = self.providers.iter();
        let found = providers.find(|(_, base)| url.starts_with(base.as_str()))?;
        Some(found.0)
    }

    /// Which version is deployed.
    pub(super) fn revision(&self) -> Option<String> {
        self.deployment.clone()
    }

    /// Sees to it that what waits is sent: in a moment, or at once where there is much of it.
    pub(super) fn send_soon(&'static self) {
        let now = clock::unix_milliseconds();
        let has_many = {
            let mut state = self.lock();
            let has_many = state.buffer.spans.len() >= MANY;
            let is_awaited = state.awaited.is_some_and(|since| now < since + LOST);
            if is_awaited && !has_many {
                return;
            }
            state.awaited = Some(now);
            has_many
        };
        if has_many {
            let prepared = self.take(now);
            return task::background(self.send(prepared));
        }
        task::background(async move {
            clock::pass(PAUSE).await;
            let prepared = self.take(clock::unix_milliseconds());
            self.send(prepared).await;
        });
    }

    fn take(&self, now: u64) -> Prepared {
        let mut state = self.lock();
        state.awaited = None;
        let buffer = std::mem::replace(&mut state.buffer, Buffer::new());
        Prepared::new(buffer, now)
    }

    async fn send(&'static self, prepared: Prepared) {
        if prepared.is_empty() {
            return;
        }
        let [new_relic, appsignal] = self.sinks.both();
        let to = |sink: Option<&'static Sink>| {
            let prepared = &prepared;
            async move {
                if let Some(sink) = sink {
                    sink.take(prepared, &self.sinks.losses).await;
                }
            }
        };
        join(to(new_relic), to(appsignal)).await;
    }
}

/// A lock on the buffer alone.
struct Held<'a>(MutexGuard<'a, State>);

impl std::ops::Deref for Held<'_> {
    type Target = Buffer;

    fn deref(&self) -> &Buffer {
        &self.0.buffer
    }
}

impl std::ops::DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Buffer {
        &mut self.0.buffer
    }
}
