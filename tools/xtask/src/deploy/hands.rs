//! What a deployment does with its hands: programs, and requests over the network.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command as Process;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::json;
use stack::{NodeProgram, Workspace};

use crate::keyring::{Escrow, Place};
use crate::migrate;
use crate::progress::Step;

/// A reply, its headers' names in lower case.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Seen {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

/// The one seam: a test has hands of its own.
pub(super) trait Hands {
    /// What a program of the checkout prints; its failure is an error.
    fn ask(&mut self, program: &str, arguments: &[&str]) -> Result<String>;
    /// Runs one as a step.
    fn run(&mut self, label: &str, program: &str, arguments: &[&str]) -> Result<()>;
    /// The escrow of an environment's keys; an error where there is none, or none that is whole.
    fn escrow(&mut self, environment: &str) -> Result<Escrow>;
    /// Applies `PlanetScale`'s migrations.
    fn migrate_planetscale(&mut self) -> Result<()>;
    /// Asks once, following nothing.
    fn fetch(&mut self, url: &str) -> Result<Seen>;
    /// Lets a new version reach the place that is asked.
    fn wait(&mut self);
    /// Tells the operator.
    fn say(&mut self, words: &str);
}

/// This machine.
pub(super) struct Machine<'a> {
    workspace: &'a Workspace,
    vars: Option<PathBuf>,
    /// Over those of this process, for every program.
    variables: Vec<(&'static str, String)>,
    /// Node, which speaks TLS.
    network: Option<NodeProgram>,
}

const FETCH: &str = "\
    async function answer(url) {
      const reply = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(20000) });
      const body = (await reply.text()).slice(0, 4096);
      return { status: reply.status, headers: Object.fromEntries(reply.headers), body };
    }";

impl<'a> Machine<'a> {
    pub(super) fn new(workspace: &'a Workspace, vars: Option<PathBuf>) -> Self {
        Self {
            workspace,
            vars,
            variables: Vec::new(),
            network: None,
        }
    }

    fn process(&self, program: &str, arguments: &[&str]) -> Result<Process> {
        let mut process = match program {
            "wrangler" => self.workspace.node_program(program)?,
            other => Process::new(other),
        };
        process.args(arguments).current_dir(self.workspace.root());
        process.envs(self.variables.iter().map(|(name, value)| (name, value)));
        Ok(process)
    }
}

impl Hands for Machine<'_> {
    fn ask(&mut self, program: &str, arguments: &[&str]) -> Result<String> {
        let output = self.process(program, arguments)?.output();
        let output = output.with_context(|| format!("starting {program}"))?;
        let told = String::from_utf8_lossy(&output.stderr);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(
            output.status.success(),
            "{program} {}: {}\n{printed}{told}",
            arguments.join(" "),
            output.status
        );
        Ok(printed)
    }

    fn run(&mut self, label: &str, program: &str, arguments: &[&str]) -> Result<()> {
        let process = self.process(program, arguments)?;
        Step::new(self.workspace, label).run(&process)
    }

    fn escrow(&mut self, environment: &str) -> Result<Escrow> {
        Escrow::read(&Place::of(self.workspace, environment))
    }

    fn migrate_planetscale(&mut self) -> Result<()> {
        migrate::apply(self.vars.as_deref(), false)
    }

    fn fetch(&mut self, url: &str) -> Result<Seen> {
        let network = match &mut self.network {
            Some(network) => network,
            none => none.insert(NodeProgram::start(FETCH, [""; 0])?),
        };
        Ok(network.ask(&json!(url))?)
    }

    fn wait(&mut self) {
        std::thread::sleep(std::time::Duration::from_secs(3));
    }

    fn say(&mut self, words: &str) {
        println!("{words}");
    }
}

#[cfg(test)]
mod tests;
