//! The keyring as the operator writes it, a JSON secret, read strictly: a
//! mistake in it must stop the deployment, not change which keys are used.
//!
//! Errors come from our own checks and quote nothing: serde's would repeat what
//! they stumbled over, which may be a key.

use std::{borrow::Cow, fmt};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

/// Why a keyring was refused, without a byte of it but versions and lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// Not a JSON object.
    #[error("the keyring is not a JSON object (line {line}, column {column})")]
    NotAnObject {
        /// The line of the error, from 1.
        line: usize,
        /// The column of the error, from 1.
        column: usize,
    },
    /// A member other than `current` and `keys`.
    #[error("the keyring has a member other than \"current\" and \"keys\"")]
    UnknownMember,
    /// A member that is there twice.
    #[error("the keyring has {0:?} twice")]
    DuplicateMember(&'static str),
    /// A member that is not there.
    #[error("the keyring has no {0:?}")]
    MissingMember(&'static str),
    /// `current` is not an integer from 1 to 65535.
    #[error("\"current\" is not a version, an integer from 1 to 65535")]
    CurrentNotAVersion,
    /// `current` names a key that is not in `keys`.
    #[error("\"current\" is version {0}, which \"keys\" does not hold")]
    CurrentAbsent(u16),
    /// `keys` is not an object of strings.
    #[error("\"keys\" is not an object of strings")]
    KeysNotAnObject,
    /// A member of `keys` that is not the plain decimal form of 1 to 65535.
    #[error("member {position} of \"keys\" is not named for a version, 1 to 65535")]
    NotAVersion {
        /// Which member, from 1.
        position: usize,
    },
    /// Two keys of one version.
    #[error("\"keys\" has version {0} twice")]
    DuplicateVersion(u16),
    /// A key that is not standard base64 with its padding.
    #[error("the key of version {0} is not base64 (standard alphabet, padded)")]
    NotBase64(u16),
    /// A key of another length than 32 bytes.
    #[error("the key of version {version} has {length} bytes instead of 32")]
    KeyLength {
        /// The key's version.
        version: u16,
        /// The length it has.
        length: usize,
    },
}

type Key = Zeroizing<[u8; 32]>;

/// A keyring's content, not yet checked for the current key's presence.
pub(super) struct Document {
    pub(super) current: u16,
    pub(super) keys: Vec<(u16, Key)>,
}

/// Reads the text strictly.
pub(super) fn read(json: &str) -> Result<Document, KeyringError> {
    let Members(members) = serde_json::from_str::<Members<&RawValue>>(json).map_err(|error| {
        KeyringError::NotAnObject {
            line: error.line(),
            column: error.column(),
        }
    })?;
    let (mut current, mut keys) = (None, None);
    for (name, value) in members {
        let (slot, name) = match &*name {
            "current" => (&mut current, "current"),
            "keys" => (&mut keys, "keys"),
            _ => return Err(KeyringError::UnknownMember),
        };
        if slot.replace(value).is_some() {
            return Err(KeyringError::DuplicateMember(name));
        }
    }
    let current = current.ok_or(KeyringError::MissingMember("current"))?;
    let keys = keys.ok_or(KeyringError::MissingMember("keys"))?;
    Ok(Document {
        current: read_current(current)?,
        keys: read_keys(keys)?,
    })
}

fn read_current(value: &RawValue) -> Result<u16, KeyringError> {
    match serde_json::from_str(value.get()) {
        Ok(0) | Err(_) => Err(KeyringError::CurrentNotAVersion),
        Ok(version) => Ok(version),
    }
}

fn read_keys(value: &RawValue) -> Result<Vec<(u16, Key)>, KeyringError> {
    let Members(members) = serde_json::from_str::<Members<Text>>(value.get())
        .map_err(|_| KeyringError::KeysNotAnObject)?;
    let mut keys: Vec<(u16, _)> = Vec::with_capacity(members.len());
    for (index, (name, Text(key))) in members.into_iter().enumerate() {
        let version = version(&name).ok_or(KeyringError::NotAVersion {
            position: index + 1,
        })?;
        if keys.iter().any(|(known, _)| *known == version) {
            return Err(KeyringError::DuplicateVersion(version));
        }
        keys.push((version, decode(version, &key)?));
    }
    Ok(keys)
}

/// The plain decimal form only: `01` or `+1` would name version 1 a second time.
fn version(name: &str) -> Option<u16> {
    let version = name.parse().ok().filter(|version| *version != 0)?;
    (u16::to_string(&version) == name).then_some(version)
}

fn decode(version: u16, base64: &str) -> Result<Key, KeyringError> {
    let bytes = STANDARD
        .decode(base64)
        .map(Zeroizing::new)
        .map_err(|_| KeyringError::NotBase64(version))?;
    let key = <&[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| KeyringError::KeyLength {
        version,
        length: bytes.len(),
    })?;
    Ok(Zeroizing::new(*key))
}

/// A string, borrowed where it holds no escape.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// An object's members as they stand, so that duplicates are seen.
struct Members<'a, T>(Vec<(Cow<'a, str>, T)>);

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Members<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
            type Value = Vec<(Cow<'de, str>, T)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Text(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(members)
            }
        }

        deserializer
            .deserialize_map(Object(std::marker::PhantomData))
            .map(Self)
    }
}
