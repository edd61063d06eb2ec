//! `balance-console`: the operators' terminal, with a closed set of commands ([`commands`]) over
//! HTTP. It opens no database and holds no key: what it may see, the service decides.
//!
//! Results go to standard output, progress and notes to standard error. Exit status: 0 done, 1
//! refused or failed, 2 not understood. Invariant: the session's token is never printed.

mod arguments;
mod audit;
mod commands;
mod failure;
mod harmless;
mod help;
mod http;
mod login;
mod options;
mod origin;
mod output;
mod own;
mod refusal;
mod request;
mod run;
mod session;
mod state;
mod table;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

use commands::Command;
use failure::{is_usage, usage};
use harmless::harmless;

fn main() -> ExitCode {
    let typed: Vec<OsString> = std::env::args_os().skip(1).collect();
    match dispatch(&typed) {
        Ok(code) => code,
        Err(error) => {
            // It may have words of the service in it.
            let lines = format!("{error:#}");
            for line in lines.lines() {
                eprintln!("{}", harmless(line));
            }
            if is_usage(&error) {
                eprintln!("({} --help explains it)", known(&typed));
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

fn dispatch(typed: &[OsString]) -> Result<ExitCode> {
    let says_help = typed.first().is_some_and(|word| word == "help");
    let asks_for_help = says_help || typed.iter().any(|word| word == "--help" || word == "-h");
    let mut words = typed
        .iter()
        .skip(usize::from(says_help))
        .map(|word| word.to_str().unwrap_or_default());
    let (first, second) = (words.next(), words.next());
    let name = first.unwrap_or_default();
    if name == "--version" {
        output::line(concat!("balance-console ", env!("CARGO_PKG_VERSION")))?;
        return Ok(ExitCode::SUCCESS);
    }
    let pair = second.unwrap_or_default();
    if asks_for_help || first.is_none() {
        output::line(&explanation(name, pair)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rest = |words: usize| {
        let rest = typed.iter().skip(words).cloned();
        lexopt::Parser::from_args(rest.collect::<Vec<_>>())
    };
    if let Some(command) = Command::find(name, pair) {
        return run::run(command, rest(2));
    }
    if let Some(own) = own::find(name, pair) {
        return (own.run)(rest(own.words()));
    }
    Err(unknown(name, pair))
}

/// The longest beginning of what was typed that there is.
fn known(typed: &[OsString]) -> String {
    let word = |at: usize| typed.get(at).and_then(|word| word.to_str());
    let (first, second) = (word(0).unwrap_or_default(), word(1).unwrap_or_default());
    if let Some(command) = Command::find(first, second) {
        format!("balance-console {} {}", command.noun, command.verb)
    } else if let Some(own) = own::find(first, second) {
        format!("balance-console {}", own.name)
    } else {
        "balance-console".to_owned()
    }
}

/// The help of what is named, as far as it is known.
fn explanation(name: &str, pair: &str) -> Result<String> {
    if let Some(command) = Command::find(name, pair) {
        return Ok(help::of(command));
    }
    if let Some(own) = own::find(name, pair) {
        return Ok(format!("{}\n\n{}", own.summary, own.help));
    }
    let is_word = |word: &str| !word.is_empty() && !word.starts_with('-');
    match (is_word(name), is_word(pair)) {
        (false, _) => Ok(help::overview()),
        (true, false) => help::about(name).ok_or_else(|| unknown(name, "")),
        (true, true) => Err(unknown(name, pair)),
    }
}

fn unknown(name: &str, pair: &str) -> anyhow::Error {
    match help::about(name) {
        Some(help) if pair.is_empty() => usage(help),
        Some(help) => usage(format!(
            "there is no `balance-console {name} {pair}`\n\n{help}"
        )),
        None => usage(format!(
            "there is no `balance-console {name}`; --help lists what there is"
        )),
    }
}
