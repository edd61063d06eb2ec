//! A call: where it goes, what it carries, how its answer is read.
//! Follows Stripe's API of forms in and JSON out, versioned by a header.
//! Invariant: only the request types of this crate are calls, and each POST among them has
//! an idempotency key, so that asking again does nothing twice.

use serde::de::DeserializeOwned;

use crate::error::{CallError, StripeError};
use crate::json;

/// The API version that requests and replies here are written for.
pub const API_VERSION: &str = "2026-10-28.endive";

/// The largest reply that is read, in bytes. A full page of subscriptions has about 500 KiB.
pub const MAX_REPLY_BYTES: usize = 1 << 20;

/// How a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads; parameters are in the query.
    Get,
    /// Creates; parameters are in the form.
    Post,
    /// Deletes; there are no parameters.
    Delete,
}

impl Method {
    /// The method as HTTP has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

pub(crate) mod sealed {
    /// Keeps other crates from adding calls.
    pub trait Sealed {}
}

/// One call of Stripe's API. Its headers are [`crate::SecretKey::headers`].
pub trait Request: sealed::Sealed {
    /// What a successful answer holds.
    type Reply: DeserializeOwned;

    /// How it is made.
    const METHOD: Method;

    /// The path below Stripe's base URL, with its leading slash, and the query of a GET.
    fn target(&self) -> String;

    /// The body of a POST, form-encoded; empty otherwise.
    fn form(&self) -> String {
        String::new()
    }

    /// What makes a POST happen once however often it is sent: 1 to 255 characters that may
    /// stand in a header, the same only for the same parameters. Stripe keeps it with its
    /// answer, a 500 included, for 24 hours.
    fn idempotency_key(&self) -> Option<&str> {
        None
    }
}

/// Reads the answer to a request `R`.
///
/// # Errors
/// [`CallError::Stripe`] where Stripe says what is wrong, [`CallError::Status`] for another
/// status than 200 without such a body, [`CallError::TooLarge`],
/// [`CallError::UnreadableReply`] for a 200 that is not what the API promises.
pub fn read_reply<R: Request>(status: u16, body: &[u8]) -> Result<R::Reply, CallError> {
    if body.len() > MAX_REPLY_BYTES {
        return Err(CallError::TooLarge);
    }
    if status != 200 {
        return Err(match StripeError::parse(status, body) {
            Some(error) => CallError::Stripe(error),
            None => CallError::Status(status),
        });
    }
    json::read_object(body).ok_or(CallError::UnreadableReply)
}
