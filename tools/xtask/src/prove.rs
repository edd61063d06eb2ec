//! `cargo xtask prove`: the product's promises as a table, with a pass or a fail for each from a
//! real run on a fresh private instance of its own.
//!
//! A promise is a file with a `PROMISE`; listing it here is all it takes to add one. It must be
//! able to fail: whatever it searches for, it shows that the search would have found.

mod browser;
mod database;
mod disk;
mod https;
mod instance;
mod opener;
mod p10_consent;
mod p11_subprocessors;
mod p1_read_only;
mod p2_no_credentials;
mod p3_sealed;
mod p4_backups;
mod p5_https;
mod p6_first_party;
mod p7_leaks;
mod p8_second_factor;
mod p9_audited;
mod promise;
mod recorder;
mod step_up;
mod stories;
mod tls;
mod traces;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use lexopt::{Arg, ValueExt as _};
use stack::{Engine, Workspace};

use crate::command::Command;
use crate::{build, setup};
use promise::{Promise, Row};

pub(crate) const COMMAND: Command = Command {
    name: "prove",
    summary: "print the product's promises with pass or fail, each from a real run",
    help: "\
Usage: cargo xtask prove [--engine d1|planetscale] [--json] [--only NAME]...

Starts a private instance for each promise, does what would break it, and looks. Ends with an
error when a promise does not hold.

  --engine E   the database of those instances: d1 (default), or planetscale, whose stand-in
               has a MariaDB behind it
  --json       one JSON document on standard output: {\"rows\":[{name, promise, engine, value,
               unit, bar, pass, checks}]}; value counts what speaks against it, and bar is 0
  --only NAME  only this promise (P1 …); may be given more than once",
    run,
};

const PROMISES: &[Promise] = &[
    p1_read_only::PROMISE,
    p2_no_credentials::PROMISE,
    p3_sealed::PROMISE,
    p4_backups::PROMISE,
    p5_https::PROMISE,
    p6_first_party::PROMISE,
    p7_leaks::PROMISE,
    p8_second_factor::PROMISE,
    p9_audited::PROMISE,
    p10_consent::PROMISE,
    p11_subprocessors::PROMISE,
];

fn run(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let (mut engine, mut json, mut only) = (Engine::of_environment(), false, Vec::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("engine") => engine = arguments.value()?.parse()?,
            Arg::Long("json") => json = true,
            Arg::Long("only") => {
                let name = arguments.value()?.string()?.to_uppercase();
                if !PROMISES.iter().any(|promise| promise.name == name) {
                    bail!("there is no promise {name:?} here");
                }
                only.push(name);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let workspace = Workspace::here();
    let toolchain = setup::set_up(&workspace)?;
    setup::database(engine, &workspace)?;
    build::build(&workspace, &toolchain)?;
    build::sandbox(&workspace)?;
    let wanted =
        |promise: &&Promise| only.is_empty() || only.iter().any(|name| name == promise.name);
    let rows: Vec<Row> = PROMISES
        .iter()
        .filter(wanted)
        .map(|promise| prove(promise, engine))
        .collect();
    promise::print(&rows, json)?;
    let all = rows.iter().all(|row| row.pass);
    Ok(if all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn prove(promise: &Promise, engine: Engine) -> Row {
    let name = promise.name;
    eprintln!("• {name} on {}: {} …", engine.name(), promise.sentence);
    let started = Instant::now();
    let row = promise.row(engine);
    let mark = if row.pass { "✓" } else { "✗" };
    eprintln!("{mark} {name} ({:.1} s)", started.elapsed().as_secs_f64());
    row
}
