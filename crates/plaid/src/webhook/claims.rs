//! What a verification token claims: when it was signed, and over which body.
//! Follows Plaid's claims `iat` and `request_body_sha256`.
//! Invariant: the body that is checked is the raw one, byte for byte.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{MAX_BODY_BYTES, WebhookError, read_object};

/// How old a signature may be.
pub const MAX_AGE_SECONDS: i64 = 300;

/// How far a sender's clock may be ahead of ours.
pub const MAX_SKEW_SECONDS: i64 = 60;

/// The claims of a token.
pub struct Claims {
    issued_at: i64,
    body_sha256: [u8; 32],
}

#[derive(Deserialize)]
struct Payload<'a> {
    iat: i64,
    #[serde(borrow)]
    request_body_sha256: crate::Text<'a>,
}

impl Claims {
    pub(super) fn parse(payload: &[u8]) -> Result<Self, WebhookError> {
        let payload: Payload<'_> = read_object(payload).ok_or(WebhookError::MalformedToken)?;
        Ok(Self {
            issued_at: payload.iat,
            body_sha256: digest_from_hex(&payload.request_body_sha256)
                .ok_or(WebhookError::MalformedToken)?,
        })
    }

    /// Holds the claims against the time, in seconds since 1970, and the raw body.
    ///
    /// # Errors
    /// [`WebhookError`]: too old, from the future, body too large, another body.
    pub fn check(&self, now_unix: i64, body: &[u8]) -> Result<(), WebhookError> {
        if body.len() > MAX_BODY_BYTES {
            return Err(WebhookError::BodyTooLarge);
        }
        // Saturating: `issued_at` may be any number a sender can write.
        let age = now_unix.saturating_sub(self.issued_at);
        if age > MAX_AGE_SECONDS {
            return Err(WebhookError::TooOld);
        }
        if age < -MAX_SKEW_SECONDS {
            return Err(WebhookError::FromTheFuture);
        }
        let digest = Sha256::digest(body);
        if bool::from(digest.as_slice().ct_eq(&self.body_sha256)) {
            Ok(())
        } else {
            Err(WebhookError::BodyMismatch)
        }
    }
}

/// 64 hexadecimal digits.
fn digest_from_hex(text: &str) -> Option<[u8; 32]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let mut digest = [0; 32];
    if pairs.len() != digest.len() {
        return None;
    }
    for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
        *byte = hex_value(*high)? << 4 | hex_value(*low)?;
    }
    Some(digest)
}

const fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}
