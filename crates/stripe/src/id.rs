//! The ids of Stripe's objects: a prefix that names the kind, then letters and digits.
//! Follows Stripe's advice to keep up to 255 characters of one.
//! Invariant: an id can stand in a path as it is, and is of the kind its type says.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

/// Bytes, prefix included.
const MAX_LEN: usize = 255;

fn is_id(text: &str, prefix: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let rest = text.strip_prefix(prefix).unwrap_or_default();
    !rest.is_empty() && text.len() <= MAX_LEN && rest.bytes().all(word)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            #[doc = concat!("Reads `", $prefix, "…`: at most 255 letters, digits and `_`.")]
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                is_id(text, $prefix).then(|| Self(text.into()))
            }

            /// The id.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(&String::deserialize(deserializer)?)
                    .ok_or_else(|| D::Error::custom("another kind of id"))
            }
        }
    };
}

id! {
    /// A customer: one of our users, as Stripe knows them. Seal it; never log it.
    ///
    /// ```compile_fail,E0277
    /// let customer = stripe::CustomerId::parse("cus_1");
    /// println!("{customer:?}");
    /// ```
    CustomerId, "cus_"
}

id! {
    /// A subscription. Seal it; never log it.
    ///
    /// ```compile_fail,E0277
    /// let subscription = stripe::SubscriptionId::parse("sub_1");
    /// println!("{subscription:?}");
    /// ```
    SubscriptionId, "sub_"
}

id! {
    /// A Checkout session.
    CheckoutSessionId, "cs_"
}

id! {
    /// An event: the same in each of its deliveries.
    EventId, "evt_"
}
