//! Parameters on their way to Stripe: `application/x-www-form-urlencoded`, with nested
//! members as `parent[child]`. Follows the bytes that Stripe's own clients send.
//! Invariant: a value cannot end its parameter or begin another.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but RFC 3986's unreserved characters, and brackets: Stripe's clients leave them as
/// they are, in values too.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'[')
    .remove(b']');

/// A form or a query under construction.
pub(crate) struct Form(String);

impl Form {
    pub(crate) const fn new() -> Self {
        Self(String::new())
    }

    /// Adds a parameter. A key is ours, so it stands as it is written.
    pub(crate) fn with(mut self, key: &'static str, value: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.push_str(key);
        self.0.push('=');
        self.0.extend(utf8_percent_encode(value, ENCODED));
        self
    }

    /// Adds a parameter, where there is one.
    pub(crate) fn with_some(self, key: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }
}
