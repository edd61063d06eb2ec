//! `cargo xtask test`: everything that can fail, in one run. Every suite runs even where an
//! earlier one failed.

mod commands;
mod contract;
mod counts;
mod end_to_end;
mod report;
mod selfhost;
mod suites;
mod wasm;

pub(crate) use self::wasm::ceremonies;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use anyhow::{Result, bail};
use lexopt::{Arg, ValueExt as _};
use stack::Workspace;

use self::report::Row;
use self::suites::{SUITES, Suite};
use crate::command::Command;
use crate::{build, setup};

pub(crate) const COMMAND: Command = Command {
    name: "test",
    summary: "set up everything and run every check and test",
    help: "\
Usage: cargo xtask test [--only SUITE]... [--engine ENGINE] [--json]

Suites, in order:
  fmt         cargo fmt --check
  clippy      pedantic, warnings as errors, natively
  clippy-wasm the Worker for wasm32-unknown-unknown
  unit        every test but the end-to-end ones
  deny        licences, sources and bans of every crate
  advisories  known vulnerabilities of the crates, where RustSec's list can be had
  npm-audit   known vulnerabilities of the npm packages, where the registry lists them
  dry-run     wrangler deploy --dry-run: the bundle is what the platform takes
  wasm        the ceremonies of passkeys in WebAssembly, in workerd: the standard's vectors
              and a browser's
  end-to-end  the whole of it in workerd, with stand-ins beside it: once on D1, once on
              PlanetScale (the stand-in, before a MariaDB)
  planetscale what only a database over HTTP gets wrong: cuts, deadlocks, lost sessions
  moving      `cargo xtask move` from D1 to PlanetScale, stopped and resumed
  self-host   the same Worker on plain workerd (deploy/hetzner): systemd's and Caddy's own
              checks, a restart, kill -9, and the people's half of end-to-end
  prove       the promises, on either engine
  demo        the story of the README, on either engine
  contract    requests of all kinds, made from the OpenAPI document; replies held to it
  browser     the first-party client in Chromium, with virtual security keys

  --only SUITE  run this one only; may be given more than once
  --engine ENGINE  only what runs on it: native, wasm, d1 or planetscale
  --json        one JSON document on standard output: {\"rows\": [...]}

Environment:
  BALANCE_VECTORS  a folder of further test vectors (default ../shared/vectors, if there is one)
  BALANCE_CHROMIUM the browser of the suite browser (default: Debian's, installed as root)
  BALANCE_SEED     what the suite contract makes its requests from (default 1)",
    run,
};

fn run(arguments: lexopt::Parser) -> Result<ExitCode> {
    let options = parse(arguments)?;
    let workspace = Workspace::here();
    let toolchain = setup::set_up(&workspace)?;
    setup::lints(&workspace)?;
    build::build(&workspace, &toolchain)?;
    let context = suites::Context {
        vectors: vectors(&workspace),
        sandbox: build::sandbox(&workspace)?,
        workspace,
        toolchain,
    };
    setup::mariadb::install(&context.workspace)?;
    let wanted = SUITES.iter().filter(|suite| options.wants(suite));
    let wanted: Vec<&Suite> = wanted.collect();
    let mut rows = Vec::new();
    for together in wanted.chunk_by(|_, next| next.beside) {
        rows.extend(run_together(together, &context));
    }
    report::print(&rows, options.json)?;
    let passed = rows.iter().all(|row| row.pass);
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

struct Options {
    only: Vec<String>,
    engine: Option<String>,
    json: bool,
}

impl Options {
    fn wants(&self, suite: &Suite) -> bool {
        let named = self.only.is_empty() || self.only.iter().any(|name| name == suite.name);
        named
            && self
                .engine
                .as_deref()
                .is_none_or(|engine| engine == suite.engine)
    }
}

fn parse(mut arguments: lexopt::Parser) -> Result<Options> {
    let mut options = Options {
        only: Vec::new(),
        engine: None,
        json: false,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("json") => options.json = true,
            Arg::Long("engine") => {
                let engine = arguments.value()?.string()?;
                if !SUITES.iter().any(|suite| suite.engine == engine) {
                    bail!("no suite runs on {engine:?}; see cargo xtask test --help");
                }
                options.engine = Some(engine);
            }
            Arg::Long("only") => {
                let name = arguments.value()?.string()?;
                if !SUITES.iter().any(|suite| suite.name == name) {
                    bail!("there is no suite {name:?}; see cargo xtask test --help");
                }
                options.only.push(name);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

/// The folder of further vectors: the one asked for, else the one beside the checkout.
pub(crate) fn vectors(workspace: &Workspace) -> Option<PathBuf> {
    let named = env::var_os("BALANCE_VECTORS").map(PathBuf::from);
    let found = named.unwrap_or_else(|| workspace.path("../shared/vectors"));
    found.canonicalize().ok().filter(|folder| folder.is_dir())
}

/// Suites that run beside one another; their rows in the order given.
fn run_together(suites: &[&Suite], context: &suites::Context) -> Vec<Row> {
    thread::scope(|scope| {
        let running: Vec<_> = suites
            .iter()
            .map(|suite| scope.spawn(|| run_suite(suite, context)))
            .collect();
        let ended = running.into_iter().map(thread::ScopedJoinHandle::join);
        ended
            .zip(suites)
            .map(|(row, suite)| row.unwrap_or_else(|_| Row::panicked(suite)))
            .collect()
    })
}

fn run_suite(suite: &Suite, context: &suites::Context) -> Row {
    let started = Instant::now();
    let counts = (suite.run)(context).unwrap_or_else(|error| {
        eprintln!("✗ {}: {error:#}", suite.name);
        counts::Counts {
            failed: 1,
            ..counts::Counts::default()
        }
    });
    Row {
        name: suite.name,
        engine: suite.engine,
        passed: counts.passed,
        failed: counts.failed,
        skipped: counts.skipped,
        pass: counts.failed == 0,
        seconds: (started.elapsed().as_secs_f64() * 10.0).round() / 10.0,
    }
}
