//! The X25519 recipient type: the file's key under a key that a fresh pair and the recipient's
//! agree on.

use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _, aead::AeadInOut as _};
use hkdf::Hkdf;
use sha2::Sha256;
use x25519_dalek::{PublicKey, SharedSecret, StaticSecret};
use zeroize::Zeroizing;

use crate::{
    FileKey,
    header::{self, decoded, encoded},
    key::{Identity, Recipient},
};

const KIND: &str = "X25519";
const INFO: &[u8] = b"age-encryption.org/v1/X25519";
const WRAPPED: usize = 16;
const TAG: usize = 16;

/// A stanza of this kind.
pub(crate) struct Stanza {
    share: [u8; 32],
    wrapped: [u8; WRAPPED],
    tag: [u8; TAG],
}

/// A stanza that says it is of this kind, and is not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Malformed;

impl Stanza {
    /// None where it is of another kind.
    pub(crate) fn read(stanza: &header::Stanza) -> Option<Result<Self, Malformed>> {
        let [kind, arguments @ ..] = stanza.arguments.as_slice() else {
            return None;
        };
        (kind == KIND).then(|| Self::read_own(arguments, &stanza.body).ok_or(Malformed))
    }

    fn read_own(arguments: &[String], body: &[u8]) -> Option<Self> {
        let [share] = arguments else { return None };
        let (wrapped, tag) = body.split_first_chunk()?;
        Some(Self {
            share: decoded(share.as_bytes())?.try_into().ok()?,
            wrapped: *wrapped,
            tag: tag.try_into().ok()?,
        })
    }
}

/// Wraps the file's key. None to a recipient that is no key: anybody could unwrap it.
pub(crate) fn wrap(
    recipient: &Recipient,
    file_key: &FileKey,
    random: &mut dyn FnMut(&mut [u8]),
) -> Option<header::Stanza> {
    let mut ephemeral = Zeroizing::new([0; 32]);
    random(&mut *ephemeral);
    let ephemeral = StaticSecret::from(*ephemeral);
    let share = PublicKey::from(&ephemeral).to_bytes();
    let shared = ephemeral.diffie_hellman(&PublicKey::from(recipient.0));
    let cipher = cipher(&shared, &share, recipient)?;
    let mut wrapped = file_key.to_vec();
    let tag = cipher
        .encrypt_inout_detached(&[0; 12].into(), b"", wrapped.as_mut_slice().into())
        .ok()?;
    wrapped.extend_from_slice(&tag);
    Some(header::Stanza {
        arguments: vec![KIND.to_owned(), encoded(&share)],
        body: wrapped,
    })
}

/// Unwraps the file's key; none where it is for another.
pub(crate) fn unwrap(identity: &Identity, stanza: &Stanza) -> Result<Option<FileKey>, Malformed> {
    let shared = identity.0.diffie_hellman(&PublicKey::from(stanza.share));
    let recipient = identity.recipient();
    let cipher = cipher(&shared, &stanza.share, &recipient).ok_or(Malformed)?;
    let mut file_key = FileKey::new(stanza.wrapped);
    let opened = cipher.decrypt_inout_detached(
        &[0; 12].into(),
        b"",
        file_key.as_mut_slice().into(),
        &stanza.tag.into(),
    );
    Ok(opened.is_ok().then_some(file_key))
}

/// None where the two agreed on nothing: a key of a small order.
fn cipher(
    shared: &SharedSecret,
    share: &[u8; 32],
    recipient: &Recipient,
) -> Option<ChaCha20Poly1305> {
    if !shared.was_contributory() {
        return None;
    }
    let salt = [share.as_slice(), &recipient.0].concat();
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(&salt), shared.as_bytes())
        .expand(INFO, &mut *key)
        .ok()?;
    Some(ChaCha20Poly1305::new((&*key).into()))
}
