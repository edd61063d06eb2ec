//! HMAC-SHA256 (RFC 2104), and on it HKDF-SHA256 (RFC 5869) for keys of exactly
//! one hash length.
//!
//! `Expand` to 32 bytes is a single HMAC, written out here because a general
//! `Expand` can fail on its length, and a failure that went unseen would be a
//! key of zeros. This one has no failure.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

/// An HMAC key with its schedule computed, zeroized on drop. Boxed, because a
/// move would leave a copy behind.
pub(crate) struct HmacKey(Box<Hmac<Sha256>>);

impl HmacKey {
    /// A key of at most one block.
    pub(crate) fn new<const N: usize>(key: &[u8; N]) -> Self {
        const { assert!(N <= 64, "a longer key would have to be hashed first") };
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        for (slot, byte) in block.iter_mut().zip(key) {
            *slot = *byte;
        }
        let hmac = Box::new(Hmac::new(&block));
        block.zeroize();
        Self(hmac)
    }

    /// The tag of the parts end to end. It may itself be a key.
    pub(crate) fn tag(&self, parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        let mut hmac = Hmac::clone(&self.0);
        for part in parts {
            hmac.update(part);
        }
        let mut bytes = hmac.finalize().into_bytes();
        let tag = Zeroizing::new(bytes.into());
        bytes.zeroize();
        tag
    }
}

/// A pseudorandom key, from which keys are expanded.
pub(crate) struct Prk(HmacKey);

impl Prk {
    /// `Extract(salt, IKM)`.
    pub(crate) fn extract<const N: usize>(salt: &[u8; N], key_material: &[u8]) -> Self {
        Self(HmacKey::new(&HmacKey::new(salt).tag(&[key_material])))
    }

    /// `Expand(PRK, label ‖ context)` to 32 bytes.
    pub(crate) fn expand(&self, label: &[u8], context: &[u8]) -> Zeroizing<[u8; 32]> {
        self.0.tag(&[label, context, &[1]])
    }
}
