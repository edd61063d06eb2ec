//! The header `Stripe-Signature`: `t=…,v1=…[,v1=…][,v0=…]`.
//! Follows Stripe's scheme `v1`: HMAC-SHA256 (RFC 2104) in lower-case hexadecimal, keyed
//! with the secret as it is shown, `whsec_` included. A rolled secret sends several.
//! Invariant: how long it takes does not tell which signature or secret was nearly right.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::secret::is_printable;

/// The header that carries the signatures.
pub const SIGNATURE_HEADER: &str = "stripe-signature";

/// How far the time of signing may be from ours, before or after.
pub const TOLERANCE_SECONDS: i64 = 300;

/// The longest header that is read, in bytes. One with two signatures has about 230.
const MAX_HEADER_BYTES: usize = 4096;

/// The most `key=value` elements of a header.
const MAX_ELEMENTS: usize = 32;

/// Digits of a time: enough until the year 33658.
const MAX_DIGITS: usize = 12;

/// The secret of a webhook endpoint.
///
/// ```compile_fail,E0277
/// let secret = stripe::webhook::SigningSecret::new("whsec_test".to_owned());
/// println!("{secret:?}");
/// ```
pub struct SigningSecret(Zeroizing<String>);

impl SigningSecret {
    /// Takes a secret over; `None` for what cannot be one: nothing, or a character that
    /// is not visible ASCII.
    #[must_use]
    pub fn new(secret: String) -> Option<Self> {
        let secret = Zeroizing::new(secret);
        is_printable(&secret).then_some(Self(secret))
    }

    /// What Stripe would sign `body` with at `time`, which is in decimal digits.
    fn sign(&self, time: &str, body: &[u8]) -> Option<[u8; 32]> {
        // Never `None`: HMAC takes a key of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).ok()?;
        mac.update(time.as_bytes());
        mac.update(b".");
        mac.update(body);
        Some(mac.finalize().into_bytes().into())
    }
}

/// Why a webhook is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{}", self.reason())]
pub enum SignatureError {
    /// Too long, not `key=value` elements, or not exactly one time.
    Malformed,
    /// No `v1` among the elements.
    NoSignature,
    /// No signature is of one of the secrets, for this time and this body.
    WrongSignature,
    /// Signed with a secret of ours, more than [`TOLERANCE_SECONDS`] from now.
    Skewed,
}

impl SignatureError {
    /// The reason in words, the same each time.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "the signature header is malformed",
            Self::NoSignature => "the signature header has no v1 signature",
            Self::WrongSignature => "no signature matches",
            Self::Skewed => "the signature is too old or from the future",
        }
    }
}

/// Holds a webhook's header against its raw body, the secrets that are valid now, and the
/// time in seconds since 1970.
///
/// # Errors
/// [`SignatureError`]. A skewed time is told only of a webhook that a secret has signed.
pub fn verify(
    header: &str,
    body: &[u8],
    secrets: &[SigningSecret],
    now: i64,
) -> Result<(), SignatureError> {
    let header = Header::parse(header)?;
    let mut matched = Choice::from(0);
    for secret in secrets {
        let expected = secret
            .sign(header.time, body)
            .ok_or(SignatureError::WrongSignature)?;
        for signature in &header.signatures {
            matched |= expected.ct_eq(signature);
        }
    }
    if !bool::from(matched) {
        return Err(SignatureError::WrongSignature);
    }
    if now.abs_diff(header.seconds) > TOLERANCE_SECONDS.unsigned_abs() {
        return Err(SignatureError::Skewed);
    }
    Ok(())
}

/// A header taken apart.
struct Header<'a> {
    /// The time as it was written, which is what is signed.
    time: &'a str,
    seconds: i64,
    signatures: Vec<[u8; 32]>,
}

impl<'a> Header<'a> {
    fn parse(header: &'a str) -> Result<Self, SignatureError> {
        if header.len() > MAX_HEADER_BYTES || header.split(',').count() > MAX_ELEMENTS {
            return Err(SignatureError::Malformed);
        }
        let (mut time, mut has_v1, mut signatures) = (None, false, Vec::new());
        for element in header.split(',') {
            match element.split_once('=').ok_or(SignatureError::Malformed)? {
                ("t", digits) if time.is_none() => time = Some(digits),
                ("t", _) => return Err(SignatureError::Malformed),
                ("v1", signature) => {
                    has_v1 = true;
                    // What is not 64 digits matches nothing, and does not spoil the others.
                    signatures.extend(digest_from_hex(signature));
                }
                // `v0` is for Stripe's tests, and what comes after `v1` is not yet known.
                _ => {}
            }
        }
        let time = time.ok_or(SignatureError::Malformed)?;
        let seconds = seconds(time).ok_or(SignatureError::Malformed)?;
        if !has_v1 {
            return Err(SignatureError::NoSignature);
        }
        Ok(Self {
            time,
            seconds,
            signatures,
        })
    }
}

/// Decimal digits and nothing else; `parse` alone would take a sign.
fn seconds(digits: &str) -> Option<i64> {
    let plain = digits.len() <= MAX_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// 64 hexadecimal digits, in lower case.
fn digest_from_hex(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    let decoded = base16ct::lower::decode(text, &mut digest).ok()?;
    (decoded.len() == 32).then_some(digest)
}
