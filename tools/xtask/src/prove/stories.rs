//! The end-to-end tests of some stories, played anew against instances of their own, as
//! evidence: they drive the Worker over HTTP, and none may fail.

use std::process::Command;

use anyhow::Result;
use stack::{Engine, Workspace};

use super::browser::output;
use super::promise::Checks;

/// Plays the tests of one of `tests/tests` whose names have one of these in them.
pub(super) fn play(
    engine: Engine,
    suite: &str,
    names: &[&str],
    what: &str,
    checks: &mut Checks,
) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["test", "--package", "end-to-end", "--test", suite, "--"])
        .args(names)
        .env("BALANCE_ENGINE", engine.name());
    judge(&mut cargo, what, checks)
}

/// Plays the tests that what must not compile does not.
pub(super) fn refuse(what: &str, checks: &mut Checks) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--package", "vault", "--test", "refusals"]);
    judge(&mut cargo, what, checks)
}

/// Plays a test of a package that holds what we say to what a provider has published.
pub(super) fn contract(package: &str, test: &str, what: &str, checks: &mut Checks) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--package", package, "--test", test]);
    judge(&mut cargo, what, checks)
}

fn judge(cargo: &mut Command, what: &str, checks: &mut Checks) -> Result<()> {
    let log = output(cargo.current_dir(Workspace::here().root()))?;
    let told = |end: &str| -> Vec<&str> {
        let lines = log.lines().filter_map(|line| line.strip_prefix("test "));
        lines.filter_map(|line| line.strip_suffix(end)).collect()
    };
    let (passed, failed) = (told(" ... ok"), told(" ... FAILED"));
    let measured = format!("{} passed, {} failed", passed.len(), failed.len());
    checks.none(what, failed, measured);
    checks.holds(
        format!("{what}: something was tried"),
        !passed.is_empty(),
        format!("{} tests", passed.len()),
    );
    Ok(())
}
