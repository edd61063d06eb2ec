//! `cargo xtask bench`: what the Worker costs, beside a TypeScript twin that serves the same
//! database, in one run on one machine (`bench/README.md`).
//!
//! A row is a `Row` in a file of this folder; listing it here is all it takes to add one. Ratios
//! are of CPU time per request, from rounds that take turns: what else the machine does falls on
//! both sides alike.

mod argon2;
mod backup;
mod bare;
mod bundle;
mod contest;
mod engines;
mod equal_time;
mod lists;
mod load;
mod memory;
mod native;
mod row;
mod runtime;
mod search;
mod seed;
mod stage;
mod sync;
mod telemetry;
mod twin;
mod webhook;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use lexopt::{Arg, ValueExt as _};
use stack::Workspace;

use crate::command::Command;
use crate::{build, setup};
use row::{Outcome, Row};
use stage::Stage;

pub(crate) const COMMAND: Command = Command {
    name: "bench",
    summary: "measure the Worker beside a TypeScript twin, each row against its bar",
    help: "\
Usage: cargo xtask bench [--json] [--only NAME]...

Seeds one database through the Worker, serves copies of it from the Worker and from the twin
(bench/twin: Hono, WebCrypto, jose, D1), each in a workerd of its own without wrangler's proxy,
checks that both answer the same, and measures them in turns. Takes some five minutes.

  --json       one JSON document on standard output: {\"rows\":[{name, ratio or value, unit,
               bar, pass, …}]}
  --only NAME  only this row (list-100 …); may be given more than once

Ends with an error when a bar is missed or a row could not be measured. Installs Debian's
`argon2`, the native tool of one row, where it is missing and apt-get may.",
    run,
};

/// In the order they are measured: `memory` looks back on all before it.
const ROWS: &[Row] = &[
    bundle::SIZE,
    bundle::STARTUP,
    lists::COLD_BATCHES,
    lists::WARM_BATCHES,
    lists::LIST_100,
    lists::LIST_1000,
    search::SEARCH_10000,
    webhook::WEBHOOK,
    webhook::BATCHES,
    bare::BARE,
    sync::SYNC_10000,
    argon2::ARGON2,
    equal_time::EQUAL_TIME,
    engines::ME,
    engines::ACCOUNTS,
    engines::LIST_100,
    engines::SIGN_IN,
    telemetry::TELEMETRY,
    memory::MEMORY,
    backup::BACKUP_100000,
];

fn run(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let (mut json, mut only) = (false, Vec::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("json") => json = true,
            Arg::Long("only") => {
                let name = arguments.value()?.string()?;
                if !ROWS.iter().any(|row| row.name == name) {
                    bail!("there is no row {name:?} here");
                }
                only.push(name);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let workspace = Workspace::here();
    let toolchain = setup::set_up(&workspace)?;
    build::build(&workspace, &toolchain)?;
    build::sandbox(&workspace)?;
    let mut stage = Stage::new(workspace);
    let wanted = |row: &&Row| only.is_empty() || only.iter().any(|name| name == row.name);
    let outcomes: Vec<Outcome> = ROWS
        .iter()
        .filter(wanted)
        .map(|row| measure(row, &mut stage))
        .collect();
    row::print(&outcomes, json)?;
    let all = outcomes.iter().all(|outcome| outcome.pass);
    Ok(if all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn measure(row: &Row, stage: &mut Stage) -> Outcome {
    eprintln!("• measuring {} …", row.name);
    let started = Instant::now();
    let outcome = row.outcome(stage);
    let mark = if outcome.pass { "✓" } else { "✗" };
    eprintln!(
        "{mark} {outcome} ({:.1} s)",
        started.elapsed().as_secs_f64()
    );
    outcome
}
