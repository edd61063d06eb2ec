//! The wasm32-unknown-unknown target: rustup's where it can be had, else Debian's compiler
//! with a standard library of our own build (`debian.rs`).

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use stack::Workspace;

use super::{debian, runs};
use crate::progress::Step;

/// The platform that workerd runs.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Where rustup's servers are out of reach it retries for minutes; nothing to wait for.
const STALLED: Duration = Duration::from_secs(30);

/// Which compiler builds the Worker.
pub(crate) enum WasmToolchain {
    /// The machine's own.
    Default,
    /// The one in this folder of executables, building into this target folder, because
    /// artefacts of two compilers do not mix.
    Private { bin: PathBuf, target: PathBuf },
}

impl WasmToolchain {
    /// Makes a command find this compiler, ahead of what `path` has.
    pub(crate) fn apply(&self, command: &mut Command, path: OsString) {
        match self {
            Self::Default => command.env("PATH", path),
            Self::Private { bin, target } => {
                let mut first = bin.clone().into_os_string();
                first.push(":");
                first.push(path);
                command.env("PATH", first).env("RUSTC", bin.join("rustc"));
                command.env("CARGO_TARGET_DIR", target)
            }
        };
    }

    /// Whether clippy and cargo can check the Worker for its target.
    pub(crate) fn has_clippy(&self) -> bool {
        matches!(self, Self::Default)
    }
}

/// Finds the target, or makes it.
pub(super) fn wasm_target(workspace: &Workspace) -> Result<WasmToolchain> {
    let asked = env::var("BALANCE_WASM_TOOLCHAIN").unwrap_or_default();
    match asked.as_str() {
        "debian" => debian::install(workspace),
        "rustup" => rustup(workspace).map(|()| WasmToolchain::Default),
        "" if is_installed() => Ok(WasmToolchain::Default),
        "" if debian::is_installed(workspace)? => debian::install(workspace),
        "" => match rustup(workspace) {
            Ok(()) => Ok(WasmToolchain::Default),
            Err(error) => {
                eprintln!("  {error:#}\n  Falling back on Debian's packages.");
                debian::install(workspace).context("no rustup, and Debian's way failed too")
            }
        },
        other => bail!("BALANCE_WASM_TOOLCHAIN is {other:?}: it takes rustup or debian"),
    }
}

fn rustup(workspace: &Workspace) -> Result<()> {
    if is_installed() {
        return Ok(());
    }
    if !runs(Command::new("rustup").arg("--version")) {
        bail!("rustup is not installed");
    }
    let mut rustup = Command::new("rustup");
    rustup
        .args(["target", "add", TARGET])
        .env("RUSTUP_MAX_RETRIES", "1");
    let folders = download_folders();
    Step::new(
        workspace,
        "adding the wasm32-unknown-unknown target with rustup",
    )
    .give_up_after(STALLED, &folders)
    .run(&rustup)?;
    if !is_installed() {
        bail!("rustup added the target to another toolchain than `rustc` on PATH");
    }
    Ok(())
}

/// Makes sure of rustfmt and clippy, which a minimal toolchain lacks.
pub(crate) fn lints(workspace: &Workspace) -> Result<()> {
    let present = ["fmt", "clippy"]
        .iter()
        .all(|tool| runs(Command::new("cargo").args([tool, "--version"])));
    if present {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup
        .args(["component", "add", "rustfmt", "clippy"])
        .env("RUSTUP_MAX_RETRIES", "1");
    let folders = download_folders();
    Step::new(workspace, "adding rustfmt and clippy with rustup")
        .give_up_after(STALLED, &folders)
        .run(&rustup)
}

/// Where a slow download of rustup's shows: not in what it prints.
fn download_folders() -> Vec<PathBuf> {
    let home = env::var_os("RUSTUP_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".rustup")));
    home.map(|home| vec![home.join("downloads"), home.join("tmp")])
        .unwrap_or_default()
}

/// Whether the compiler on PATH has the target's standard library.
fn is_installed() -> bool {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .output();
    let Ok(output) = output else { return false };
    has_std(Path::new(String::from_utf8_lossy(&output.stdout).trim()))
}

/// Whether a folder holds a standard library.
pub(super) fn has_std(folder: &Path) -> bool {
    let mut entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
}
