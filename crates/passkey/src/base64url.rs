//! Bytes in JSON: base64url without padding (RFC 4648, section 5), as Web Authentication
//! writes them. Invariant: nothing over its limit is decoded, and bytes have one spelling.

use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::display::Base64Display;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serializer};

/// Decodes at most `limit` bytes.
pub(crate) fn decode(text: &str, limit: usize) -> Option<Vec<u8>> {
    // Three bytes take four characters.
    if text.len() > limit.div_ceil(3) * 4 {
        return None;
    }
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    (bytes.len() <= limit).then_some(bytes)
}

/// For `#[serde(serialize_with)]`.
pub(crate) fn serialize<S: Serializer>(
    bytes: &impl AsRef<[u8]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Base64Display::new(bytes.as_ref(), &BASE64_URL_SAFE_NO_PAD))
}

/// As many bytes as are expected: for `#[serde(with)]` on an array.
pub(crate) fn deserialize<'de, const N: usize, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<[u8; N], D::Error> {
    let Bounded(bytes) = Bounded::<N>::deserialize(deserializer)?;
    bytes
        .try_into()
        .map_err(|_| D::Error::custom("too few bytes"))
}

/// At most `LIMIT` bytes.
pub(crate) struct Bounded<const LIMIT: usize>(pub(crate) Vec<u8>);

impl<'de, const LIMIT: usize> Deserialize<'de> for Bounded<LIMIT> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Base64UrlVisitor::<LIMIT>)
    }
}

struct Base64UrlVisitor<const LIMIT: usize>;

impl<const LIMIT: usize> Visitor<'_> for Base64UrlVisitor<LIMIT> {
    type Value = Bounded<LIMIT>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {LIMIT} bytes in base64url without padding")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        decode(text, LIMIT)
            .map(Bounded)
            .ok_or_else(|| E::custom(format_args!("not {}", &self as &dyn serde::de::Expected)))
    }
}
