//! What ends a command, and with which code: 1 refused or failed, 2 not understood.

use std::fmt;

/// What was typed cannot be taken; nothing was sent.
#[derive(Debug)]
pub(crate) struct Usage(String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// An error of what was typed.
pub(crate) fn usage(message: impl Into<String>) -> anyhow::Error {
    Usage(message.into()).into()
}

/// Whether an error is one of what was typed.
pub(crate) fn is_usage(error: &anyhow::Error) -> bool {
    error.is::<Usage>() || error.is::<lexopt::Error>()
}
