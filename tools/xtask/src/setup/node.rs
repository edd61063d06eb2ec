//! Node and its programs: `npm ci` on the lock file, with no package running code at install
//! time. Node itself comes as one of those packages, so wrangler finds the version it needs
//! whatever the machine has.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use stack::Workspace;

use super::runs;
use crate::progress::Step;

/// The oldest Node that every program here accepts, where npm brought none for this platform.
const OLDEST: (u32, u32) = (24, 18);

pub(super) fn install(workspace: &Workspace) -> Result<()> {
    let stamp = workspace.path("node_modules/.installed");
    let wanted = fingerprint(workspace)?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    if !runs(Command::new("npm").arg("--version")) {
        bail!(
            "npm is missing. Any version does to begin with: on Debian and Ubuntu \
             `apt install npm`, elsewhere https://nodejs.org"
        );
    }
    let mut npm = Command::new("npm");
    npm.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]);
    npm.current_dir(workspace.root());
    Step::new(
        workspace,
        "installing Node, wrangler and the other npm packages",
    )
    .run(&npm)?;
    check_version(workspace)?;
    fs::write(&stamp, wanted).context("writing to node_modules")
}

fn check_version(workspace: &Workspace) -> Result<()> {
    let mut node = Command::new("node");
    node.arg("--version").env("PATH", workspace.search_path());
    let output = node.output().context("starting node")?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let mut numbers = version
        .trim_start_matches('v')
        .split('.')
        .map(str::parse::<u32>);
    let found = match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor),
        _ => bail!("node --version printed {version:?}"),
    };
    let (major, minor) = OLDEST;
    ensure!(
        found >= OLDEST,
        "Node {version} is too old: install {major}.{minor} or newer"
    );
    Ok(())
}

fn fingerprint(workspace: &Workspace) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for name in ["package.json", "package-lock.json"] {
        fs::read(workspace.path(name))
            .with_context(|| format!("reading {name}"))?
            .hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}
