//! Public identifiers: sixteen bytes behind a prefix that says of what.
//!
//! Made ids are UUIDv7. Accounts and transactions are named by the blind index
//! of the provider's id instead: applying a page twice is then an upsert, and
//! the id tells no time.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    platform::{clock, random},
    problem::Result,
};

/// A row's sixteen bytes, thirty-two hex digits in the database.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct RowId(pub(crate) [u8; 16]);

impl RowId {
    /// A fresh UUIDv7.
    pub(crate) fn new() -> Result<Self> {
        let random = random::bytes::<10>()?;
        Ok(Self(
            uuid::Builder::from_unix_timestamp_millis(clock::unix_milliseconds(), &random)
                .into_uuid()
                .into_bytes(),
        ))
    }

    /// One of several that are made together, and sort as they are numbered: within one
    /// request the clock stands still, and what is random sorts as it likes.
    pub(crate) fn numbered(mut self, number: u16) -> Self {
        if let Some(end) = self.0.last_chunk_mut() {
            *end = number.to_be_bytes();
        }
        self
    }

    /// From exactly thirty-two lower-case hex digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits: &[u8; 32] = text.as_bytes().try_into().ok()?;
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = pair else { return None };
            *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
        }
        Some(Self(bytes))
    }

    /// Thirty-two lower-case hex digits.
    pub(crate) fn hex(self) -> String {
        hex(&self.0)
    }
}

const fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    push_hex(&mut text, bytes);
    text
}

/// Appends lower-case hex: used by the thousand on a list.
pub(crate) fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from(if nibble < 10 {
                b'0' + nibble
            } else {
                b'a' + nibble - 10
            }));
        }
    }
}

impl Serialize for RowId {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.hex())
    }
}

impl<'de> Deserialize<'de> for RowId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("not a row id"))
    }
}

macro_rules! public_ids {
    ($($(#[$doc:meta])* $name:ident, $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub(crate) struct $name(pub(crate) RowId);

        impl $name {
            /// What the id begins with in the API.
            pub(crate) const PREFIX: &'static str = $prefix;

            /// As the API shows it.
            pub(crate) fn public(self) -> String {
                let mut text = String::with_capacity(Self::PREFIX.len() + 32);
                text.push_str(Self::PREFIX);
                push_hex(&mut text, &self.0.0);
                text
            }

            /// From the API's form.
            pub(crate) fn parse(text: &str) -> Option<Self> {
                text.strip_prefix(Self::PREFIX).and_then(RowId::parse).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.public())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| de::Error::custom(concat!("not an id that begins ", $prefix)))
            }
        }
    )*};
}

public_ids! {
    /// A person.
    PersonId, "usr_";
    /// A session of hers.
    SessionId, "ses_";
    /// A token of hers for the API.
    ApiTokenId, "tok_";
    /// A WebAuthn credential of hers.
    PasskeyId, "pk_";
    /// The erasure of a person.
    ErasureId, "ers_";
    /// A bank connection (Plaid's Item).
    ItemId, "item_";
    /// An account at a bank.
    AccountId, "acct_";
    /// A transaction.
    TransactionId, "txn_";
    /// Somebody who may use the console.
    OperatorId, "opr_";
    /// A session of the console.
    ConsoleSessionId, "cse_";
    /// A person's consent that an operator sees something.
    ConsentId, "cns_";
}

impl PersonId {
    /// The id under which her keys are wrapped.
    pub(crate) const fn vault(self) -> vault::UserId {
        vault::UserId::from_bytes(self.0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::RowId;

    #[test]
    fn numbered_ids_sort_as_they_are_numbered() {
        let first = RowId([0xff; 16]);
        let ids: Vec<RowId> = (0..600).map(|number| first.numbered(number)).collect();
        assert!(ids.is_sorted_by(|one, next| one < next && one.hex() < next.hex()));
        assert_eq!(ids[258].hex(), "ffffffffffffffffffffffffffff0102");
    }
}
