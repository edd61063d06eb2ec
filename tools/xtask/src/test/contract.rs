//! The suite `contract`: Schemathesis (Python) holds a running instance to its own
//! `OpenAPI` document, and localstripe (Python), a Stripe of others' making, leads a
//! subscription through its life; strangers verify the audit log with a script; what is sent as OTLP is held to
//! `OpenTelemetry`'s messages. The pins are in `tests/contract/requirements.txt`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use stack::Workspace;

use super::counts::Counts;
use super::suites::{Context, skip};
use crate::progress::Step;
use crate::setup;

pub(super) fn contract(context: &Context) -> Result<Counts> {
    let Some(programs) = programs(&context.workspace)? else {
        return Ok(skip("contract", "it needs Python 3 with venv"));
    };
    let mut cargo = context.end_to_end();
    cargo.args(["--test", "contract"]);
    cargo.env("BALANCE_SCHEMATHESIS", programs.join("schemathesis"));
    cargo.env("BALANCE_LOCALSTRIPE", programs.join("localstripe"));
    cargo.env("BALANCE_PYTHON", programs.join("python3"));
    context.tests("contract tests", &mut cargo)
}

/// The folder of the pinned programs, installed once for each set of pins. Nothing where
/// there is no Python that can.
fn programs(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let requirements = workspace.path("tests/contract/requirements.txt");
    let pins = fs::read(&requirements).context("reading the pins of the Python tools")?;
    let folder = setup::tools_folder(workspace)?.join("py");
    let (stamp, programs) = (folder.join("pins"), folder.join("bin"));
    if programs.exists() && fs::read(&stamp).is_ok_and(|installed| installed == pins) {
        return Ok(Some(programs));
    }
    if !makes_environments() {
        return Ok(None);
    }
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv", "--clear"]).arg(&folder);
    Step::new(workspace, "making a Python environment").run(&venv)?;
    let mut pip = Command::new(folder.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check"]);
    pip.arg("--requirement").arg(&requirements);
    Step::new(
        workspace,
        "installing Schemathesis, localstripe, cryptography and opentelemetry-proto (once)",
    )
    .run(&pip)?;
    write(&stamp, &pins)?;
    Ok(Some(programs))
}

/// Debian ships the two modules apart from Python itself.
fn makes_environments() -> bool {
    let mut python = Command::new("python3");
    setup::runs(python.args(["-c", "import ensurepip, venv"]))
}

fn write(path: &Path, contents: &[u8]) -> Result<()> {
    fs::write(path, contents).with_context(|| format!("writing {}", path.display()))
}
