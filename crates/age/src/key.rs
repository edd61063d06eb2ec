//! Keys as people hand them around: recipients in the open, identities in a safe. Bech32
//! (BIP 173), without its bound on the length.

use std::fmt;

use bech32::{Bech32, Hrp, primitives::decode::CheckedHrpstring};
use thiserror::Error;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize as _, Zeroizing};

const RECIPIENT: Hrp = Hrp::parse_unchecked("age");
const IDENTITY: Hrp = Hrp::parse_unchecked("age-secret-key-");

/// Not a key of this kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("is no key of age's")]
pub struct InvalidKey;

/// Whom a file is for: `age1…`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Recipient(pub(crate) [u8; 32]);

impl Recipient {
    /// From `age1…`.
    ///
    /// # Errors
    /// [`InvalidKey`]
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        let is_lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        match is_lower.then(|| read(text, RECIPIENT)).flatten() {
            Some(key) => Ok(Self(*key)),
            None => Err(InvalidKey),
        }
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        bech32::encode_lower_to_fmt::<Bech32, _>(formatter, RECIPIENT, &self.0)
            .map_err(|_| fmt::Error)
    }
}

/// Who opens a file: `AGE-SECRET-KEY-1…`. No Debug, no Display, wiped on drop.
pub struct Identity(pub(crate) StaticSecret);

impl Identity {
    /// A new one.
    #[must_use]
    pub fn generate(random: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        random(&mut *key);
        Self(StaticSecret::from(*key))
    }

    /// From `AGE-SECRET-KEY-1…`.
    ///
    /// # Errors
    /// [`InvalidKey`]
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        let is_upper = !text.bytes().any(|byte| byte.is_ascii_lowercase());
        match is_upper.then(|| read(text, IDENTITY)).flatten() {
            Some(key) => Ok(Self(StaticSecret::from(*key))),
            None => Err(InvalidKey),
        }
    }

    /// From a file as `age-keygen` writes it: the first line that is neither empty nor a
    /// comment.
    ///
    /// # Errors
    /// [`InvalidKey`]
    pub fn parse_file(text: &str) -> Result<Self, InvalidKey> {
        let mut lines = text.lines().map(str::trim);
        let line = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
        Self::parse(line.ok_or(InvalidKey)?)
    }

    /// Whom files are encrypted to that this opens.
    #[must_use]
    pub fn recipient(&self) -> Recipient {
        Recipient(PublicKey::from(&self.0).to_bytes())
    }

    /// `AGE-SECRET-KEY-1…`, for the one file that it is kept in.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let mut key = self.0.to_bytes();
        let text = bech32::encode_upper::<Bech32>(IDENTITY, &key);
        key.zeroize();
        // 32 bytes are within any bound.
        Zeroizing::new(text.unwrap_or_default())
    }
}

fn read(text: &str, kind: Hrp) -> Option<Zeroizing<[u8; 32]>> {
    let checked = CheckedHrpstring::new::<Bech32>(text).ok()?;
    if checked.hrp() != kind {
        return None;
    }
    let mut key = Zeroizing::new([0; 32]);
    let mut bytes = checked.byte_iter();
    for byte in key.iter_mut() {
        *byte = bytes.next()?;
    }
    bytes.next().is_none().then_some(key)
}
