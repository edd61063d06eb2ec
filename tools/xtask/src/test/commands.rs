//! `cargo xtask prove` and `demo` as suites: what they tell everyone is to hold here too.

use std::env;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::counts::Counts;
use super::suites::Context;

/// Every promise is a test.
pub(super) fn prove(context: &Context, engine: &str) -> Result<Counts> {
    let mut command = this("prove", engine, context)?;
    context.promises(
        &format!("cargo xtask prove --engine {engine}"),
        &mut command,
    )
}

/// The whole story is one.
pub(super) fn demo(context: &Context, engine: &str) -> Result<Counts> {
    let command = this("demo", engine, context)?;
    context.check(&format!("cargo xtask demo --engine {engine}"), &command)
}

/// This program, for another of its commands.
fn this(name: &str, engine: &str, context: &Context) -> Result<Command> {
    let mut command = Command::new(env::current_exe().context("looking for this program")?);
    command.args([name, "--engine", engine]);
    command.env("BALANCE_SANDBOX_BIN", &context.sandbox);
    command.current_dir(context.workspace.root());
    Ok(command)
}
