//! AppSignal beside OTLP: its public endpoint takes errors
//! (<https://docs.appsignal.com/api/public-endpoint/errors.html>) and check-ins of crons
//! (<https://docs.appsignal.com/check-ins/configuration/api.html>), its collector wants a
//! resource of its own ([`resource`]).
//!
//! Sans-IO: paths and bodies. The endpoint answers 200 to whatever it is sent, so a body has to
//! be right before it leaves.
//!
//! Invariant: what an error says is made of literals, but for the request id and the fingerprint.

mod check_in;
mod error;
pub mod resource;

pub use check_in::{CheckIn, Digest, Kind, check_ins};
pub use error::{ErrorReport, Exception, Tags};

/// The base URL of the real endpoint.
pub const ENDPOINT_URL: &str = "https://appsignal-endpoint.net";

/// Whether a text can be an API key: it goes into a URL.
#[must_use]
pub fn is_key(text: &str) -> bool {
    (8..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
