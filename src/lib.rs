//! Balance: the backend of a privacy-first personal-finance app, at the edge.
//!
//! This file is the runtime's door: fetch, queue and scheduled, one line each
//! into the app. `docs/ARCHITECTURE.md` is the map.

mod app;
mod audit;
mod backup;
mod banking;
mod billing;
mod config;
mod console;
mod edge;
mod events;
#[cfg(fuzzing)]
pub mod fuzzing;
mod id;
mod identity;
mod platform;
mod problem;
mod routes;
mod standing;
mod store;
mod text;

use worker::{Context, Env, MessageBatch, ScheduleContext, ScheduledEvent, event};

use platform::Bindings;

/// An HTTP request.
#[event(fetch)]
async fn fetch(
    request: web_sys::Request,
    env: Env,
    _context: Context,
) -> worker::Result<web_sys::Response> {
    Ok(edge::serve(&request, || Bindings::new(env.into())).await?)
}

/// A batch of queue messages: ids of what is to be done.
#[event(queue)]
async fn queue(
    batch: MessageBatch<serde_json::Value>,
    env: Env,
    _context: Context,
) -> worker::Result<()> {
    events::consume(&batch, || Bindings::new(env.into())).await;
    Ok(())
}

/// A cron trigger.
#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    events::tick(&event.cron(), || Bindings::new(env.into())).await;
}
