//! Debian's Chromium at an instance: the browser tests (`tests/browser`), as evidence.

use std::process::Command;

use anyhow::{Context as _, Result};
use stack::Workspace;

use super::instance::Instance;
use super::promise::Checks;
use crate::setup;

/// Whom an instance names as the first operator, where somebody is to be one.
pub(super) const FIRST_OPERATOR: &str = "first-operator@example.com";

/// Plays these files of `tests/browser` at the instance: none of their tests may fail.
pub(super) fn play(
    instance: &Instance,
    files: &[&str],
    what: &str,
    checks: &mut Checks,
) -> Result<()> {
    verdict(&played(instance, files)?, what, checks);
    Ok(())
}

/// Plays them; their report in TAP.
pub(super) fn played(instance: &Instance, files: &[&str]) -> Result<String> {
    played_by_name(instance, files, None)
}

/// As [`played`], those of their tests whose names have this in them.
pub(super) fn played_by_name(
    instance: &Instance,
    files: &[&str],
    name: Option<&str>,
) -> Result<String> {
    let workspace = Workspace::here();
    let chromium = setup::chromium::install(&workspace)?;
    let mut node = workspace.node_program("node")?;
    let paths = files.iter().map(|file| format!("tests/browser/{file}"));
    node.args(["--test", "--test-reporter=tap", "--test-concurrency=1"])
        .args(name.map(|name| format!("--test-name-pattern={name}")))
        .args(paths)
        .env("BALANCE_FIRST_OPERATOR", FIRST_OPERATOR)
        .env("BALANCE_CHROMIUM", chromium)
        .env("BALANCE_ORIGIN", instance.stack.origin())
        .env("BALANCE_MAILBOX", instance.stack.mailbox_url())
        .env("BALANCE_PLAID", instance.stack.plaid_url())
        .env("BALANCE_PWNED", instance.stack.pwned_url())
        .env("BALANCE_SCREENSHOTS", workspace.path("target/browser"))
        .current_dir(workspace.root());
    output(&mut node)
}

/// Holds a report in TAP to what it says at its end. A report of no test has shown nothing.
pub(super) fn verdict(log: &str, what: &str, checks: &mut Checks) {
    let count = |of: &str| -> usize {
        let lines = log.lines().filter_map(|line| line.strip_prefix("# "));
        lines
            .filter_map(|line| line.strip_prefix(of)?.trim().parse::<usize>().ok())
            .sum()
    };
    let (passed, failed) = (count("pass "), count("fail ") + count("cancelled "));
    let failures = log
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("not ok"));
    checks.none(what, failures, format!("{passed} passed, {failed} failed"));
    checks.holds(
        format!("{what}: something was tried"),
        passed > 0,
        format!("{passed} tests"),
    );
}

/// What a program prints, whether or not it ends well.
pub(super) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("starting {}", command.get_program().display()))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
