//! A credential as it is kept, and as it is named to a browser.
//! Follows sections 4 ("credential record") and 5.8.3 (`PublicKeyCredentialDescriptor`).

use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::base64url::{self, Bounded};
use crate::public_key::PublicKey;

/// The longest credential id there is, in bytes (section 4).
const MAX_ID_BYTES: usize = 1023;

/// The name of a credential, 1 to 1,023 bytes of the authenticator's choice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CredentialId(Vec<u8>);

impl CredentialId {
    /// `None` where there are too few bytes, or too many.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        (1..=MAX_ID_BYTES)
            .contains(&bytes.len())
            .then_some(Self(bytes))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Serialize for CredentialId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        base64url::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for CredentialId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Bounded(bytes) = Bounded::<MAX_ID_BYTES>::deserialize(deserializer)?;
        Self::new(bytes).ok_or_else(|| serde::de::Error::custom("an empty credential id"))
    }
}

/// How a browser reaches an authenticator (section 5.8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// A cable, or a socket of the machine.
    Usb,
    /// Near-field communication.
    Nfc,
    /// Bluetooth low energy.
    Ble,
    /// A smart card by its contacts.
    SmartCard,
    /// A phone that is near, over the network.
    Hybrid,
    /// Built into the machine.
    Internal,
}

/// A hint for the browser's next request: each known transport at most once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Transports(Vec<Transport>);

impl Transports {
    /// In the order of the browser.
    #[must_use]
    pub fn as_slice(&self) -> &[Transport] {
        &self.0
    }
}

impl FromIterator<Transport> for Transports {
    fn from_iter<I: IntoIterator<Item = Transport>>(transports: I) -> Self {
        let mut each = Vec::new();
        for transport in transports {
            if !each.contains(&transport) {
                each.push(transport);
            }
        }
        Self(each)
    }
}

/// What is not known is dropped: a hint that cannot be used harms nobody.
impl<'de> Deserialize<'de> for Transports {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Hint {
            Known(Transport),
            Unknown(serde::de::IgnoredAny),
        }
        let hints = Vec::<Hint>::deserialize(deserializer)?;
        let known = hints.into_iter().filter_map(|hint| match hint {
            Hint::Known(transport) => Some(transport),
            Hint::Unknown(_) => None,
        });
        Ok(known.collect())
    }
}

/// What is kept of a registration: personal data, to be sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Unique across all people, which the caller sees to.
    pub id: CredentialId,
    /// What assertions are verified with.
    pub public_key: PublicKey,
    /// The authenticator's count of signatures, 0 where it keeps none. To be replaced by that
    /// of each [`Assertion`](crate::Assertion).
    pub counter: u32,
    /// Whether it may leave the authenticator, as a synchronized passkey does. Never changes.
    pub backup_eligible: bool,
    /// Whether it has. To be replaced by that of each assertion.
    pub backed_up: bool,
    /// How to reach it.
    #[serde(default)]
    pub transports: Transports,
}

impl Credential {
    /// Names it to a browser.
    #[must_use]
    pub const fn descriptor(&self) -> Descriptor<'_> {
        Descriptor {
            id: &self.id,
            transports: &self.transports,
        }
    }
}

/// A credential, named to a browser.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(tag = "type", rename = "public-key")]
pub struct Descriptor<'a> {
    /// Which.
    pub id: &'a CredentialId,
    /// How to reach it.
    pub transports: &'a Transports,
}
