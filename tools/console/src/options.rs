//! What every command takes: where, and where it keeps what it keeps.

use std::env;
use std::path::PathBuf;

use anyhow::Result;
use lexopt::ValueExt as _;

use crate::failure::usage;
use crate::origin::Origin;
use crate::state::State;

const VARIABLE: &str = "BALANCE_CONSOLE_ORIGIN";
/// The origin of the last sign-in, for the next one.
const FILE: &str = "origin";

/// For `--help`.
pub(crate) const HELP: &[(&str, &str)] = &[
    (
        "--origin URL",
        "the service, such as https://balance.example; BALANCE_CONSOLE_ORIGIN, or where you \
         signed in last",
    ),
    (
        "--state-dir DIR",
        "where the session and what was seen of the audit log are kept; BALANCE_CONSOLE_STATE, \
         or balance-console below $XDG_STATE_HOME",
    ),
    ("--json", "print the service's reply as it is"),
];

/// What was typed of them.
#[derive(Default)]
pub(crate) struct Options {
    origin: Option<String>,
    state: Option<PathBuf>,
    pub(crate) json: bool,
}

impl Options {
    /// Takes an option, where it is one of these.
    pub(crate) fn take(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<bool> {
        match name {
            "origin" => self.origin = Some(parser.value()?.string()?),
            "state-dir" => self.state = Some(parser.value()?.into()),
            "json" => self.json = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The folder of the state.
    pub(crate) fn state(&self) -> Result<State> {
        State::find(self.state.clone())
    }

    /// The origin that was asked for, by an option or the environment.
    pub(crate) fn asked(&self) -> Result<Option<Origin>> {
        let named = self.origin.clone().or_else(|| env::var(VARIABLE).ok());
        let named = named.filter(|text| !text.is_empty());
        named.map(|text| Origin::parse(&text)).transpose()
    }

    /// That one, or the last sign-in's.
    pub(crate) fn origin(&self, state: &State) -> Result<Origin> {
        if let Some(asked) = self.asked()? {
            return Ok(asked);
        }
        let last = state.read(FILE)?.and_then(|at| String::from_utf8(at).ok());
        last.map_or_else(
            || Err(usage(format!("say --origin URL, or set {VARIABLE}"))),
            |text| Origin::parse(&text),
        )
    }
}

/// Keeps the origin for the next time.
pub(crate) fn remember(origin: &Origin, state: &State) -> Result<()> {
    state.write(FILE, origin.to_string().as_bytes())
}
