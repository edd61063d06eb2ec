//! AES-256-GCM (NIST SP 800-38D) with a 96-bit nonce and a 128-bit tag, in
//! place. The key schedule is computed once. A text whose tag does not match is
//! never decrypted.

use aes_gcm::{Aes256Gcm, KeyInit as _, aead::AeadInOut as _};

pub(crate) const NONCE: usize = 12;
pub(crate) const TAG: usize = 16;

/// An expanded key, zeroized on drop. Boxed, because a move would leave a copy
/// of the key schedule behind.
pub(crate) struct Cipher(Box<Aes256Gcm>);

/// The tag did not match; the text is as it was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotAuthentic;

impl Cipher {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(Box::new(Aes256Gcm::new(key.into())))
    }

    /// Encrypts `text` in place and returns its tag.
    pub(crate) fn seal(&self, nonce: &[u8; NONCE], aad: &[u8], text: &mut [u8]) -> [u8; TAG] {
        let sealed = self
            .0
            .encrypt_inout_detached(nonce.into(), aad, (&mut *text).into());
        if let Ok(tag) = sealed {
            return tag.into();
        }
        // Only texts of 64 GiB are refused, which nothing here can hold. Were it
        // to happen, the text must not go on in the clear: what is left opens
        // under no key.
        text.fill(0);
        [0; TAG]
    }

    /// Decrypts `text` in place if `tag` is that of the text and `aad`.
    pub(crate) fn open(
        &self,
        nonce: &[u8; NONCE],
        aad: &[u8],
        text: &mut [u8],
        tag: &[u8; TAG],
    ) -> Result<(), NotAuthentic> {
        self.0
            .decrypt_inout_detached(nonce.into(), aad, text.into(), tag.into())
            .map_err(|_| NotAuthentic)
    }
}
