//! The public key of a credential, as it is verified with and as it is kept.
//! Invariant: each algorithm has the one form of key that the relying party offered.

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::base64url::{self, Bounded};

/// An algorithm that the relying party offers (RFC 9053, RFC 8812).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

impl Algorithm {
    /// All that are offered, the best liked first.
    pub(crate) const OFFERED: [Self; 3] = [Self::Es256, Self::EdDsa, Self::Rs256];

    /// Its number in IANA's registry "COSE Algorithms".
    #[must_use]
    pub const fn cose_id(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Rs256 => -257,
        }
    }

    /// Its name there.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
        }
    }
}

/// A public key, in the form in which `WebCrypto` imports it. Whether a point is on its curve
/// is left to the import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PublicKey {
    /// The uncompressed point (SEC 1): 4, x, y.
    #[serde(rename = "ES256", with = "base64url")]
    Es256([u8; 65]),
    /// The encoded point (RFC 8032).
    #[serde(rename = "EdDSA", with = "base64url")]
    EdDsa([u8; 32]),
    /// The modulus; the exponent is [`RSA_EXPONENT`].
    #[serde(rename = "RS256")]
    Rs256(RsaModulus),
}

impl PublicKey {
    /// What it verifies.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Es256(_) => Algorithm::Es256,
            Self::EdDsa(_) => Algorithm::EdDsa,
            Self::Rs256(_) => Algorithm::Rs256,
        }
    }
}

/// The public exponent of every RSA key taken here: 65537, big-endian; `AQAB` in a JWK.
pub const RSA_EXPONENT: [u8; 3] = [1, 0, 1];

/// The modulus of an RSA key of 2,048 to 4,096 bits: fewer are weak, more are slow to verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RsaModulus(Vec<u8>);

impl RsaModulus {
    const MAX_BYTES: usize = 512;

    /// `None` unless it is odd, big-endian without leading zeros, and of such a size.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        let (first, last) = (bytes.first()?, bytes.last()?);
        let bits = bytes.len() * 8 - first.leading_zeros() as usize;
        let is_usable = *first != 0 && (2048..=4096).contains(&bits) && last % 2 == 1;
        is_usable.then_some(Self(bytes))
    }

    /// Big-endian, without leading zeros.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The member `n` of a JWK (RFC 7518, section 6.3.1.1).
    #[must_use]
    pub fn to_base64url(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(&self.0)
    }
}

impl Serialize for RsaModulus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        base64url::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for RsaModulus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Bounded(bytes) = Bounded::<{ Self::MAX_BYTES }>::deserialize(deserializer)?;
        Self::new(bytes).ok_or_else(|| serde::de::Error::custom("not a usable RSA modulus"))
    }
}
