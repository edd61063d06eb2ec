//! The challenge of a ceremony (section 13.4.3): what makes a response fresh.

use core::fmt;

use serde::{Serialize, Serializer};
use subtle::ConstantTimeEq as _;

use crate::base64url;

/// 32 bytes, random or a hash, that the authenticator signs. Good once, and not for long:
/// the caller sees to both.
#[derive(Clone, Copy)]
pub struct Challenge([u8; 32]);

impl Challenge {
    /// The challenge with these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be kept until the response comes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether base64url text says this challenge.
    pub(crate) fn is_spelt(&self, text: &str) -> bool {
        base64url::decode(text, self.0.len())
            .is_some_and(|bytes| bytes.ct_eq(self.0.as_slice()).into())
    }
}

/// In constant time.
impl PartialEq for Challenge {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Challenge {}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenge(…)")
    }
}

impl Serialize for Challenge {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        base64url::serialize(&self.0, serializer)
    }
}
