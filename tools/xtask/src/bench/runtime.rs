//! A Worker in a workerd of its own (`bench/harness/runtime.mjs`), and what that process costs.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use stack::{Group, Workspace};

use crate::client::Client;

/// What a runtime is started with, as the harness reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Options<'a> {
    /// The main module; wasm files beside it go with it.
    pub(super) worker: &'a Path,
    /// Where its databases are.
    pub(super) state: &'a Path,
    pub(super) compatibility_date: &'a str,
    pub(super) vars: &'a BTreeMap<String, String>,
    /// Whether queue messages are delivered.
    pub(super) consumer: bool,
}

/// What the harness prints once it is ready.
#[derive(Deserialize)]
struct Ready {
    url: String,
    inspector: String,
    pid: u32,
}

/// A running Worker. Dropping it ends the process.
pub(super) struct Runtime {
    // Dropped last of all that needs it running.
    _group: Group,
    ready: Ready,
}

impl Runtime {
    /// Starts one and waits until it listens.
    pub(super) fn start(workspace: &Workspace, options: &Options<'_>) -> Result<Self> {
        let mut node = workspace.node_program("node")?;
        node.arg(workspace.path("bench/harness/runtime.mjs"))
            .arg(serde_json::to_string(options)?)
            .current_dir(workspace.root());
        let log = fs::File::create(options.state.with_extension("log"))?;
        let mut group = Group::start(&node, Stdio::piped(), Stdio::from(log))?;
        let mut line = String::new();
        if let Some(stdout) = group.take_stdout() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let ready = serde_json::from_str(&line).with_context(|| {
            format!(
                "workerd did not start; see {}",
                options.state.with_extension("log").display()
            )
        })?;
        Ok(Self {
            _group: group,
            ready,
        })
    }

    /// Host and port.
    pub(super) fn address(&self) -> &str {
        self.ready.url.trim_start_matches("http://")
    }

    pub(super) fn client(&self) -> Client {
        Client::new(&self.ready.url)
    }

    pub(super) fn inspector(&self) -> &str {
        &self.ready.inspector
    }

    /// The CPU time that workerd has used so far, user and system, over all its threads.
    pub(super) fn cpu(&self) -> Result<Duration> {
        let mut sum = 0;
        let threads = format!("/proc/{}/task", self.ready.pid);
        for thread in fs::read_dir(&threads).with_context(|| format!("reading {threads}"))? {
            // A thread may end between the two reads; workerd's own never do.
            let Ok(text) = fs::read_to_string(thread?.path().join("schedstat")) else {
                continue;
            };
            let on_cpu = text
                .split_whitespace()
                .next()
                .and_then(|field| field.parse::<u64>().ok());
            sum += on_cpu.context("an odd schedstat")?;
        }
        Ok(Duration::from_nanos(sum))
    }
}
