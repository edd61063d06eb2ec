//! Which passwords a person may use: the policy of NIST SP 800-63B-4, a local
//! list of common ones, and the range look-up of Have I Been Pwned.
//!
//! The look-up is k-anonymous: the client sends the first five hexadecimal
//! digits of the SHA-1 of the password ([`Prefix`]) and receives every leaked
//! suffix that shares them, among padding that hides how many there are. The
//! suffix, and so the password, never leaves.
//!
//! ```
//! use pwned::{MalformedReply, RangeQuery, RangeReply};
//!
//! let query = RangeQuery::for_password("password");
//! assert_eq!(query.path(), "/range/5BAA6");
//! let answer = RangeReply::check(b"Bad Gateway", &query);
//! assert_eq!(answer, Err(MalformedReply::NoRows));
//! ```
//!
//! Invariant: a reply that cannot be shown to be whole is never read as "not
//! found" ([`MalformedReply`]).
#![no_std]

extern crate alloc;

mod range;
mod reply;

pub mod policy;

pub use range::{InvalidPrefix, Prefix, REQUEST_HEADERS, RangeQuery};
pub use reply::{Exposure, MAX_REPLY_BYTES, MIN_PADDED_ROWS, MalformedReply, RangeReply};
