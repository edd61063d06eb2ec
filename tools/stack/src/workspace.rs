//! Where things are in a checkout, and how its Node programs are started.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{StackError, While as _};

/// The checkout that this crate was built from.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The checkout around this crate.
    #[must_use]
    pub fn here() -> Self {
        let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = crate_dir.ancestors().nth(2).unwrap_or(crate_dir);
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        Self { root }
    }

    /// The folder that holds the workspace's Cargo.toml.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path below the root.
    #[must_use]
    pub fn path(&self, below: impl AsRef<Path>) -> PathBuf {
        self.root.join(below)
    }

    /// Where npm puts executables.
    #[must_use]
    pub fn node_bin(&self) -> PathBuf {
        self.path("node_modules/.bin")
    }

    /// `PATH` with the workspace's own Node and its programs first.
    #[must_use]
    pub fn search_path(&self) -> OsString {
        let mut path = self.node_bin().into_os_string();
        if let Some(inherited) = std::env::var_os("PATH") {
            path.push(":");
            path.push(inherited);
        }
        path
    }

    /// A program that npm installed, without a terminal, without colours, and without
    /// telling anyone that it runs.
    ///
    /// # Errors
    /// When npm has not installed it.
    pub fn node_program(&self, name: &str) -> Result<Command, StackError> {
        let path = self.node_bin().join(name);
        if !path.exists() {
            return Err(StackError::Missing {
                what: "a Node program",
                path,
            });
        }
        let mut command = Command::new(path);
        command
            .stdin(Stdio::null())
            .env("PATH", self.search_path())
            .env("NO_COLOR", "1")
            .env("FORCE_COLOR", "0")
            .env("DO_NOT_TRACK", "1")
            .env("CLOUDFLARE_CF_FETCH_ENABLED", "false")
            .env("WRANGLER_SEND_METRICS", "false")
            .env("WRANGLER_SEND_ERROR_REPORTS", "false")
            .env("WRANGLER_HIDE_BANNER", "true")
            .env("X_LOCAL_OBSERVABILITY", "false")
            .env("X_LOCAL_EXPLORER", "false");
        Ok(command)
    }

    /// Builds the stand-ins and says where their executable is.
    ///
    /// # Errors
    /// When they do not compile.
    pub fn build_sandbox(&self) -> Result<PathBuf, StackError> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let arguments = [
            "build",
            "--quiet",
            "--package",
            "sandbox",
            "--bin",
            "sandbox",
        ];
        let built = Command::new(cargo)
            .args(arguments)
            .arg("--message-format=json-render-diagnostics")
            .current_dir(&self.root)
            .stdin(Stdio::null())
            .output()
            .during(|| "running cargo".into())?;
        let messages = String::from_utf8_lossy(&built.stdout);
        let executable = messages.lines().rev().find_map(|line| {
            let message: serde_json::Value = serde_json::from_str(line).ok()?;
            message.get("executable")?.as_str().map(PathBuf::from)
        });
        executable
            .filter(|_| built.status.success())
            .ok_or_else(|| StackError::Command {
                what: "building the sandbox",
                output: String::from_utf8_lossy(&built.stderr).into_owned(),
            })
    }
}
