//! Webhooks: who sent one, and what it says.
//! Follows Stripe's "Verify webhook signatures": the header `Stripe-Signature` carries a
//! time and HMAC-SHA256 over that time, a full stop and the raw body.
//!
//! 1. [`verify`] the header and the raw body.
//! 2. [`Event::parse`] the body.
//! 3. Answer with 200 once the event's id is kept: Stripe sends an event again for three
//!    days, several times, in any order.
//!
//! Invariant: an event says where to look, never what is there: it has ids and no state,
//! so whoever acts on one has to ask Stripe what is true now.

mod event;
mod kind;
mod signature;

pub use crate::id::EventId;
pub use event::{Event, EventError, MAX_BODY_BYTES};
pub use kind::EventKind;
pub use signature::{SIGNATURE_HEADER, SignatureError, SigningSecret, TOLERANCE_SECONDS, verify};
