//! A 64-bit count, which protobuf's JSON writes as a string and others as a number.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

#[derive(Default, Clone, Copy)]
pub(super) struct Count(pub(super) u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl Visitor<'_> for Either {
            type Value = Count;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a count")
            }

            fn visit_u64<E: Error>(self, count: u64) -> Result<Count, E> {
                Ok(Count(count))
            }

            fn visit_str<E: Error>(self, digits: &str) -> Result<Count, E> {
                let count = digits.parse();
                count.map(Count).map_err(|_| E::custom("not a count"))
            }
        }

        deserializer.deserialize_any(Either)
    }
}
