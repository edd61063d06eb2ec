//! The platform's edge: clock, randomness, HTTP in and out, queue, mail, cache
//! and rate limit. With `lib.rs` and `store/engine/d1.rs` the only places that
//! touch the runtime, so that the rest of the Worker is plain Rust.

mod bindings;
pub(crate) mod cache;
pub(crate) mod clock;
pub(crate) mod fetch;
pub(crate) mod glue;
pub(crate) mod http;
pub(crate) mod log;
pub(crate) mod random;
pub(crate) mod signature;
pub(crate) mod task;
pub(crate) mod telemetry;

pub(crate) use bindings::{Assets, Bindings, Gate, Mailer, Queue};
pub(crate) use clock::Timestamp;
