//! `cargo xtask setup`: everything that `dev`, `build` and `test` need, made once. Each part
//! looks first and does nothing where all is as it should be.

mod apt;
pub(crate) mod chromium;
mod debian;
pub(crate) mod hosting;
pub(crate) mod mariadb;
mod node;
mod rust;
mod tools;
mod vars;

use std::process::{Command as Process, ExitCode};
use std::thread;

use anyhow::{Result, anyhow};
use stack::{Engine, Workspace};

pub(crate) use rust::{TARGET, WasmToolchain, lints};
pub(crate) use tools::{cargo_deny, folder as tools_folder};

use crate::command::Command;

pub(crate) const COMMAND: Command = Command {
    name: "setup",
    summary: "install what the other commands need (they do it themselves when asked)",
    help: "\
Usage: cargo xtask setup

Makes, where it is not there yet: the wasm32-unknown-unknown target (by rustup, or from
Debian's packages where rustup's servers are out of reach), node_modules with Node and
wrangler (npm ci), worker-build and wasm-bindgen, and .dev.vars with a random keyring,
which is never overwritten.

Needs: cargo, npm (any Node) and the network, once.

Environment:
  BALANCE_TOOLS           where cargo-installed tools go (default target/tools)
  BALANCE_WASM_TOOLCHAIN  rustup or debian: take that one (default: rustup, then debian)",
    run,
};

/// What building the Worker takes.
pub(crate) struct Toolchain {
    pub(crate) wasm: WasmToolchain,
    pub(crate) tools: tools::Tools,
}

fn run(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    if let Some(argument) = arguments.next()? {
        return Err(argument.unexpected().into());
    }
    set_up(&Workspace::here())?;
    eprintln!("Set-up is complete.");
    Ok(ExitCode::SUCCESS)
}

/// Brings everything up to date.
pub(crate) fn set_up(workspace: &Workspace) -> Result<Toolchain> {
    vars::make(workspace)?;
    // npm waits for the network while cargo compiles.
    let (node, built) = thread::scope(|scope| {
        let node = scope.spawn(|| node::install(workspace));
        let built = rust::wasm_target(workspace).and_then(|wasm| {
            Ok(Toolchain {
                wasm,
                tools: tools::install(workspace)?,
            })
        });
        (node.join(), built)
    });
    node.map_err(|_| anyhow!("installing the Node programs panicked"))??;
    built
}

/// Installs the server that an instance with this database has behind its stand-in.
pub(crate) fn database(engine: Engine, workspace: &Workspace) -> Result<()> {
    match engine {
        Engine::D1 => Ok(()),
        Engine::PlanetScale => mariadb::install(workspace),
    }
}

/// Whether a program starts.
pub(crate) fn runs(program: &mut Process) -> bool {
    program.output().is_ok_and(|output| output.status.success())
}
