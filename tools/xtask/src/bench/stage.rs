//! What the rows share, each part made when the first row asks for it: the seeded instance with
//! its stand-ins, and our Worker and the twin on copies of its database.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use stack::{Engine, TEST_AUDIT_KEY, TEST_KEYRING, Workspace};

use super::load::{Load, Until, Wire};
use super::runtime::{Options, Runtime};
use super::seed::Seed;
use super::twin;

/// How many connections a load comes over.
const CONNECTIONS: usize = 4;

/// Everything a row may need.
pub(super) struct Stage {
    pub(super) workspace: Workspace,
    // Runtimes end before the stand-ins they talk to.
    engines: Option<Engines>,
    still: Option<Pair>,
    working: Option<Pair>,
    seed: Option<Seed>,
}

/// Our Worker on each engine, with a reader's token there.
pub(super) struct Engines {
    pub(super) d1: (Runtime, String),
    pub(super) planetscale: (Runtime, String),
    // The database behind it, which outlives the runtime.
    _seed: Seed,
}

/// Our Worker and the twin, on the same data.
pub(super) struct Pair {
    pub(super) ours: Runtime,
    pub(super) twin: Runtime,
}

impl Stage {
    pub(super) fn new(workspace: Workspace) -> Self {
        Self {
            workspace,
            engines: None,
            still: None,
            working: None,
            seed: None,
        }
    }

    /// The people and the bank.
    pub(super) fn seed(&mut self) -> Result<&Seed> {
        if self.seed.is_none() {
            self.seed = Some(Seed::sow(&self.folder("seed")?, Engine::D1)?);
        }
        self.seed.as_ref().context("just made")
    }

    /// Both sides, with queues whose messages nobody takes: what is measured is the request.
    pub(super) fn still(&mut self) -> Result<(&Seed, &Pair)> {
        self.seed()?;
        if self.still.is_none() {
            self.still = Some(self.pair("still", false)?);
        }
        Ok((
            self.seed.as_ref().context("just made")?,
            self.still.as_ref().context("just made")?,
        ))
    }

    /// Both sides, with queues that deliver.
    pub(super) fn working(&mut self) -> Result<(&Seed, &Pair)> {
        self.seed()?;
        if self.working.is_none() {
            self.working = Some(self.pair("working", true)?);
        }
        Ok((
            self.seed.as_ref().context("just made")?,
            self.working.as_ref().context("just made")?,
        ))
    }

    /// Our Worker on both engines, each with the same people and transactions.
    pub(super) fn engines(&mut self) -> Result<&Engines> {
        let reader = self.seed()?.reader.clone();
        if self.engines.is_none() {
            let folder = self.folder("engines")?;
            let worker = self.workspace.path("build/index.js");
            let d1 = self.start(&worker, &folder.join("d1"), false)?;
            let seed = Seed::sow(&self.folder("seed-planetscale")?, Engine::PlanetScale)?;
            let state = folder.join("planetscale");
            let planetscale = start(&self.workspace, &seed, &worker, &state, false)?;
            self.engines = Some(Engines {
                d1: (d1, reader),
                planetscale: (planetscale, seed.reader.clone()),
                _seed: seed,
            });
        }
        self.engines.as_ref().context("just made")
    }

    /// Our Worker with telemetry and without it, on the same data, and a reader's token.
    pub(super) fn watched(&mut self) -> Result<(Runtime, Runtime, String)> {
        let reader = self.seed()?.reader.clone();
        let folder = self.folder("watched")?;
        let seed = self.seed.as_ref().context("nothing was seeded")?;
        let worker = self.workspace.path("build/index.js");
        let on = seed.telemetry_vars();
        let on = start_with(
            &self.workspace,
            seed,
            &worker,
            &folder.join("on"),
            false,
            &on,
        )?;
        let off = self.start(&worker, &folder.join("off"), false)?;
        Ok((on, off, reader))
    }

    /// Our Worker alone, asked nothing yet.
    pub(super) fn cold(&mut self) -> Result<(&Seed, Runtime)> {
        self.seed()?;
        let folder = self.folder("cold")?;
        let worker = self.workspace.path("build/index.js");
        let runtime = self.start(&worker, &folder.join("ours"), false)?;
        Ok((self.seed.as_ref().context("just made")?, runtime))
    }

    /// Our Worker's runtimes so far, with the name of each.
    pub(super) fn ours(&self) -> impl Iterator<Item = (&'static str, &Runtime)> {
        let named = [("still", &self.still), ("working", &self.working)];
        named
            .into_iter()
            .filter_map(|(name, pair)| Some((name, &pair.as_ref()?.ours)))
    }

    /// An empty folder of this name.
    pub(super) fn folder(&self, name: &str) -> Result<PathBuf> {
        let path = self.workspace.path("target/xtask/bench").join(name);
        if path.exists() {
            fs::remove_dir_all(&path).with_context(|| format!("emptying {}", path.display()))?;
        }
        fs::create_dir_all(&path).with_context(|| format!("making {}", path.display()))?;
        Ok(path)
    }

    fn pair(&self, name: &str, consumer: bool) -> Result<Pair> {
        let folder = self.folder(name)?;
        let twin = twin::bundle(&self.workspace, &folder.join("twin.d"))?;
        let ours = self.workspace.path("build/index.js");
        Ok(Pair {
            ours: self.start(&ours, &folder.join("ours"), consumer)?,
            twin: self.start(&twin, &folder.join("twin"), consumer)?,
        })
    }

    /// Starts a Worker on a copy of the seeded database.
    fn start(&self, worker: &Path, state: &Path, consumer: bool) -> Result<Runtime> {
        let seed = self.seed.as_ref().context("nothing was seeded")?;
        start(&self.workspace, seed, worker, state, consumer)
    }
}

/// Starts a Worker on a copy of what was seeded.
fn start(
    workspace: &Workspace,
    seed: &Seed,
    worker: &Path,
    state: &Path,
    consumer: bool,
) -> Result<Runtime> {
    start_with(workspace, seed, worker, state, consumer, &[])
}

/// As [`start`], with further variables.
fn start_with(
    workspace: &Workspace,
    seed: &Seed,
    worker: &Path,
    state: &Path,
    consumer: bool,
    more: &[(&str, &str)],
) -> Result<Runtime> {
    copy(&seed.state(), state)?;
    let mut vars = variables(workspace, seed)?;
    for (name, value) in more {
        vars.insert((*name).into(), (*value).into());
    }
    let compatibility_date = compatibility_date(workspace)?;
    let options = Options {
        worker,
        state,
        compatibility_date: &compatibility_date,
        vars: &vars,
        consumer,
    };
    Runtime::start(workspace, &options)
}

impl Pair {
    pub(super) fn both(&self) -> [&Runtime; 2] {
        [&self.ours, &self.twin]
    }
}

/// A load on one runtime from several connections.
pub(super) fn load<'a>(
    runtime: &'a Runtime,
    requests: &'a [Wire],
    status: u16,
    until: Until,
) -> Load<'a> {
    Load {
        address: runtime.address(),
        requests,
        status,
        connections: CONNECTIONS,
        until,
    }
}

/// The variables of the example file, with a keyring, and with the stand-ins' addresses.
fn variables(workspace: &Workspace, seed: &Seed) -> Result<BTreeMap<String, String>> {
    let example = fs::read_to_string(workspace.path(".dev.vars.example"))?;
    let lines = example.lines().filter(|line| !line.starts_with('#'));
    let mut vars: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    vars.insert("KEYRING".into(), TEST_KEYRING.into());
    vars.insert("AUDIT_SIGNING_KEY".into(), TEST_AUDIT_KEY.into());
    vars.insert("PLAID_BASE_URL".into(), seed.plaid_url().into());
    vars.insert("PWNED_BASE_URL".into(), seed.pwned_url().into());
    for (name, value) in seed.database_vars() {
        vars.insert(name.into(), value);
    }
    Ok(vars)
}

fn compatibility_date(workspace: &Workspace) -> Result<String> {
    let config: toml::Table =
        toml::from_str(&fs::read_to_string(workspace.path("wrangler.toml"))?)?;
    let date = config
        .get("compatibility_date")
        .and_then(toml::Value::as_str);
    date.map(str::to_owned)
        .context("wrangler.toml has no compatibility_date")
}

/// Copies a folder and all below it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)
                .with_context(|| format!("copying to {}", target.display()))?;
        }
    }
    Ok(())
}
