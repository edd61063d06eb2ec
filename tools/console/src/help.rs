//! `--help` at each level: what there is, and what a command reads, changes and hides.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use crate::arguments::Argument;
use crate::commands::{COMMANDS, Command};
use crate::options;
use crate::own;

/// Columns of a line, and of the names at its beginning.
const WIDTH: usize = 96;
const NAMES: usize = 20;

/// Of the whole program.
pub(crate) fn overview() -> String {
    let mut text = "\
The operators' console of Balance. Each command is written to a log that anyone can verify,
before it runs and after. What is a person's is masked, until she signs a consent.

Usage: balance-console COMMAND … [--help]

"
    .to_owned();
    for own in own::COMMANDS {
        line(&mut text, own.name, own.summary);
    }
    text.push('\n');
    for command in COMMANDS {
        let name = format!("{} {}", command.noun, command.verb);
        line(&mut text, &name, command.summary);
    }
    text.push_str("\nEvery command takes:\n");
    for (name, about) in options::HELP {
        line(&mut text, name, about);
    }
    text + "\nExit status: 0 done, 1 refused or failed, 2 not understood (nothing was sent)."
}

/// Of a first word, where it is one.
pub(crate) fn about(noun: &str) -> Option<String> {
    let mut text = format!("Usage: balance-console {noun} COMMAND …\n\n");
    let prefix = format!("{noun} ");
    let own = own::COMMANDS
        .iter()
        .filter(|own| own.name.starts_with(&prefix))
        .map(|own| (own.name.to_owned(), own.summary));
    let of_the_set = Command::about(noun)
        .into_iter()
        .map(|command| (format!("{noun} {}", command.verb), command.summary));
    let all: Vec<_> = own.chain(of_the_set).collect();
    for (name, summary) in &all {
        line(&mut text, name, summary);
    }
    (!all.is_empty()).then(|| text + "\nEach explains itself with --help.")
}

/// Of one command.
pub(crate) fn of(command: &Command) -> String {
    let Command {
        noun,
        verb,
        summary,
        reads,
        changes,
        sensitive,
        arguments,
        example,
    } = command;
    let mut usage = format!("Usage: balance-console {noun} {verb}");
    for argument in *arguments {
        let _ = write!(usage, " {}", argument.usage());
    }
    if !sensitive.is_empty() {
        usage.push_str(" [--consent cns_…] [--reveal FIELD …]");
    }
    let mut text = format!("{noun} {verb}: {summary}\n\n{usage}\n\n");
    for argument in *arguments {
        line(&mut text, &name_of(argument), &about_argument(argument));
    }
    if !sensitive.is_empty() {
        line(
            &mut text,
            "--consent cns_…",
            "a consent that the person signed",
        );
        line(
            &mut text,
            "--reveal FIELD …",
            "the sensitive fields to show: refused where the consent does not cover one",
        );
    }
    for (name, about) in options::HELP {
        line(&mut text, name, about);
    }
    let masked: Vec<_> = sensitive.iter().map(|field| field.name()).collect();
    let masked = match masked.as_slice() {
        [] => "nothing".to_owned(),
        names => format!("{}; masked without a consent", names.join(", ")),
    };
    text.push('\n');
    line(&mut text, "reads", reads);
    line(&mut text, "changes", changes.unwrap_or("nothing"));
    line(&mut text, "sensitive", &masked);
    line(&mut text, "in the log", &format!("as {}", command.name()));
    format!("{text}\nExample:\n  balance-console {example}")
}

fn name_of(argument: &Argument) -> String {
    if argument.is_word {
        argument.name.to_uppercase()
    } else {
        let named = format!("--{} {}", argument.option(), argument.kind.placeholder());
        named.trim_end().to_owned()
    }
}

fn about_argument(argument: &Argument) -> String {
    match argument.kind.bounds() {
        Some(bounds) => format!("{} ({bounds})", argument.about),
        None => argument.about.to_owned(),
    }
}

/// A name and what there is to say of it, broken into lines.
fn line(text: &mut String, name: &str, about: &str) {
    let indent = " ".repeat(NAMES + 4);
    let mut current = format!("  {name:NAMES$} ");
    if name.width() > NAMES {
        text.push_str(current.trim_end());
        text.push('\n');
        current.clone_from(&indent);
        current.pop();
    }
    for word in about.split(' ') {
        if current.width() + 1 + word.width() > WIDTH {
            text.push_str(current.trim_end());
            text.push('\n');
            current.clone_from(&indent);
            current.pop();
        }
        current.push(' ');
        current.push_str(word);
    }
    text.push_str(current.trim_end());
    text.push('\n');
}
