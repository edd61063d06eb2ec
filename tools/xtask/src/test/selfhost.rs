//! The suite of hosting Balance oneself: the units and Caddy's configuration as their own programs
//! read them, and the end-to-end tests on plain workerd.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::counts::Counts;
use super::suites::{Context, verdict};
use crate::setup;

const UNITS: [&str; 3] = [
    "balance.service",
    "balance-sweep.service",
    "balance-sweep.timer",
];
/// What the units start, where they look for it.
const PROGRAMS: [&str; 2] = ["opt/balance/workerd", "usr/bin/curl"];
/// In tenths, the most that `systemd-analyze security` may find exposed of each service.
const EXPOSURE: [(&str, &str); 2] = [("balance.service", "15"), ("balance-sweep.service", "10")];

pub(super) fn self_host(context: &Context) -> Result<Counts> {
    setup::hosting::install(&context.workspace)?;
    let kept = context.workspace.path("deploy/hetzner");
    let mut counts = verdict(units_are_sound(&kept.join("systemd"))?);
    for (unit, most) in EXPOSURE {
        let mut security = Command::new("systemd-analyze");
        security.args(["security", "--offline=true", "--no-pager"]);
        security.arg(format!("--threshold={most}"));
        security.arg(kept.join("systemd").join(unit));
        counts.add(&context.check(&format!("systemd-analyze security {unit}"), &security)?);
    }
    let mut caddy = Command::new("caddy");
    caddy.args(["validate", "--adapter", "caddyfile", "--config"]);
    caddy.arg(kept.join("Caddyfile"));
    counts.add(&context.check("caddy validate", &caddy)?);
    let mut cargo = context.end_to_end();
    cargo.args(["--no-fail-fast", "--test", "selfhost", "--test", "suite"]);
    cargo.env("BALANCE_RUNTIME", "workerd");
    cargo.env("BALANCE_ENGINE", "d1");
    counts.add(&context.tests("end-to-end tests on plain workerd", &mut cargo)?);
    Ok(counts)
}

/// Whether systemd has nothing to say of the units, on a machine that has what they start. It warns
/// of a word that it does not know, and succeeds.
fn units_are_sound(units: &Path) -> Result<bool> {
    let root = tempfile::tempdir()?;
    let installed = root.path().join("etc/systemd/system");
    fs::create_dir_all(&installed)?;
    for name in UNITS {
        let context = || format!("copying {name}");
        fs::copy(units.join(name), installed.join(name)).with_context(context)?;
    }
    for program in PROGRAMS {
        let path = root.path().join(program);
        fs::create_dir_all(path.parent().unwrap_or(root.path()))?;
        fs::write(&path, "#!/bin/sh\n")?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    }
    // The targets that the units name are systemd's own.
    let own = root.path().join("usr/lib/systemd/system");
    fs::create_dir_all(&own)?;
    for entry in fs::read_dir("/usr/lib/systemd/system").context("reading systemd's units")? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if path.extension().is_some_and(|kind| kind == "target") && path.is_file() {
            fs::copy(&path, own.join(name))?;
        }
    }
    let mut verify = Command::new("systemd-analyze");
    verify.args(["verify", "--man=no"]).args(UNITS);
    verify.arg(format!("--root={}", root.path().display()));
    let output = verify.output().context("starting systemd-analyze")?;
    let told = String::from_utf8_lossy(&output.stderr);
    eprint!("{told}");
    Ok(output.status.success() && told.trim().is_empty())
}
