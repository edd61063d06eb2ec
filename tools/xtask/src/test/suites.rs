//! The suites: what each one runs, and how many passes, failures and skips that makes.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use serde_json::Value;
use stack::Workspace;

use super::commands::{demo, prove};
use super::contract::contract;
use super::counts::{self, Counts};
use super::end_to_end::{browser, end_to_end, moving, planetscale};
use super::selfhost::self_host;
use super::wasm::wasm;
use crate::progress::{self, Step};
use crate::setup::{self, TARGET, Toolchain};

/// One suite.
pub(super) struct Suite {
    pub(super) name: &'static str,
    /// What it runs on: `native`, `wasm`, or a database engine.
    pub(super) engine: &'static str,
    /// Whether it runs while the one before it does: both wait more than they work.
    pub(super) beside: bool,
    pub(super) run: fn(&Context) -> Result<Counts>,
}

/// What the suites share.
pub(super) struct Context {
    pub(super) workspace: Workspace,
    pub(super) toolchain: Toolchain,
    pub(super) vectors: Option<PathBuf>,
    pub(super) sandbox: PathBuf,
}

const fn alone(
    name: &'static str,
    engine: &'static str,
    run: fn(&Context) -> Result<Counts>,
) -> Suite {
    Suite {
        name,
        engine,
        beside: false,
        run,
    }
}

/// Runs while the one before it does.
const fn beside(
    name: &'static str,
    engine: &'static str,
    run: fn(&Context) -> Result<Counts>,
) -> Suite {
    Suite {
        beside: true,
        ..alone(name, engine, run)
    }
}

/// All of them, the quick ones first.
pub(super) const SUITES: &[Suite] = &[
    alone("fmt", "native", fmt),
    alone("clippy", "native", clippy),
    alone("clippy-wasm", "wasm", clippy_wasm),
    alone("unit", "native", unit),
    alone("deny", "native", deny),
    alone("advisories", "native", advisories),
    alone("npm-audit", "native", npm_audit),
    alone("dry-run", "wasm", dry_run),
    alone("wasm", "wasm", wasm),
    alone("end-to-end", "d1", |context| end_to_end(context, "d1")),
    beside("end-to-end", "planetscale", |context| {
        end_to_end(context, "planetscale")
    }),
    alone("planetscale", "planetscale", planetscale),
    beside("moving", "planetscale", moving),
    beside("contract", "d1", contract),
    alone("self-host", "d1", self_host),
    alone("browser", "d1", browser),
    alone("prove", "d1", |context| prove(context, "d1")),
    beside("demo", "planetscale", |context| {
        demo(context, "planetscale")
    }),
    alone("prove", "planetscale", |context| {
        prove(context, "planetscale")
    }),
    beside("demo", "d1", |context| demo(context, "d1")),
];

/// How long a download of advisories may stand still.
const STALLED: Duration = Duration::from_secs(30);

fn fmt(context: &Context) -> Result<Counts> {
    context.check(
        "cargo fmt",
        context.cargo().args(["fmt", "--all", "--check"]),
    )
}

fn clippy(context: &Context) -> Result<Counts> {
    let mut cargo = context.cargo();
    cargo.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]);
    context.check("clippy", &cargo)
}

fn clippy_wasm(context: &Context) -> Result<Counts> {
    if !context.toolchain.wasm.has_clippy() {
        return Ok(skip(
            "clippy-wasm",
            "clippy and the compiler from Debian are of two versions",
        ));
    }
    let mut cargo = context.cargo();
    cargo.args([
        "clippy",
        "--package",
        "balance",
        "--target",
        TARGET,
        "--",
        "--deny",
        "warnings",
    ]);
    context.check("clippy for wasm", &cargo)
}

fn unit(context: &Context) -> Result<Counts> {
    let mut cargo = context.cargo();
    cargo.args([
        "test",
        "--no-fail-fast",
        "--workspace",
        "--exclude",
        "end-to-end",
    ]);
    context.tests("unit tests", &mut cargo)
}

fn deny(context: &Context) -> Result<Counts> {
    let mut deny = Command::new(setup::cargo_deny(&context.workspace)?);
    deny.args(["check", "bans", "licenses", "sources"])
        .current_dir(context.workspace.root());
    context.check("cargo deny", &deny)
}

fn advisories(context: &Context) -> Result<Counts> {
    let program = setup::cargo_deny(&context.workspace)?;
    let mut fetch = Command::new(&program);
    fetch
        .args(["fetch", "db"])
        .current_dir(context.workspace.root());
    let step = Step::new(&context.workspace, "fetching RustSec's advisories");
    let fetched = step.give_up_after(STALLED, &[]).finish(&fetch);
    if !fetched.is_ok_and(|outcome| outcome.status.success()) {
        return Ok(skip("advisories", "RustSec's list could not be fetched"));
    }
    let mut deny = Command::new(program);
    deny.args(["check", "--disable-fetch", "advisories"])
        .current_dir(context.workspace.root());
    context.check("cargo deny advisories", &deny)
}

fn npm_audit(context: &Context) -> Result<Counts> {
    let mut npm = Command::new("npm");
    npm.args(["audit", "--json", "--loglevel=silent"])
        .current_dir(context.workspace.root());
    let outcome = Step::new(&context.workspace, "npm audit").finish(&npm)?;
    let report: Value = serde_json::from_str(&progress::read(&outcome.log)).unwrap_or_default();
    let counts = report.pointer("/metadata/vulnerabilities");
    let Some(counts) = counts else {
        return Ok(skip(
            "npm-audit",
            "the registry does not answer npm's audit call",
        ));
    };
    // None of these packages is in the bundle: what is less than critical is shown, not failed.
    let of = |severity: &str| counts.get(severity).and_then(Value::as_u64).unwrap_or(0);
    let (high, critical) = (of("high"), of("critical"));
    eprintln!("  {high} high, {critical} critical; `npm audit` names them");
    Ok(verdict(critical == 0))
}

fn dry_run(context: &Context) -> Result<Counts> {
    let mut counts = Counts::default();
    for environment in ["", "production"] {
        let mut wrangler = context.workspace.node_program("wrangler")?;
        wrangler.args(["deploy", "--dry-run", "--env", environment]);
        wrangler
            .arg("--outdir")
            .arg(context.workspace.path("target/xtask/dry-run"));
        wrangler.current_dir(context.workspace.root());
        let label = format!("wrangler deploy --dry-run --env {environment:?}");
        counts.add(&context.check(&label, &wrangler)?);
    }
    Ok(counts)
}

impl Context {
    pub(super) fn cargo(&self) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(self.workspace.root());
        if let Some(vectors) = &self.vectors {
            cargo.env("BALANCE_VECTORS", vectors);
        }
        cargo
    }

    /// A run of `prove`: a count of the rows of its table.
    pub(super) fn promises(&self, label: &str, command: &mut Command) -> Result<Counts> {
        let outcome = Step::new(&self.workspace, label).finish(command)?;
        let log = progress::read(&outcome.log);
        let mut counts = Counts::of_promises(&log);
        if !outcome.status.success() {
            eprintln!("{log}\n(all of it: {})", outcome.log.display());
            counts.failed = counts.failed.max(1);
        }
        Ok(counts)
    }

    /// One command, one result.
    pub(super) fn check(&self, label: &str, command: &Command) -> Result<Counts> {
        let outcome = Step::new(&self.workspace, label).finish(command)?;
        if !outcome.status.success() {
            eprintln!(
                "{}\n(all of it: {})",
                progress::tail(&outcome.log, 60),
                outcome.log.display()
            );
        }
        Ok(verdict(outcome.status.success()))
    }

    /// A run of Node's test runner, reporting in TAP: its own counts.
    pub(super) fn node_tests(&self, label: &str, command: &Command) -> Result<Counts> {
        let outcome = Step::new(&self.workspace, label).finish(command)?;
        let log = progress::read(&outcome.log);
        let mut counts = Counts::of_node(&log);
        if !outcome.status.success() {
            eprintln!("{log}\n(all of it: {})", outcome.log.display());
            counts.failed = counts.failed.max(1);
        }
        Ok(counts)
    }

    /// A run of cargo's test harness: its own counts.
    pub(super) fn tests(&self, label: &str, command: &mut Command) -> Result<Counts> {
        let outcome = Step::new(&self.workspace, label).finish(command)?;
        let mut counts = Counts::of_harness(&progress::read(&outcome.log));
        if !outcome.status.success() {
            let told = counts::failures(&progress::read(&outcome.log))
                .unwrap_or_else(|| progress::tail(&outcome.log, 80));
            eprintln!("{told}\n(all of it: {})", outcome.log.display());
            // It did not compile, or died without a count.
            counts.failed = counts.failed.max(1);
        }
        Ok(counts)
    }
}

pub(super) fn verdict(passed: bool) -> Counts {
    Counts {
        passed: passed.into(),
        failed: (!passed).into(),
        skipped: 0,
    }
}

pub(super) fn skip(name: &str, why: &str) -> Counts {
    eprintln!("- {name} skipped: {why}");
    Counts {
        skipped: 1,
        ..Counts::default()
    }
}
