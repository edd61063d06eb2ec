//! What the console does by itself, beside the closed set: signing in and out, and reading the
//! public log. None of it is a command that the log would know.

use std::process::ExitCode;

use anyhow::Result;

use crate::{audit, login};

/// One of them.
pub(crate) struct Own {
    /// One word, or two.
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    /// The usage line, and what there is to know.
    pub(crate) help: &'static str,
    /// Runs it on what stands behind its words.
    pub(crate) run: fn(lexopt::Parser) -> Result<ExitCode>,
}

impl Own {
    /// How many words name it.
    pub(crate) fn words(&self) -> usize {
        self.name.split(' ').count()
    }
}

/// All of them, as `--help` lists them.
pub(crate) const COMMANDS: &[Own] = &[
    login::LOGIN,
    login::WHOAMI,
    login::LOGOUT,
    audit::VERIFY,
    audit::STATUS,
];

/// By what is typed.
pub(crate) fn find(first: &str, second: &str) -> Option<&'static Own> {
    COMMANDS.iter().find(|own| match own.name.split_once(' ') {
        Some(pair) => pair == (first, second),
        None => own.name == first,
    })
}
