//! Why someone signs in: what the log says of everything that she does.

use anyhow::Result;

use crate::arguments::{is_text, is_word};
use crate::failure::usage;

const TYPES: [&str; 6] = [
    "support",
    "incident",
    "security",
    "legal",
    "maintenance",
    "review",
];

/// As it was typed.
#[derive(Default)]
pub(super) struct Given {
    pub(super) kind: Option<String>,
    pub(super) words: Option<String>,
    pub(super) ticket: Option<String>,
}

/// One that the service takes.
pub(super) struct Reason {
    pub(super) kind: String,
    pub(super) words: String,
    pub(super) ticket: String,
}

impl Given {
    /// None of them: a session that was opened already has its own.
    pub(super) fn refuse(self) -> Result<()> {
        if self.kind.or(self.words).or(self.ticket).is_some() {
            return Err(usage(
                "--invited takes no reason: the one who invited you gave it",
            ));
        }
        Ok(())
    }

    /// All three, within their bounds.
    pub(super) fn check(self) -> Result<Reason> {
        let given = |text: Option<String>| text.unwrap_or_default().trim().to_owned();
        let (kind, words, ticket) = (given(self.kind), given(self.words), given(self.ticket));
        if !TYPES.contains(&kind.as_str()) {
            return Err(usage(format!(
                "--reason-type is one of {}",
                TYPES.join(", ")
            )));
        }
        if !is_text(&words, 500) {
            return Err(usage(
                "--reason says why, in 1 to 500 characters on one line",
            ));
        }
        if !is_word(&ticket, 64) {
            return Err(usage(
                "--ticket is 1 to 64 characters of ASCII, without spaces",
            ));
        }
        Ok(Reason {
            kind,
            words,
            ticket,
        })
    }
}
