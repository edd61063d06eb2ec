//! The token in `Plaid-Verification`, taken apart.
//! Follows RFC 7515 (compact serialization) and RFC 8725 (pin the algorithm).
//! Invariant: `alg` is ES256 whatever the token says of itself.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::{Claims, WebhookError, read_object};

/// The longest token that is read, in bytes. Plaid's have about 400.
pub const MAX_TOKEN_BYTES: usize = 8 << 10;

/// Bytes of an ES256 signature: r and s, 32 each (RFC 7518, section 3.4).
const SIGNATURE_LEN: usize = 64;

/// The id of a key, in the form of a UUID.
///
/// The sender chooses it, before anything is verified: bound how often an unknown one
/// makes us ask Plaid.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 36]);

impl KeyId {
    /// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, hexadecimal, and keeps its case.
    ///
    /// # Errors
    /// [`WebhookError::MalformedKeyId`].
    pub fn parse(text: &str) -> Result<Self, WebhookError> {
        let bytes: [u8; 36] = text
            .as_bytes()
            .try_into()
            .map_err(|_| WebhookError::MalformedKeyId)?;
        let well_formed = bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
        if well_formed {
            Ok(Self(bytes))
        } else {
            Err(WebhookError::MalformedKeyId)
        }
    }

    /// The id as it was sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Hexadecimal digits and hyphens only.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for KeyId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A token whose signature is still to be verified.
pub struct VerificationToken<'a> {
    key_id: KeyId,
    signing_input: &'a str,
    signature: [u8; SIGNATURE_LEN],
    claims: Claims,
}

/// The members of a JOSE header that decide anything. `typ` and others are passed over.
#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    alg: crate::Text<'a>,
    #[serde(borrow)]
    kid: crate::Text<'a>,
    #[serde(default)]
    crit: Option<IgnoredAny>,
}

impl<'a> VerificationToken<'a> {
    /// Takes the value of the header apart.
    ///
    /// # Errors
    /// [`WebhookError`]: too large, malformed, another algorithm, a critical
    /// extension, a key id that is not a UUID.
    pub fn parse(header_value: &'a str) -> Result<Self, WebhookError> {
        if header_value.len() > MAX_TOKEN_BYTES {
            return Err(WebhookError::TokenTooLarge);
        }
        let (signing_input, signature) = header_value
            .rsplit_once('.')
            .ok_or(WebhookError::MalformedToken)?;
        let (header, payload) = signing_input
            .split_once('.')
            .ok_or(WebhookError::MalformedToken)?;

        let header = decode(header)?;
        let header: Header<'_> = read_object(&header).ok_or(WebhookError::MalformedToken)?;
        if header.alg != "ES256" {
            return Err(WebhookError::WrongAlgorithm);
        }
        if header.crit.is_some() {
            return Err(WebhookError::CriticalExtension);
        }
        let key_id = KeyId::parse(&header.kid)?;
        let signature = decode(signature)?
            .try_into()
            .map_err(|_| WebhookError::MalformedToken)?;
        // A payload with a dot in it is not base64url, so there are three parts exactly.
        let claims = Claims::parse(&decode(payload)?)?;
        Ok(Self {
            key_id,
            signing_input,
            signature,
            claims,
        })
    }

    /// The key to look up.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// What was signed: header and payload, as they were sent.
    #[must_use]
    pub const fn signing_input(&self) -> &'a [u8] {
        self.signing_input.as_bytes()
    }

    /// r and s, the form that `WebCrypto` takes for ECDSA.
    #[must_use]
    pub const fn signature(&self) -> &[u8; SIGNATURE_LEN] {
        &self.signature
    }

    /// What the token says. Call this only when the signature has been verified.
    #[must_use]
    pub fn into_claims_once_verified(self) -> Claims {
        self.claims
    }
}

/// base64url without padding; spare bits must be zero, so each token has one spelling.
fn decode(part: &str) -> Result<Vec<u8>, WebhookError> {
    BASE64_URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| WebhookError::MalformedToken)
}
