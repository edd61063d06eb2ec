//! The second factors that a person types: the six digits of an authenticator app
//! (TOTP, RFC 6238), and [`RecoveryCode`]s, each good once, for when all else is lost.
//!
//! ```
//! use totp::Secret;
//!
//! let secret = Secret::new(*b"12345678901234567890"); // random, sealed, shown once
//! let step = secret.accepts("287082", 59, None);
//! assert_eq!(step, Some(1));
//! assert_eq!(secret.accepts("287082", 59, step), None, "not twice");
//! ```
//!
//! What the caller does: bring randomness and the time, keep the step that was last accepted,
//! and bound how often a code may be guessed: there are a million, and three are right.
//!
//! Invariant: no code is accepted twice, nor one older than the last.
#![no_std]

extern crate alloc;

mod base32;
mod recovery_code;
mod secret;

pub use recovery_code::RecoveryCode;
pub use secret::{PERIOD_SECONDS, Secret};
