//! The suite `contract`: Schemathesis (Python) holds a running instance to its own
//! `OpenAPI` document. The pins are in `tests/contract/requirements.txt`.

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
    let Some(schemathesis) = schemathesis(&context.workspace)? else {
        return Ok(skip("contract", "it needs Python 3 with venv"));
    };
    let mut cargo = context.end_to_end();
    cargo.args(["--test", "contract"]);
    cargo.env("BALANCE_SCHEMATHESIS", schemathesis);
    context.tests("contract tests", &mut cargo)
}

/// The pinned Schemathesis, installed once for each set of pins. Nothing where there
/// is no Python that can.
fn schemathesis(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let requirements = workspace.path("tests/contract/requirements.txt");
    let pins = fs::read(&requirements).context("reading the pins of Schemathesis")?;
    let folder = setup::tools_folder(workspace)?.join("py");
    let (stamp, program) = (folder.join("pins"), folder.join("bin/schemathesis"));
    if program.exists() && fs::read(&stamp).is_ok_and(|installed| installed == pins) {
        return Ok(Some(program));
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
    Step::new(workspace, "installing Schemathesis (once)").run(&pip)?;
    write(&stamp, &pins)?;
    Ok(Some(program))
}

/// Debian ships the two modules apart from Python itself.
fn makes_environments() -> bool {
    let mut python = Command::new("python3");
    setup::runs(python.args(["-c", "import ensurepip, venv"]))
}

fn write(path: &Path, contents: &[u8]) -> Result<()> {
    fs::write(path, contents).with_context(|| format!("writing {}", path.display()))
}
