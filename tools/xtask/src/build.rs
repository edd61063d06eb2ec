//! `cargo xtask build`: the Worker as wrangler ships it, in `build/`. Does nothing while no
//! source has changed since.

mod slim;

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitCode};

use anyhow::{Context as _, Result};
use stack::Workspace;

use crate::command::Command;
use crate::progress::Step;
use crate::setup::{self, Toolchain};

pub(crate) const COMMAND: Command = Command {
    name: "build",
    summary: "compile the Worker into build/, if a source has changed (wrangler runs this itself)",
    help: "\
Usage: cargo xtask build [--quick] [--force]

Compiles src/ and crates/ to WebAssembly with worker-build, as it is shipped. Does nothing
while neither they nor the pinned tools have changed.

  --quick   what `cargo xtask dev` runs: not optimised as a whole, so rebuilt in seconds, and
            kept apart in target/worker-dev/
  --force   build in any case",
    run,
};

/// What a build is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be shipped, tested and measured.
    Ship,
    /// To be tried while it is being written.
    Try,
}

impl Purpose {
    /// The folder that the build goes to, from the root.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Ship => "build",
            Self::Try => "target/worker-dev",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Ship => "compiling the Worker to WebAssembly",
            Self::Try => "compiling the Worker to WebAssembly, for development",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Ship => &["--release"],
            // The profile is in .cargo/config.toml.
            Self::Try => &["--profile", "quick", "--no-opt"],
        }
    }
}

/// All that the Worker is made of.
const SOURCES: [&str; 9] = [
    "src",
    "crates",
    "migrations",
    "Cargo.toml",
    "Cargo.lock",
    "package-lock.json",
    ".cargo/config.toml",
    "tools/xtask/src/build/slim.rs",
    "tools/xtask/src/setup/tools.rs",
];

fn run(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let (mut purpose, mut force) = (Purpose::Ship, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("quick") => purpose = Purpose::Try,
            lexopt::Arg::Long("force") => force = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let workspace = Workspace::here();
    if force {
        // Without its stamp a build is not current.
        let _ = fs::remove_file(stamp(&workspace, purpose));
    }
    if !is_current(&workspace, purpose)? {
        build_for(purpose, &workspace, &setup::set_up(&workspace)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds the Worker as it is shipped, unless it is current.
pub(crate) fn build(workspace: &Workspace, toolchain: &Toolchain) -> Result<()> {
    build_for(Purpose::Ship, workspace, toolchain)
}

/// Builds the Worker, unless it is current.
pub(crate) fn build_for(
    purpose: Purpose,
    workspace: &Workspace,
    toolchain: &Toolchain,
) -> Result<()> {
    let lock = workspace.path("target/xtask/build.lock");
    fs::create_dir_all(workspace.path("target/xtask"))?;
    let lock = File::create(&lock).with_context(|| format!("opening {}", lock.display()))?;
    // Two at once would do the same work; the second finds it done.
    lock.lock().context("waiting for another build")?;
    // Taken before: a change during the build makes the next one do it again.
    let sources = fingerprint(workspace)?;
    if is_current(workspace, purpose)? {
        return Ok(());
    }
    let mut build = Process::new(&toolchain.tools.worker_build);
    toolchain.wasm.apply(&mut build, workspace.search_path());
    build
        .args(purpose.arguments())
        .args(["--out-dir", purpose.folder()])
        .current_dir(workspace.root())
        .env("RUST_BACKTRACE", "0")
        .env("WASM_BINDGEN_BIN", &toolchain.tools.wasm_bindgen)
        .env("WASM_OPT_BIN", workspace.node_bin().join("wasm-opt"))
        .env("ESBUILD_BIN", esbuild(workspace)?);
    Step::new(workspace, purpose.label()).run(&build)?;
    if purpose == Purpose::Ship {
        let module = workspace.path(purpose.folder()).join("index_bg.wasm");
        let slim = slim::without_names(&fs::read(&module).context("reading the Worker")?)?;
        fs::write(&module, slim).context("writing the Worker")?;
    }
    fs::write(stamp(workspace, purpose), sources).context("writing the build's stamp")
}

/// Builds the stand-ins and says where their executable is.
pub(crate) fn sandbox(workspace: &Workspace) -> Result<PathBuf> {
    let mut cargo = Process::new("cargo");
    cargo
        .args(["build", "--package", "sandbox", "--bin", "sandbox"])
        .current_dir(workspace.root());
    Step::new(workspace, "compiling the stand-ins")
        .brief()
        .run(&cargo)?;
    Ok(workspace.build_sandbox()?)
}

fn is_current(workspace: &Workspace, purpose: Purpose) -> Result<bool> {
    let folder = workspace.path(purpose.folder());
    let built = ["index.js", "index_bg.wasm"]
        .iter()
        .all(|file| folder.join(file).exists());
    let sources = fs::read_to_string(stamp(workspace, purpose)).unwrap_or_default();
    Ok(built && sources == fingerprint(workspace)?)
}

fn stamp(workspace: &Workspace, purpose: Purpose) -> PathBuf {
    workspace.path(purpose.folder()).join(".sources")
}

/// esbuild's own executable: the one in `.bin` is a script around it.
fn esbuild(workspace: &Workspace) -> Result<PathBuf> {
    let packages = workspace.path("node_modules/@esbuild");
    let mut entries = fs::read_dir(&packages)
        .context("looking for esbuild")?
        .flatten();
    let package = entries
        .next()
        .with_context(|| format!("no esbuild in {}", packages.display()))?;
    Ok(package.path().join("bin/esbuild"))
}

/// Names and contents of everything the Worker is made of.
fn fingerprint(workspace: &Workspace) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for source in SOURCES {
        hash(&workspace.path(source), &mut hasher)?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn hash(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path)?
            .flatten()
            .map(|entry| entry.path())
            .collect();
        entries.sort();
        for entry in entries {
            entry.file_name().hash(hasher);
            hash(&entry, hasher)?;
        }
    } else if path.exists() {
        fs::read(path)
            .with_context(|| format!("reading {}", path.display()))?
            .hash(hasher);
    }
    Ok(())
}
