//! What was typed, as a request of a command of the closed set. Nothing is sent that this
//! has not checked.

use anyhow::Result;
use lexopt::{Arg, ValueExt as _};
use serde_json::{Map, Value, json};

use crate::arguments::{Argument, Count, Kind};
use crate::commands::Command;
use crate::failure::usage;
use crate::options::Options;

/// A command with its arguments.
pub(crate) struct Request {
    pub(crate) arguments: Map<String, Value>,
    consent: Option<Value>,
    /// The sensitive fields that are to be shown, or nothing is.
    reveal: Vec<Value>,
    pub(crate) options: Options,
}

impl Request {
    /// From what stands behind the command's two words.
    pub(crate) fn parse(command: &Command, mut parser: lexopt::Parser) -> Result<Self> {
        let mut request = Self {
            arguments: Map::new(),
            consent: None,
            reveal: Vec::new(),
            options: Options::default(),
        };
        let mut words = command.arguments.iter().filter(|argument| argument.is_word);
        while let Some(given) = parser.next()? {
            let name = match given {
                Arg::Value(value) => {
                    let Some(argument) = words.next() else {
                        return Err(Arg::Value(value).unexpected().into());
                    };
                    request.put(argument, &value.string()?)?;
                    continue;
                }
                Arg::Long(name) => name.to_owned(),
                short @ Arg::Short(_) => return Err(short.unexpected().into()),
            };
            let argument = command
                .arguments
                .iter()
                .find(|argument| !argument.is_word && argument.option() == name);
            if let Some(argument) = argument {
                let text = match argument.kind {
                    Kind::Flag => String::new(),
                    _ => parser.value()?.string()?,
                };
                request.put(argument, &text)?;
            } else if name == "consent" && !command.sensitive.is_empty() {
                let id = parser.value()?.string()?;
                let checked = Kind::Id(&["cns_"]).check(&id)?;
                request.consent = Some(checked);
            } else if name == "reveal" && !command.sensitive.is_empty() {
                let field = Kind::Field.check(&parser.value()?.string()?)?;
                if !request.reveal.contains(&field) {
                    request.reveal.push(field);
                }
            } else if !request.options.take(&name, &mut parser)? {
                return Err(Arg::Long(&name).unexpected().into());
            }
        }
        let is_missing = |argument: &&Argument| {
            argument.count != Count::AtMostOne && !request.arguments.contains_key(argument.name)
        };
        if let Some(missing) = command.arguments.iter().find(is_missing) {
            return Err(usage(format!(
                "{} is missing: {}",
                missing.usage(),
                missing.about
            )));
        }
        Ok(request)
    }

    fn put(&mut self, argument: &Argument, text: &str) -> Result<()> {
        let option = argument.option();
        let value = argument
            .kind
            .check(text)
            .map_err(|wrong| usage(format!("{option}: {wrong}")))?;
        let before = self.arguments.remove(argument.name);
        let value = match (argument.count, before) {
            (Count::Several(most), before) => {
                let mut all = match before {
                    Some(Value::Array(all)) => all,
                    _ => Vec::new(),
                };
                if !all.contains(&value) {
                    all.push(value);
                }
                if all.len() > most {
                    return Err(usage(format!("{option}: {most} at most")));
                }
                Value::Array(all)
            }
            (_, None) => value,
            (_, Some(_)) => return Err(usage(format!("{option} is there twice"))),
        };
        self.arguments.insert(argument.name.to_owned(), value);
        Ok(())
    }

    /// The body to be sent.
    pub(crate) fn body(&self, command: &Command) -> Value {
        let mut body = json!({"command": command.name(), "arguments": self.arguments});
        if let (Some(consent), Some(body)) = (&self.consent, body.as_object_mut()) {
            body.insert("consent".to_owned(), consent.clone());
        }
        if let (false, Some(body)) = (self.reveal.is_empty(), body.as_object_mut()) {
            body.insert("reveal".to_owned(), self.reveal.clone().into());
        }
        body
    }
}
