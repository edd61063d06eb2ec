//! The database server behind the stand-in for PlanetScale. Debian's `mariadb-server-core` holds
//! the server's program alone: no service is set up or started, and none could be left running.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use stack::{MariaDb, Workspace};

use super::runs;
use crate::progress::Step;

/// The program without the service; `mariadb-server` depends on it.
const PACKAGE: &str = "mariadb-server-core";

/// How long apt may stand still, on another apt's lock or a mirror.
const STUCK: Duration = Duration::from_mins(5);

/// Installs the server where it is missing.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    let Err(missing) = MariaDb::find() else {
        return Ok(());
    };
    if !runs(apt().arg("--version")) {
        bail!("{missing} (this is no Debian: any MariaDB 10.11 or newer will do)");
    }
    ensure!(is_root(), "{missing}");
    if !runs(install_command().arg("--simulate")) {
        let mut update = apt();
        update.arg("update");
        let step = Step::new(workspace, "updating apt's lists for MariaDB");
        step.give_up_after(STUCK, &[]).run(&update)?;
    }
    let step = Step::new(workspace, "installing MariaDB's server (20 MB)");
    step.give_up_after(STUCK, &[]).run(&install_command())?;
    MariaDb::find()?;
    Ok(())
}

/// Asks nothing, and leaves what an administrator has configured as it is.
fn install_command() -> Command {
    let mut command = apt();
    command
        .args(["install", "--yes", "--no-install-recommends"])
        .args(["-o", "Dpkg::Options::=--force-confold"])
        // Waits for another apt instead of failing.
        .args(["-o", "DPkg::Lock::Timeout=120"])
        .arg(PACKAGE);
    command
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .env("LC_ALL", "C");
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
