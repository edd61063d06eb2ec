//! The suites that drive workerd over HTTP.

use std::process::Command;

use anyhow::Result;

use super::counts::Counts;
use super::suites::Context;
use crate::setup;

/// Everything that people, banks and attackers do, on one database engine.
pub(super) fn end_to_end(context: &Context, engine: &str) -> Result<Counts> {
    let mut cargo = context.end_to_end();
    cargo.arg("--no-fail-fast").env("BALANCE_ENGINE", engine);
    context.tests(&format!("end-to-end tests on {engine}"), &mut cargo)
}

/// The failures that only a database over HTTP has.
pub(super) fn planetscale(context: &Context) -> Result<Counts> {
    let mut cargo = context.end_to_end();
    cargo.args(["--test", "planetscale"]);
    context.tests("tests of a failing PlanetScale", &mut cargo)
}

/// `cargo xtask move`, from one engine to the other.
pub(super) fn moving(context: &Context) -> Result<Counts> {
    let mut cargo = context.end_to_end();
    cargo.args(["--test", "moving"]);
    context.tests("moving from D1 to PlanetScale", &mut cargo)
}

/// The first-party client in Chromium.
pub(super) fn browser(context: &Context) -> Result<Counts> {
    let chromium = setup::chromium::install(&context.workspace)?;
    let mut cargo = context.end_to_end();
    cargo.args(["--test", "browser"]);
    cargo.env("BALANCE_CHROMIUM", chromium);
    context.tests("browser tests", &mut cargo)
}

impl Context {
    /// `cargo test` of the end-to-end tests.
    pub(super) fn end_to_end(&self) -> Command {
        let mut cargo = self.cargo();
        cargo.args(["test", "--package", "end-to-end"]);
        cargo.env("BALANCE_SANDBOX_BIN", &self.sandbox);
        cargo
    }
}
