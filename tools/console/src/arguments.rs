//! What a command can be given, and the checks before anything is sent: a typing error is no
//! leaf of the audit log.

use anyhow::Result;
use consent::Field;
use serde_json::Value;

use crate::failure::usage;
use crate::harmless::is_shown;

/// One argument of a command.
pub(crate) struct Argument {
    /// Its name, in a request and as an option.
    pub(crate) name: &'static str,
    /// By its place, without its name.
    pub(crate) is_word: bool,
    pub(crate) count: Count,
    pub(crate) kind: Kind,
    /// One line for `--help`.
    pub(crate) about: &'static str,
}

/// How often it is given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    One,
    AtMostOne,
    /// One or more, as an array.
    Several(usize),
}

/// What it is.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// One of these prefixes, and 32 hex digits.
    Id(&'static [&'static str]),
    Email,
    /// Words, of so many characters at most.
    Text(usize),
    /// A whole number between these.
    Number(u64, u64),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A field that is hidden from operators.
    Field,
    /// Something that the service made and gave: a cursor, a proposal.
    Given,
    /// True by being there.
    Flag,
}

impl Argument {
    /// The argument as a usage line has it.
    pub(crate) fn usage(&self) -> String {
        let value = self.kind.placeholder();
        let named = match (self.is_word, self.kind) {
            (true, _) => value,
            (false, Kind::Flag) => format!("--{}", self.option()),
            (false, _) => format!("--{} {value}", self.option()),
        };
        match self.count {
            Count::One => named,
            Count::AtMostOne => format!("[{named}]"),
            Count::Several(_) => format!("{named} …"),
        }
    }

    /// What it is called as an option: one of several by its singular.
    pub(crate) fn option(&self) -> &'static str {
        match self.count {
            Count::Several(_) => self.name.strip_suffix('s').unwrap_or(self.name),
            _ => self.name,
        }
    }
}

impl Kind {
    /// Its value in a usage line.
    pub(crate) fn placeholder(self) -> String {
        match self {
            Self::Id([one]) => format!("{one}…"),
            Self::Id(_) => "ID".to_owned(),
            Self::Email => "EMAIL".to_owned(),
            Self::Text(_) => "WORDS".to_owned(),
            Self::Number(..) => "N".to_owned(),
            Self::Choice(words) => words.join("|"),
            Self::Field => "FIELD".to_owned(),
            Self::Given => "TEXT".to_owned(),
            Self::Flag => String::new(),
        }
    }

    /// What it may be, for `--help`, where its usage line does not say it.
    pub(crate) fn bounds(self) -> Option<String> {
        match self {
            Self::Id(prefixes @ [_, _, ..]) => Some(format!("{}…", prefixes.join("…, "))),
            Self::Text(longest) => Some(format!("{longest} characters at most")),
            Self::Number(least, most) => Some(format!("{least} to {most}")),
            Self::Field => Some(field_names()),
            _ => None,
        }
    }

    /// The value for a request.
    ///
    /// # Errors
    /// What is wrong with it, as a usage error.
    pub(crate) fn check(self, text: &str) -> Result<Value> {
        let text = text.trim();
        let wrong = |what: String| Err(usage(format!("{text:?} is {what}")));
        match self {
            Self::Id(prefixes) if !is_id(text, prefixes) => wrong(format!(
                "no id: {} and 32 digits of 0-9 and a-f",
                prefixes.join(" or ")
            )),
            Self::Email if !is_email(text) => wrong("no email address".to_owned()),
            Self::Text(longest) if !is_text(text, longest) => wrong(format!(
                "not 1 to {longest} characters on one line, all of them visible"
            )),
            Self::Number(least, most) => match text.parse::<u64>() {
                Ok(number) if (least..=most).contains(&number) => Ok(number.into()),
                _ => wrong(format!("no whole number from {least} to {most}")),
            },
            Self::Choice(words) if !words.contains(&text) => {
                wrong(format!("none of {}", words.join(", ")))
            }
            Self::Field if Field::parse(text).is_none() => {
                wrong(format!("no sensitive field: {}", field_names()))
            }
            Self::Given if !is_word(text, 1_024) => wrong("nothing that was given".to_owned()),
            Self::Flag => Ok(true.into()),
            _ => Ok(text.into()),
        }
    }
}

fn field_names() -> String {
    let names: Vec<_> = Field::ALL.into_iter().map(Field::name).collect();
    names.join(", ")
}

/// One of these prefixes, and 32 lower-case hex digits.
pub(crate) fn is_id(text: &str, prefixes: &[&str]) -> bool {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let is_one = |prefix: &&str| {
        text.strip_prefix(*prefix)
            .is_some_and(|digits| digits.len() == 32 && digits.bytes().all(is_hex))
    };
    prefixes.iter().any(is_one)
}

/// Printable ASCII, within a length.
pub(crate) fn is_word(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Words on one line, within a number of characters.
pub(crate) fn is_text(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.chars().count()) && text.chars().all(is_shown)
}

/// The shape of an address; whether there is such a one, the service knows.
fn is_email(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| is_shown(c) && !c.is_whitespace() && c != '@')
    };
    let parts = text.rsplit_once('@');
    text.len() <= 254 && parts.is_some_and(|(name, host)| is_part(name) && is_part(host))
}
