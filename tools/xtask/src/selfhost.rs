//! `cargo xtask selfhost`: all that a server of one's own needs, in one folder to copy there.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use lexopt::Arg;
use stack::Workspace;

use crate::command::Command;
use crate::{build, setup};

pub(crate) const COMMAND: Command = Command {
    name: "selfhost",
    summary: "lay out what hosts Balance on a server of one's own (deploy/hetzner)",
    help: "\
Usage: cargo xtask selfhost [--to FOLDER]

Builds the Worker and lays it out with workerd, its configuration, the pages, the migrations,
systemd's units and Caddy's configuration. deploy/hetzner/README.md says what to do with it.

  --to FOLDER  where (default target/selfhost); what an earlier one left there is removed",
    run,
};

/// Says that a folder is ours to remove.
const MARK: &str = "release.capnp";

fn run(arguments: lexopt::Parser) -> Result<ExitCode> {
    let workspace = Workspace::here();
    let folder = parse(arguments)?.unwrap_or_else(|| workspace.path("target/selfhost"));
    let toolchain = setup::set_up(&workspace)?;
    build::build(&workspace, &toolchain)?;
    if folder.join(MARK).exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    stack::lay_out(&workspace, &folder)?;
    let program = folder.join("workerd");
    fs::copy(stack::workerd(&workspace)?, &program)
        .with_context(|| format!("writing {}", program.display()))?;
    println!(
        "{} is complete; {}/README.md says how it is installed",
        folder.display(),
        folder.display()
    );
    Ok(ExitCode::SUCCESS)
}

fn parse(mut arguments: lexopt::Parser) -> Result<Option<PathBuf>> {
    let mut folder = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("to") => folder = Some(PathBuf::from(arguments.value()?)),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(folder)
}
