//! The data key of one user and generation, random, stored only wrapped. It is
//! never used itself: everything is derived from it (`generation_keys`).

use zeroize::Zeroizing;

use crate::{UserId, kdf::Prk};

/// The length of a key's commitment.
pub(crate) const COMMITMENT: usize = 32;

/// 32 random bytes, zeroized on drop, boxed because a move would leave a copy
/// behind. Made once per user and generation; whoever has it reads that user.
pub struct DataKey(Box<Zeroizing<[u8; 32]>>);

impl DataKey {
    /// The key with these bytes, which must come from the platform's generator.
    #[must_use]
    pub fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(Box::new(bytes))
    }

    /// What is wrapped. Never leaves the crate.
    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The root of all keys that `user` has from this one.
    pub(crate) fn extract(&self, user: UserId) -> Prk {
        Prk::extract(user.as_bytes(), self.expose())
    }

    /// The value that a wrapped key commits to. AES-GCM alone does not: one
    /// ciphertext can be made to open under two keys.
    pub(crate) fn commitment(&self, user: UserId) -> [u8; COMMITMENT] {
        *self.extract(user).expand(b"balance/v1/commit", &[])
    }
}
