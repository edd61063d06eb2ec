//! What judges the configuration of a server of one's own: systemd's and Caddy's own checks.

use std::process::Command;

use anyhow::Result;
use stack::Workspace;

use super::apt::Package;
use super::runs;

const SYSTEMD: Package<'static> = Package {
    names: &["systemd"],
    what: "systemd-analyze",
    elsewhere: "any systemd of 252 or newer will do",
};

/// Installed, and not started: its check alone is run.
const CADDY: Package<'static> = Package {
    names: &["caddy"],
    what: "Caddy (15 MB)",
    elsewhere: "any Caddy 2 will do",
};

/// Installs what is missing.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    if !runs(Command::new("systemd-analyze").arg("--version")) {
        SYSTEMD.install(workspace, "there is no systemd-analyze")?;
    }
    if !runs(Command::new("caddy").arg("version")) {
        CADDY.install(workspace, "there is no caddy")?;
    }
    Ok(())
}
