//! The native `argon2` tool (Debian's package of the reference implementation), and its CPU time.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use stack::Workspace;

use crate::progress::Step;

/// The system's clock ticks a second, in which /proc counts.
const TICKS: f64 = 100.0;

/// The tool, known to run.
pub(super) struct Argon2(());

impl Argon2 {
    /// Finds it, or installs it where that is possible.
    pub(super) fn find(workspace: &Workspace) -> Result<Self> {
        if !is_there() {
            let mut apt = Command::new("apt-get");
            apt.args(["install", "--yes", "--no-install-recommends", "argon2"]);
            apt.env("DEBIAN_FRONTEND", "noninteractive");
            if Step::new(workspace, "installing the native argon2")
                .run(&apt)
                .is_err()
                || !is_there()
            {
                bail!(
                    "the native `argon2` tool is missing and could not be installed: on Debian and \
                     Ubuntu `apt install argon2`, elsewhere https://github.com/P-H-C/phc-winner-argon2"
                );
            }
        }
        Ok(Self(()))
    }

    /// The CPU time of so many hashes, without the processes' starts.
    #[expect(
        clippy::unused_self,
        reason = "the value is the proof that the tool is there"
    )]
    pub(super) fn hash(&self, count: usize) -> Result<Duration> {
        let start = many(count, &["-t", "1", "-k", "8"])?;
        let whole = many(count, &["-t", "2", "-k", "19456"])?;
        Ok(whole.saturating_sub(start))
    }
}

fn is_there() -> bool {
    // Asked for help it fails, but it is there.
    Command::new("argon2").arg("-h").output().is_ok()
}

/// The CPU time of so many runs with these costs.
fn many(count: usize, costs: &[&str]) -> Result<Duration> {
    let before = children()?;
    for _ in 0..count {
        let mut tool = Command::new("argon2");
        tool.args(["somesaltsomesalt", "-id", "-p", "1", "-l", "32", "-r"])
            .args(costs);
        let mut child = tool.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(b"a password of nobody's at all")?;
        }
        ensure!(child.wait()?.success(), "argon2 failed");
    }
    Ok(children()?.saturating_sub(before))
}

/// The CPU time of all children of this process that have ended.
fn children() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // Behind the name, which may hold anything, come the state and 13 more fields.
    let (_, fields) = stat.rsplit_once(") ").context("an odd /proc/self/stat")?;
    let ticks: Vec<f64> = fields
        .split(' ')
        .skip(13)
        .take(2)
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    Ok(Duration::from_secs_f64(ticks.iter().sum::<f64>() / TICKS))
}
