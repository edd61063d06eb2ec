//! The suite `wasm`: what compiles for wasm32 may still trap when it is run, so the ceremonies
//! of the crate `passkey` are run there, in workerd and with its `WebCrypto` (`tests/wasm/`).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;
use stack::Workspace;

use super::counts::Counts;
use super::suites::Context;
use crate::progress::{self, Step};
use crate::setup::{TARGET, Toolchain};

pub(super) fn wasm(context: &Context) -> Result<Counts> {
    let vectors = context.vectors.as_deref();
    let node = ceremonies(&context.workspace, &context.toolchain, vectors)?;
    context.node_tests("ceremonies in workerd", &node)
}

/// What runs the ceremonies, which are built here, and reports in TAP.
pub(crate) fn ceremonies(
    workspace: &Workspace,
    toolchain: &Toolchain,
    vectors: Option<&Path>,
) -> Result<Command> {
    let folder = workspace.path("target/xtask/ceremonies");
    let mut bindgen = Command::new(&toolchain.tools.wasm_bindgen);
    bindgen
        .args(["--target", "web", "--no-typescript", "--out-dir"])
        .arg(&folder)
        .arg(compile(workspace, toolchain)?);
    let step = Step::new(workspace, "binding the ceremonies to JavaScript");
    step.brief().run(&bindgen)?;

    let mut node = workspace.node_program("node")?;
    node.args(["--test", "--test-reporter=tap"])
        .arg(workspace.path("tests/wasm/ceremonies.test.mjs"))
        .env("BALANCE_CEREMONIES", &folder);
    if let Some(vectors) = vectors {
        node.env("BALANCE_VECTORS", vectors);
    }
    Ok(node)
}

/// Where the module is.
fn compile(workspace: &Workspace, toolchain: &Toolchain) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    toolchain.wasm.apply(&mut cargo, workspace.search_path());
    cargo
        .args(["build", "--release", "--package", "ceremonies"])
        .args(["--target", TARGET])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(workspace.root());
    let step = Step::new(workspace, "compiling the ceremonies to WebAssembly").brief();
    let outcome = step.finish(&cargo)?;
    let log = progress::read(&outcome.log);
    let messages = log
        .lines()
        .rev()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let module = messages
        .filter_map(|message| Some(message.pointer("/filenames/0")?.as_str()?.to_owned()))
        .find(|file| file.ends_with("/ceremonies.wasm"));
    module
        .filter(|_| outcome.status.success())
        .map(PathBuf::from)
        .with_context(|| format!("no module was built\n{}", progress::tail(&outcome.log, 40)))
}
