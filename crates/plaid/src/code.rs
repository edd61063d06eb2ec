//! Identifiers of Plaid's that end up in logs and counters.
//! Follows the form Plaid's codes have: `UPPER_SNAKE_CASE`, and request ids.
//! Invariant: whatever was received, a [`Code`] is short and safe to print.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};

/// The longest code that is kept, in bytes. Plaid's longest today has 46.
const MAX_LEN: usize = 64;

/// A code or a request id: at most 64 ASCII letters, digits, `_`, `-` and `.`.
///
/// Anything else that was sent reads `?`, and what is too long is cut, so that a
/// stranger's bytes cannot write into a log.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Code(Box<str>);

impl Code {
    /// The code as received, made safe.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let safe = |c: char| {
            if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') {
                c
            } else {
                '?'
            }
        };
        Self(text.chars().take(MAX_LEN).map(safe).collect())
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyText;

        impl Visitor<'_> for AnyText {
            type Value = Code;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Code, E> {
                Ok(Code::new(text))
            }
        }

        deserializer.deserialize_str(AnyText)
    }
}
