//! A command of the closed set: sent, and its reply shown.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::Value;

use crate::commands::Command;
use crate::harmless::{escaped, harmless};
use crate::http::Client;
use crate::output;
use crate::refusal::{self, quoted};
use crate::request::Request;
use crate::session::Session;
use crate::table::table;

/// What a command that ran is answered with.
#[derive(Deserialize)]
struct Outcome {
    columns: Vec<Column>,
    rows: Vec<Value>,
    #[serde(default)]
    masked: Vec<String>,
    next_cursor: Option<String>,
    leaf: Option<u64>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
}

/// Sends it as the current session.
pub(crate) fn run(command: &Command, parser: lexopt::Parser) -> Result<ExitCode> {
    let request = Request::parse(command, parser)?;
    let asked = request.options.asked()?;
    let state = request.options.state()?;
    let session = Session::current(&state)?;
    let origin = session.origin_if(asked.as_ref())?;
    let reply = Client::new(&origin)?.post(
        "/v1/operator/commands",
        Some(session.token()),
        &request.body(command),
    )?;
    if request.options.json {
        output::json(&reply.body)?;
    }
    if reply.status != 200 {
        if reply.status == 401 {
            Session::forget(&state)?;
        }
        for line in refusal::words(&reply, &session.granted) {
            eprintln!("{line}");
        }
        return Ok(ExitCode::FAILURE);
    }
    if !request.options.json {
        let outcome: Outcome = serde_json::from_slice(&reply.body)
            .context("the service's reply is not that of a command")?;
        show(command, &request, &outcome)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show(command: &Command, request: &Request, outcome: &Outcome) -> Result<()> {
    let columns: Vec<_> = outcome.columns.iter().map(|it| it.name.as_str()).collect();
    if !columns.is_empty() {
        output::line(&table(&columns, &outcome.rows))?;
    }
    let rows = outcome.rows.len();
    let leaf = outcome.leaf.map_or_else(String::new, |leaf| {
        format!("; leaf {leaf} of the audit log")
    });
    eprintln!("{rows} {}{leaf}", if rows == 1 { "row" } else { "rows" });
    if !outcome.masked.is_empty() {
        eprintln!(
            "masked, as no consent covers it: {}",
            harmless(&outcome.masked.join(", "))
        );
    }
    if let Some(cursor) = &outcome.next_cursor {
        eprintln!("there is more: --cursor {}", escaped(&quoted(cursor)));
    }
    // What one operator proposes, another confirms.
    let proposal = outcome
        .rows
        .iter()
        .find_map(|row| row.get("proposal")?.as_str());
    let has_none = !request.arguments.contains_key("proposal");
    let takes_one = command.arguments.iter().any(|it| it.name == "proposal");
    if let (Some(proposal), true, true) = (proposal, has_none, takes_one) {
        let user = request.arguments.get("user").and_then(Value::as_str);
        eprintln!(
            "Nothing is deleted yet. Another operator confirms it within fifteen minutes:\n  \
             balance-console {} {} {} --proposal {}",
            command.noun,
            command.verb,
            user.unwrap_or_default(),
            escaped(&quoted(proposal))
        );
    }
    Ok(())
}
