//! The age file format, version 1 (<https://c2sp.org/age>), with X25519 recipients: a file that
//! was encrypted to several is opened by the identity of any of them, and by nobody else, whoever
//! encrypted it included. Any age program opens it.
//!
//! Sans-IO: the caller brings the randomness.
//!
//! ```
//! use age::{Identity, decrypt, encrypt};
//!
//! let mut random = |bytes: &mut [u8]| bytes.fill(7); // the platform's, outside of a test
//! let identity = Identity::generate(&mut random);
//! let file = encrypt(&[identity.recipient()], b"attack at dawn", &mut random).unwrap();
//! assert_eq!(*decrypt(&[identity], &file).unwrap(), b"attack at dawn");
//! ```
//!
//! Invariant: nothing of a file is given out that was changed, cut or put together otherwise.

mod header;
mod key;
mod stream;
mod x25519;

pub use key::{Identity, InvalidKey, Recipient};

use thiserror::Error;
use zeroize::Zeroizing;

use header::Header;

/// The most recipients of one file.
pub const MAX_RECIPIENTS: usize = 20;

/// Why nothing was encrypted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum EncryptError {
    /// A file for nobody, or for more than [`MAX_RECIPIENTS`].
    #[error("a file has 1 to {MAX_RECIPIENTS} recipients")]
    Recipients,
    /// A recipient whose key would give every file away.
    #[error("a recipient is none")]
    WeakRecipient,
}

/// Why a file was not opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum DecryptError {
    /// This is no file of the format.
    #[error("this is no age file of version 1")]
    Header,
    /// It was encrypted to others.
    #[error("none of the identities opens this file")]
    NoMatch,
    /// Its header was changed.
    #[error("the header of the file was changed")]
    HeaderMac,
    /// Its content was changed, cut or put together otherwise.
    #[error("the content of the file was changed or cut")]
    Payload,
}

type FileKey = Zeroizing<[u8; 16]>;

/// Encrypts to recipients, each of whom can open it. `random` fills with the platform's
/// randomness.
///
/// # Errors
/// [`EncryptError`]
pub fn encrypt(
    recipients: &[Recipient],
    plain: &[u8],
    random: &mut dyn FnMut(&mut [u8]),
) -> Result<Vec<u8>, EncryptError> {
    if recipients.is_empty() || recipients.len() > MAX_RECIPIENTS {
        return Err(EncryptError::Recipients);
    }
    let mut file_key = FileKey::default();
    random(&mut *file_key);
    let mut nonce = [0; stream::NONCE];
    random(&mut nonce);
    let mut file = header::begin();
    for recipient in recipients {
        let stanza = x25519::wrap(recipient, &file_key, random);
        header::push_stanza(&mut file, &stanza.ok_or(EncryptError::WeakRecipient)?);
    }
    header::finish(&mut file, &file_key);
    file.extend_from_slice(&nonce);
    stream::seal(&file_key, &nonce, plain, &mut file);
    Ok(file)
}

/// Opens a file with the first of these identities that can.
///
/// # Errors
/// [`DecryptError`]
pub fn decrypt(identities: &[Identity], file: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let (header, payload) = Header::read(file).ok_or(DecryptError::Header)?;
    let mut found = None;
    for stanza in &header.stanzas {
        // The format's own recipients are held to their form, whoever they are for.
        let Some(stanza) = x25519::Stanza::read(stanza) else {
            continue;
        };
        let stanza = stanza.map_err(|_| DecryptError::Header)?;
        for identity in identities {
            if found.is_none() {
                found = x25519::unwrap(identity, &stanza).map_err(|_| DecryptError::Header)?;
            }
        }
    }
    let file_key = found.ok_or(DecryptError::NoMatch)?;
    if !header.holds(&file_key) {
        return Err(DecryptError::HeaderMac);
    }
    stream::open(&file_key, payload)
}
