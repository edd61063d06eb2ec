//! The command as an operator runs it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use end_to_end::TestApp;
use serde_json::Value;
use stack::Workspace;

/// `cargo xtask move` from one instance's database to another's, fifty rows a statement.
pub(crate) struct Move {
    d1: PathBuf,
    progress: PathBuf,
    variables: [(&'static str, String); 3],
}

/// How a run ended.
pub(crate) struct Run {
    pub(crate) succeeded: bool,
    pub(crate) printed: String,
    pub(crate) told: String,
}

impl Move {
    pub(crate) fn new(from: &TestApp, to: &TestApp) -> Self {
        let d1 = from.stack().persist_dir().join("state/v3/d1");
        Self {
            progress: from.stack().persist_dir().join("move.json"),
            d1,
            variables: [
                ("PLANETSCALE_URL", to.stack().planetscale_url().to_owned()),
                ("PLANETSCALE_USERNAME", "sandbox-username".into()),
                ("PLANETSCALE_PASSWORD", "sandbox-password".into()),
            ],
        }
    }

    /// The same from what `wrangler d1 export` makes of the database.
    pub(crate) fn exported(&self, from: &TestApp) -> Self {
        let folder = from.stack().persist_dir();
        let file = folder.join("export.sql");
        wrangler_d1(from, &["export", "DB", "--output", "export.sql"]);
        Self {
            d1: file,
            progress: folder.join("move-export.json"),
            variables: self.variables.clone(),
        }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().expect("it runs");
        Run {
            succeeded: output.status.success(),
            printed: String::from_utf8_lossy(&output.stdout).into_owned(),
            told: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("it starts")
    }

    /// How many of a table's rows were written, as the progress file has it.
    pub(crate) fn rows_written(&self, table: &str) -> u64 {
        let text = std::fs::read_to_string(&self.progress).unwrap_or_default();
        let progress: Value = serde_json::from_str(&text).unwrap_or_default();
        progress["tables"][table]["rows"].as_u64().unwrap_or(0)
    }

    pub(crate) fn forget(&self) {
        std::fs::remove_file(&self.progress).expect("there is progress");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = xtask();
        command.args([
            "move",
            "--from",
            "d1",
            "--to",
            "planetscale",
            "--rows",
            "50",
        ]);
        command.arg("--d1").arg(&self.d1);
        command.arg("--progress").arg(&self.progress);
        command.args(arguments);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// `wrangler d1 … --local` on an instance's database. The Worker is to be stopped.
pub(crate) fn wrangler_d1(app: &TestApp, arguments: &[&str]) {
    let folder = app.stack().persist_dir();
    let mut wrangler = Workspace::here()
        .node_program("wrangler")
        .expect("wrangler");
    // `--persist-to` is not among every command's options: it looks beside its configuration.
    let state = folder.join(".wrangler/state");
    std::fs::create_dir_all(&state).expect("a folder");
    std::os::unix::fs::symlink(folder.join("state/v3"), state.join("v3")).expect("a link");
    wrangler.arg("d1").args(arguments).current_dir(folder);
    wrangler.args(["--local", "--config", "wrangler.json"]);
    let ran = wrangler.output().expect("wrangler runs");
    let told = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{told}");
}

impl Run {
    /// A table's rows on either side, as printed.
    pub(crate) fn rows(&self, table: &str) -> (u64, u64) {
        let lines = self.printed.lines();
        let mut found = lines.filter(|line| line.split_whitespace().next() == Some(table));
        let line = found.next().expect("the table's line");
        let numbers: Vec<u64> = line
            .split_whitespace()
            .skip(1)
            .take(2)
            .map(|number| number.parse().expect("a count"))
            .collect();
        (numbers[0], numbers[1])
    }
}

/// `cargo xtask`, as it is now.
pub(crate) fn xtask() -> Command {
    static XTASK: LazyLock<PathBuf> = LazyLock::new(build);
    Command::new(&*XTASK)
}

fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--package", "xtask"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(Workspace::here().root())
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    let messages = String::from_utf8_lossy(&built.stdout);
    let executable = messages.lines().rev().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        Path::new(message["executable"].as_str()?)
            .canonicalize()
            .ok()
    });
    executable.expect("xtask compiles")
}
