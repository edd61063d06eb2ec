//! Which account.

use thiserror::Error;

/// An account's id: 32 hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountId(String);

/// This is no id of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("is not 32 hexadecimal digits")]
pub struct NotAnAccount;

impl AccountId {
    /// From the text that the dashboard shows.
    ///
    /// # Errors
    /// [`NotAnAccount`]
    pub fn parse(text: &str) -> Result<Self, NotAnAccount> {
        let is_id = text.len() == 32 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_id
            .then(|| Self(text.to_ascii_lowercase()))
            .ok_or(NotAnAccount)
    }

    /// As it stands in a path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
