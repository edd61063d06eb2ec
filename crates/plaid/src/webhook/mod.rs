//! Webhooks: who sent one, and what it says.
//! Follows Plaid's "Webhook verification": a JWT (RFC 7519) in the header
//! `Plaid-Verification`, signed with ES256, that carries the SHA-256 of the body.
//!
//! 1. [`VerificationToken::parse`] the header: its [`KeyId`] says which key to look up.
//! 2. [`VerificationKey::trust`] the key that [`VerificationKeyGet`] answered with.
//! 3. Verify [`VerificationToken::signature`] over [`VerificationToken::signing_input`]
//!    with the key's [`VerificationKey::public_key`], by ES256. The caller does this,
//!    as the platform is several times faster at it.
//! 4. [`Claims::check`] the time and the raw body, then [`Webhook::parse`] it.
//!
//! Invariant: nothing of the token is believed before step 3, except the name of the key.

mod claims;
mod event;
mod jwt;
mod key;

pub use claims::{Claims, MAX_AGE_SECONDS, MAX_SKEW_SECONDS};
pub use event::{AccountId, ItemId, MAX_BODY_BYTES, Refetch, Webhook};
pub use jwt::{KeyId, MAX_TOKEN_BYTES, VerificationToken};
pub use key::{Jwk, VerificationKey, VerificationKeyGet, VerificationKeyReply};

use serde::Deserialize;
use thiserror::Error;

/// Reads a JSON object. serde alone would take a list of the values for one, and pass
/// over bytes that are not text.
fn read_object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    let text = std::str::from_utf8(json).ok()?;
    text.trim_ascii_start().starts_with('{').then_some(())?;
    serde_json::from_str(text).ok()
}

/// The header that carries the token.
pub const VERIFICATION_HEADER: &str = "Plaid-Verification";

/// Why a webhook is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{}", self.reason())]
pub enum WebhookError {
    /// The token is over [`MAX_TOKEN_BYTES`].
    TokenTooLarge,
    /// Not three base64url parts, of JSON, JSON and 64 bytes.
    MalformedToken,
    /// Signed with another algorithm than ES256, or not at all.
    WrongAlgorithm,
    /// The token asks for an extension that is not understood here (`crit`).
    CriticalExtension,
    /// The key id is not a UUID.
    MalformedKeyId,
    /// The key is not the one asked for.
    WrongKey,
    /// The key has an `expired_at`.
    ExpiredKey,
    /// The key is not a P-256 signing key.
    UnusableKey,
    /// Signed more than [`MAX_AGE_SECONDS`] ago.
    TooOld,
    /// Signed more than [`MAX_SKEW_SECONDS`] from now.
    FromTheFuture,
    /// The body is not the one that was signed.
    BodyMismatch,
    /// The body is over [`MAX_BODY_BYTES`].
    BodyTooLarge,
    /// The body is not a JSON object.
    MalformedBody,
}

impl WebhookError {
    /// The reason in words, the same each time.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::TokenTooLarge => "the verification token is too large",
            Self::MalformedToken => "the verification token is not a JWT",
            Self::WrongAlgorithm => "the verification token is not signed with ES256",
            Self::CriticalExtension => "the verification token has a critical extension",
            Self::MalformedKeyId => "the key id is not a UUID",
            Self::WrongKey => "the key has another id",
            Self::ExpiredKey => "the key is withdrawn",
            Self::UnusableKey => "the key is not a P-256 signing key",
            Self::TooOld => "the webhook is too old",
            Self::FromTheFuture => "the webhook is from the future",
            Self::BodyMismatch => "the body is not the one that was signed",
            Self::BodyTooLarge => "the body is too large",
            Self::MalformedBody => "the body is not a JSON object",
        }
    }
}
