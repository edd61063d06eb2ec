//! The key-encryption keys of a deployment, and the data keys they wrap:
//!
//! ```text
//! B2 ‖ 01 ‖ kek_version_u16 ‖ nonce12 ‖ ct32 ‖ tag16 ‖ commitment32
//! AAD = "BAL1" ‖ 02 ‖ first 4 bytes ‖ user16 ‖ gen_u16 ‖ commitment32
//! ```
//!
//! Rotation re-wraps these 96 bytes and touches nothing that a data key sealed.
//! A data key leaves `unwrap` only once it has met its commitment.

mod document;

use std::collections::BTreeMap;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

pub use document::KeyringError;

use crate::{
    DataKey, Generation, OpenError, UserId,
    aead::{Cipher, NONCE, TAG},
    data_key::COMMITMENT,
    kdf::Prk,
    layout::{self, FORMAT},
};

const WRAPPED: u8 = 0xB2;
const VERSION: u8 = 1;
/// What of the header is authenticated as it stands: all but the nonce.
const LEADER: usize = 4;
const AAD: usize = 59;

/// The key-encryption keys, by version, each with its schedule computed once.
/// Zeroized on drop.
pub struct Keyring {
    current_version: u16,
    current: Cipher,
    others: BTreeMap<u16, Cipher>,
}

impl Keyring {
    /// Reads a keyring such as `{"current":2,"keys":{"1":"<base64>","2":"…"}}`:
    /// keys of 32 bytes in padded base64, under versions from 1 to 65535.
    ///
    /// # Errors
    /// [`KeyringError`] for anything else. It quotes nothing of the text, which
    /// may hold a key in the wrong place.
    pub fn parse(json: &str) -> Result<Self, KeyringError> {
        let document::Document { current, keys } = document::read(json)?;
        let mut others: BTreeMap<u16, Cipher> = keys
            .into_iter()
            .map(|(version, key)| (version, kek_cipher(&key)))
            .collect();
        let cipher = others
            .remove(&current)
            .ok_or(KeyringError::CurrentAbsent(current))?;
        Ok(Self {
            current_version: current,
            current: cipher,
            others,
        })
    }

    /// The version that [`wrap`](Self::wrap) wraps under.
    #[must_use]
    pub fn current_version(&self) -> u16 {
        self.current_version
    }

    /// All versions that can be unwrapped, the current one first.
    pub fn versions(&self) -> impl Iterator<Item = u16> {
        std::iter::once(self.current_version).chain(self.others.keys().copied())
    }

    /// Wraps the data key of `user` and `generation` under the current version.
    /// `nonce` is random and used only here.
    #[must_use]
    pub fn wrap(
        &self,
        key: &DataKey,
        user: UserId,
        generation: Generation,
        nonce: [u8; 12],
    ) -> WrappedKey {
        let leader = leader(self.current_version);
        let commitment = key.commitment(user);
        let mut text = Zeroizing::new(*key.expose());
        let aad = aad(leader, user, generation, &commitment);
        let tag = self.current.seal(&nonce, &aad, text.as_mut_slice());
        WrappedKey(layout::concat(&[
            &leader,
            &nonce,
            text.as_slice(),
            &tag,
            &commitment,
        ]))
    }

    /// The data key of `user` and `generation`, under whichever version of the
    /// keyring it was wrapped.
    ///
    /// # Errors
    /// [`OpenError::Malformed`], [`OpenError::UnknownKeyVersion`],
    /// [`OpenError::NotAuthentic`] or [`OpenError::Commitment`].
    pub fn unwrap(
        &self,
        wrapped: &[u8],
        user: UserId,
        generation: Generation,
    ) -> Result<DataKey, OpenError> {
        let parts = Parts::read(wrapped)?;
        let version = version_in(parts.leader)?;
        let cipher = if version == self.current_version {
            &self.current
        } else {
            self.others
                .get(&version)
                .ok_or(OpenError::UnknownKeyVersion(version))?
        };
        let mut key = Zeroizing::new(*parts.text);
        let aad = aad(parts.leader, user, generation, parts.commitment);
        cipher
            .open(parts.nonce, &aad, key.as_mut_slice(), parts.tag)
            .map_err(|_| OpenError::NotAuthentic)?;
        let key = DataKey::from_bytes(key);
        if bool::from(key.commitment(user).ct_eq(parts.commitment)) {
            Ok(key)
        } else {
            Err(OpenError::Commitment)
        }
    }

    /// The same data key, wrapped under the current version. What it sealed
    /// stays as it is. `nonce` is random and used only here.
    ///
    /// # Errors
    /// As [`unwrap`](Self::unwrap).
    pub fn rewrap(
        &self,
        wrapped: &[u8],
        user: UserId,
        generation: Generation,
        nonce: [u8; 12],
    ) -> Result<WrappedKey, OpenError> {
        let key = self.unwrap(wrapped, user, generation)?;
        Ok(self.wrap(&key, user, generation, nonce))
    }

    /// The version a wrapped key names: what tells a rotation which keys are
    /// left. Not authenticated until the key is unwrapped.
    ///
    /// # Errors
    /// [`OpenError::Malformed`] if this is no wrapped key.
    pub fn wrapped_version(wrapped: &[u8]) -> Result<u16, OpenError> {
        version_in(Parts::read(wrapped)?.leader)
    }
}

/// `Expand(Extract("balance/v1/kek", KEK), "balance/v1/kek-wrap")`.
fn kek_cipher(kek: &[u8; 32]) -> Cipher {
    Cipher::new(&Prk::extract(b"balance/v1/kek", kek).expand(b"balance/v1/kek-wrap", &[]))
}

fn aad(
    leader: [u8; LEADER],
    user: UserId,
    generation: Generation,
    commitment: &[u8; COMMITMENT],
) -> [u8; AAD] {
    layout::concat(&[
        FORMAT,
        &[2],
        &leader,
        user.as_bytes(),
        &generation.0.to_be_bytes(),
        commitment,
    ])
}

/// A data key as it is stored. Not secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrappedKey([u8; WrappedKey::LEN]);

impl WrappedKey {
    /// The length of every wrapped key.
    pub const LEN: usize = LEADER + NONCE + 32 + TAG + COMMITMENT;

    /// The bytes to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl AsRef<[u8]> for WrappedKey {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The fields of a wrapped key, where they lie.
struct Parts<'a> {
    leader: [u8; LEADER],
    nonce: &'a [u8; NONCE],
    text: &'a [u8; 32],
    tag: &'a [u8; TAG],
    commitment: &'a [u8; COMMITMENT],
}

impl<'a> Parts<'a> {
    fn read(wrapped: &'a [u8]) -> Result<Self, OpenError> {
        Self::split(wrapped).ok_or(OpenError::Malformed)
    }

    fn split(wrapped: &'a [u8]) -> Option<Self> {
        let (&leader, rest) = wrapped.split_first_chunk()?;
        let (nonce, rest) = rest.split_first_chunk()?;
        let (text, rest) = rest.split_first_chunk()?;
        let (tag, rest) = rest.split_first_chunk()?;
        let commitment = rest.try_into().ok()?;
        Some(Self {
            leader,
            nonce,
            text,
            tag,
            commitment,
        })
    }
}

fn leader(version: u16) -> [u8; LEADER] {
    let [high, low] = version.to_be_bytes();
    [WRAPPED, VERSION, high, low]
}

fn version_in(leader: [u8; LEADER]) -> Result<u16, OpenError> {
    match leader {
        [WRAPPED, VERSION, high, low] => Ok(u16::from_be_bytes([high, low])),
        _ => Err(OpenError::Malformed),
    }
}

#[cfg(test)]
mod tests;
