//! What goes wrong with a call, and what to do about it.
//! Follows Stripe's "Errors" and "Idempotent requests".
//! Invariant: decisions are made on status, `type` and `code` only; a message may quote a
//! request, so it is not even read.

use std::fmt;

use serde::Deserialize;
use thiserror::Error;

use crate::code::Code;
use crate::json::{self, Member};

/// Why a call gave no reply.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CallError {
    /// Stripe answered with an error of its own.
    #[error("{0}")]
    Stripe(StripeError),
    /// Something answered with this status, and not in Stripe's words.
    #[error("the upstream answered with status {0}")]
    Status(u16),
    /// Over [`crate::MAX_REPLY_BYTES`].
    #[error("the reply is too large")]
    TooLarge,
    /// A 200 whose body breaks the API's contract, or was cut on its way.
    #[error("the reply is unreadable")]
    UnreadableReply,
}

impl CallError {
    /// What to do about it.
    #[must_use]
    pub fn classify(&self) -> ErrorClass {
        match self {
            Self::Stripe(error) => error.classify(),
            Self::Status(status) => class_of_status(*status),
            Self::TooLarge => ErrorClass::Invalid,
            // It may well have been done: ask again, with the same idempotency key.
            Self::UnreadableReply => ErrorClass::Transient,
        }
    }
}

/// What an error asks of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// A fault that passes: ask again, with the same idempotency key. Where Stripe answers
    /// one key with a 500 time after time, it has kept that answer: take another key.
    Transient,
    /// Come back later, with jitter.
    RateLimited,
    /// What the path names is not there, or no longer.
    Missing,
    /// The idempotency key was used with other parameters, or is in use at this moment.
    Idempotency,
    /// The key is wrong, or may not do this: a human has to look.
    Authentication,
    /// A fault of ours, or one that does not pass: a human has to look.
    Invalid,
}

/// Stripe's error object.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct StripeError {
    /// The HTTP status.
    pub status: u16,
    /// The family, such as `invalid_request_error`.
    pub error_type: Code,
    /// The error itself, such as `resource_missing`; many have none.
    pub code: Option<Code>,
    /// The parameter it is about, such as `line_items[0][price]`.
    pub param: Option<Code>,
    /// What Stripe's support asks for, where the error links to Stripe's log.
    pub request_id: Option<Code>,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    error: Member<'a>,
}

#[derive(Deserialize)]
struct Members<'a> {
    #[serde(rename = "type", borrow)]
    error_type: Member<'a>,
    #[serde(borrow)]
    code: Member<'a>,
    #[serde(borrow)]
    param: Member<'a>,
    #[serde(borrow)]
    request_log_url: Member<'a>,
}

impl StripeError {
    /// Reads the body of an answer that is not a 200; `None` when it is not Stripe's.
    pub(crate) fn parse(status: u16, body: &[u8]) -> Option<Self> {
        let body: Body<'_> = json::read_object(body)?;
        let error: Members<'_> = json::object(body.error)?;
        Some(Self {
            status,
            error_type: code(error.error_type)?,
            code: code(error.code),
            param: code(error.param),
            request_id: json::member::<String>(error.request_log_url)
                .as_deref()
                .and_then(request_id),
        })
    }

    /// What to do about it.
    #[must_use]
    pub fn classify(&self) -> ErrorClass {
        let code = self.code.as_ref().map_or("", Code::as_str);
        match (self.status, self.error_type.as_str(), code) {
            (404, _, "resource_missing") => ErrorClass::Missing,
            (_, "idempotency_error", _) | (409, _, "idempotency_key_in_use") => {
                ErrorClass::Idempotency
            }
            _ => class_of_status(self.status),
        }
    }
}

impl fmt::Display for StripeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error_type)?;
        self.code.iter().try_for_each(|code| write!(f, ": {code}"))
    }
}

fn code(member: Member<'_>) -> Option<Code> {
    json::member::<String>(member).map(|text| Code::new(&text))
}

/// The `req_…` at the end of the path of `https://dashboard.stripe.com/…/logs/req_…?t=…`.
fn request_id(log_url: &str) -> Option<Code> {
    let path = log_url.split(['?', '#']).next()?;
    let (_, last) = path.rsplit_once('/')?;
    last.starts_with("req_").then(|| Code::new(last))
}

const fn class_of_status(status: u16) -> ErrorClass {
    match status {
        401 | 403 => ErrorClass::Authentication,
        429 => ErrorClass::RateLimited,
        // 409: another request holds the object; 424: another company's service failed.
        408 | 409 | 424 | 500..=599 => ErrorClass::Transient,
        _ => ErrorClass::Invalid,
    }
}
