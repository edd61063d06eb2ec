//! Debian's packages, for the programs that neither cargo nor npm brings.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use stack::Workspace;

use super::runs;
use crate::progress::Step;

/// How long apt may stand still, on another apt's lock or a mirror.
const STUCK: Duration = Duration::from_mins(5);

/// A package, and what to say of it.
pub(super) struct Package<'a> {
    pub(super) names: &'a [&'a str],
    /// Completes "installing …".
    pub(super) what: &'a str,
    /// What a machine without apt does instead.
    pub(super) elsewhere: &'a str,
}

impl Package<'_> {
    /// Installs it. `missing` says what there is none of, where this cannot.
    pub(super) fn install(&self, workspace: &Workspace, missing: &str) -> Result<()> {
        if !runs(apt().arg("--version")) {
            bail!("{missing} (this is no Debian: {})", self.elsewhere);
        }
        ensure!(is_root(), "{missing}");
        if !runs(self.command().arg("--simulate")) {
            let mut update = apt();
            update.arg("update");
            let label = format!("updating apt's lists for {}", self.what);
            let step = Step::new(workspace, &label);
            step.give_up_after(STUCK, &[]).run(&update)?;
        }
        let label = format!("installing {}", self.what);
        let step = Step::new(workspace, &label);
        step.give_up_after(STUCK, &[]).run(&self.command())
    }

    /// Asks nothing, and leaves what an administrator has configured as it is.
    fn command(&self) -> Command {
        let mut command = apt();
        command
            .args(["install", "--yes", "--no-install-recommends"])
            .args(["-o", "Dpkg::Options::=--force-confold"])
            // Waits for another apt instead of failing.
            .args(["-o", "DPkg::Lock::Timeout=120"])
            .args(self.names);
        command
    }
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
