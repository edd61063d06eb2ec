//! `cargo xtask prove`: the product's promises as a table, with a pass or a fail for each from a
//! real run on a fresh private instance of its own.
//!
//! A promise is a file with a `PROMISE`; listing it here is all it takes to add one. It must be
//! able to fail: whatever it searches for, it shows that the search would have found.

mod https;
mod instance;
mod opener;
mod p1_read_only;
mod p2_no_credentials;
mod p3_sealed;
mod p5_https;
mod p7_leaks;
mod promise;
mod recorder;
mod sqlite;
mod traces;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use lexopt::{Arg, ValueExt as _};
use stack::Workspace;

use crate::command::Command;
use crate::{build, setup};
use promise::{Promise, Row};

pub(crate) const COMMAND: Command = Command {
    name: "prove",
    summary: "print the product's promises with pass or fail, each from a real run",
    help: "\
Usage: cargo xtask prove [--json] [--only NAME]...

Starts a private instance for each promise, does what would break it, and looks. Ends with an
error when a promise does not hold.

  --json       one JSON document on standard output: {\"rows\":[{name, promise, value, unit,
               bar, pass, checks}]}; value counts what speaks against it, and bar is 0
  --only NAME  only this promise (P1 …); may be given more than once",
    run,
};

const PROMISES: &[Promise] = &[
    p1_read_only::PROMISE,
    p2_no_credentials::PROMISE,
    p3_sealed::PROMISE,
    p5_https::PROMISE,
    p7_leaks::PROMISE,
];

fn run(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let (mut json, mut only) = (false, Vec::new());
    while let Some(argument) = arguments.next()? {
        match argument {
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
    build::build(&workspace, &toolchain)?;
    build::sandbox(&workspace)?;
    let wanted =
        |promise: &&Promise| only.is_empty() || only.iter().any(|name| name == promise.name);
    let rows: Vec<Row> = PROMISES.iter().filter(wanted).map(prove).collect();
    promise::print(&rows, json)?;
    let all = rows.iter().all(|row| row.pass);
    Ok(if all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn prove(promise: &Promise) -> Row {
    eprintln!("• {}: {} …", promise.name, promise.sentence);
    let started = Instant::now();
    let row = promise.row();
    let mark = if row.pass { "✓" } else { "✗" };
    eprintln!(
        "{mark} {} ({:.1} s)",
        promise.name,
        started.elapsed().as_secs_f64()
    );
    row
}
