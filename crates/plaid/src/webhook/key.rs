//! The key a webhook was signed with.
//! Follows Plaid's `/webhook_verification_key/get` and RFC 7517 (JWK).
//! Invariant: a key that Plaid has withdrawn, or another than was asked for, is no key.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{KeyId, WebhookError};
use crate::call::sealed::Sealed;
use crate::{Endpoint, Request, Text};

/// `/webhook_verification_key/get`.
#[derive(Serialize)]
pub struct VerificationKeyGet {
    /// The `kid` of a token.
    pub key_id: KeyId,
}

/// The answer of `/webhook_verification_key/get`.
#[derive(Deserialize)]
pub struct VerificationKeyReply<'a> {
    /// The key.
    #[serde(borrow)]
    pub key: Jwk<'a>,
}

impl Sealed for VerificationKeyGet {}

impl Request for VerificationKeyGet {
    const ENDPOINT: Endpoint = Endpoint::WebhookVerificationKeyGet;
    type Reply<'a> = VerificationKeyReply<'a>;
}

/// A public key as Plaid sends it. Keep it, with a lifetime, as it came: `expired_at`
/// is set on a later answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk<'a> {
    #[serde(borrow)]
    alg: Text<'a>,
    #[serde(borrow)]
    crv: Text<'a>,
    #[serde(borrow)]
    kid: Text<'a>,
    #[serde(borrow)]
    kty: Text<'a>,
    #[serde(borrow, rename = "use")]
    public_key_use: Text<'a>,
    #[serde(borrow)]
    x: Text<'a>,
    #[serde(borrow)]
    y: Text<'a>,
    expired_at: Option<i64>,
}

/// A P-256 public key that may verify webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationKey {
    public_key: [u8; 65],
}

impl VerificationKey {
    /// Takes a key as the one `asked` for.
    ///
    /// # Errors
    /// [`WebhookError::ExpiredKey`], [`WebhookError::WrongKey`], or
    /// [`WebhookError::UnusableKey`] for what is not a P-256 signing key.
    pub fn trust(jwk: &Jwk<'_>, asked: KeyId) -> Result<Self, WebhookError> {
        if jwk.expired_at.is_some() {
            return Err(WebhookError::ExpiredKey);
        }
        if jwk.kid != asked.as_str() {
            return Err(WebhookError::WrongKey);
        }
        if jwk.kty != "EC"
            || jwk.crv != "P-256"
            || jwk.alg != "ES256"
            || jwk.public_key_use != "sig"
        {
            return Err(WebhookError::UnusableKey);
        }
        let mut public_key = [4; 65];
        let (_, coordinates) = public_key.split_at_mut(1);
        let (x, y) = coordinates.split_at_mut(32);
        decode_coordinate(&jwk.x, x)?;
        decode_coordinate(&jwk.y, y)?;
        Ok(Self { public_key })
    }

    /// The uncompressed point (SEC 1): 4, x, y. What `WebCrypto` imports as `raw`; it
    /// refuses a point that is not on the curve.
    #[must_use]
    pub const fn public_key(&self) -> &[u8; 65] {
        &self.public_key
    }
}

fn decode_coordinate(text: &str, coordinate: &mut [u8]) -> Result<(), WebhookError> {
    // Exact: a coordinate keeps its leading zeros (RFC 7518, section 6.2.1.2).
    match BASE64_URL_SAFE_NO_PAD.decode(text) {
        Ok(bytes) if bytes.len() == coordinate.len() => {
            coordinate.copy_from_slice(&bytes);
            Ok(())
        }
        _ => Err(WebhookError::UnusableKey),
    }
}
