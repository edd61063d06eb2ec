//! Identifiers of Stripe's that end up in logs and counters.
//! Follows the form of its error types and codes: `snake_case`, and names of parameters.
//! Invariant: whatever was received, a [`Code`] is short and safe to print.

use std::fmt;

/// The longest code that is kept, in bytes. Stripe's longest today has 64.
const MAX_LEN: usize = 80;

/// A code: at most 80 ASCII letters, digits, `_`, `-`, `.`, `[` and `]`.
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
            if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']') {
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
