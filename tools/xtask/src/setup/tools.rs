//! Programs that cargo builds from crates.io, each into a folder named after its version, so
//! that another version never replaces one in use.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use stack::Workspace;

use crate::progress::Step;

const WORKER_BUILD: &str = "0.8.7";
const CARGO_DENY: &str = "0.20.2";

/// Where the programs are.
pub(crate) struct Tools {
    pub(crate) worker_build: PathBuf,
    pub(crate) wasm_bindgen: PathBuf,
}

/// One program of one crate.
struct Program<'a> {
    krate: &'a str,
    binary: &'a str,
    version: &'a str,
    /// Further arguments of `cargo install`.
    arguments: &'a [&'a str],
}

/// Installs what building the Worker takes.
pub(super) fn install(workspace: &Workspace) -> Result<Tools> {
    let worker_build = Program {
        krate: "worker-build",
        binary: "worker-build",
        version: WORKER_BUILD,
        // It links OpenSSL; where the headers are missing it brings its own, which its lock
        // file does not know.
        arguments: if has_openssl() {
            &["--locked"]
        } else {
            &["--features", "ureq/vendored"]
        },
    };
    // Both sides of the bindings must be of one version. Its lock file does not resolve. It
    // works on megabytes, so its three busy packages are optimised.
    let wasm_bindgen = Program {
        krate: "wasm-bindgen-cli",
        binary: "wasm-bindgen",
        version: &locked_version(workspace, "wasm-bindgen")?,
        arguments: &[
            "--config=profile.release.package.walrus.opt-level=2",
            "--config=profile.release.package.wasmparser.opt-level=2",
            "--config=profile.release.package.wasm-bindgen-cli-support.opt-level=2",
        ],
    };
    Ok(Tools {
        worker_build: worker_build.install(workspace)?,
        wasm_bindgen: wasm_bindgen.install(workspace)?,
    })
}

/// Installs cargo-deny and says where it is.
pub(crate) fn cargo_deny(workspace: &Workspace) -> Result<PathBuf> {
    let arguments = &["--locked", "--no-default-features"];
    let deny = Program {
        krate: "cargo-deny",
        binary: "cargo-deny",
        version: CARGO_DENY,
        arguments,
    };
    deny.install(workspace)
}

impl Program<'_> {
    fn install(&self, workspace: &Workspace) -> Result<PathBuf> {
        let tools = folder(workspace)?;
        let root = tools.join(format!("{}-{}", self.krate, self.version));
        let binary = root.join("bin").join(self.binary);
        if binary.exists() {
            return Ok(binary);
        }
        let label = format!(
            "compiling {} {} (once, a minute or more)",
            self.krate, self.version
        );
        let mut cargo = Command::new("cargo");
        cargo
            .args([
                "install",
                self.krate,
                "--version",
                self.version,
                "--bin",
                self.binary,
            ])
            .arg("--root")
            .arg(&root)
            // Shared, because they have many dependencies in common.
            .arg("--target-dir")
            .arg(tools.join("build"))
            .args(self.arguments)
            // They run for moments; what counts is how long they take to compile.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .current_dir(env::temp_dir());
        Step::new(workspace, &label).run(&cargo)?;
        Ok(binary)
    }
}

/// Whether openssl-sys will find what it links.
fn has_openssl() -> bool {
    !cfg!(target_os = "linux")
        || env::var_os("OPENSSL_DIR").is_some()
        || super::runs(Command::new("pkg-config").args(["--exists", "openssl"]))
}

/// Where tools are kept: a folder that several checkouts may share.
pub(crate) fn folder(workspace: &Workspace) -> Result<PathBuf> {
    let named =
        env::var_os("BALANCE_TOOLS").unwrap_or_else(|| workspace.path("target/tools").into());
    std::path::absolute(named).context("BALANCE_TOOLS is no path")
}

/// The version of a crate in the workspace's Cargo.lock.
fn locked_version(workspace: &Workspace, name: &str) -> Result<String> {
    #[derive(Deserialize)]
    struct Lock {
        package: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
        version: String,
    }
    let text = fs::read_to_string(workspace.path("Cargo.lock")).context("reading Cargo.lock")?;
    let lock: Lock = toml::from_str(&text).context("parsing Cargo.lock")?;
    let package = lock
        .package
        .into_iter()
        .find(|package| package.name == name);
    Ok(package
        .with_context(|| format!("{name} is not in Cargo.lock"))?
        .version)
}
