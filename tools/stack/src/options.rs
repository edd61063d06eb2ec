//! What an instance is started with.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

/// The keyring of an instance that nobody gave one: public, the same in every test, so that
/// a test can open what the Worker sealed. Never for data anyone cares about.
pub const TEST_KEYRING: &str =
    r#"{"current":1,"keys":{"1":"YSBwdWJsaWMga2V5cmluZyBmb3IgdGVzdHMgb25seSE="}}"#;

/// The key of such an instance's audit log: as public as its keyring.
pub const TEST_AUDIT_KEY: &str = "YSBwdWJsaWMgYXVkaXQga2V5IGZvciB0ZXN0cyAuLi4=";

/// An administrator who can open the backups of an instance, as public as its keyring.
pub const TEST_IDENTITY: &str =
    "AGE-SECRET-KEY-1VYS8QATZD35KXGRFV3JKUARFW3UJQEN0WGS8GETNW3EJQMMWD3US73U5UX";

/// Whom those are encrypted to then.
pub const TEST_RECIPIENT: &str = "age17j3p3g2w5qfcge3qkeecjsj2jtrx8cu4zhzvdh4ztres8sny2euqqqwsaq";

/// The variables that say where each service outside is. One more provider is one more line,
/// and [`StackOptions::production`] and promise P5 hold it to HTTPS from then on.
pub const PROVIDERS: [&str; 8] = [
    "PLAID_BASE_URL",
    "PWNED_BASE_URL",
    "STRIPE_BASE_URL",
    "CLOUDFLARE_API_BASE_URL",
    "BACKUP_S3_ENDPOINT",
    "NEW_RELIC_OTLP_URL",
    "APPSIGNAL_COLLECTOR_URL",
    "APPSIGNAL_ENDPOINT_URL",
];

/// Which build of the Worker an instance runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Build {
    /// A copy of `build/` as it is now: a later build does not disturb a running test.
    #[default]
    Copy,
    /// What is in a folder, rebuilt whenever a source file changes.
    Watch {
        /// Where the build is.
        folder: PathBuf,
        /// The shell command that rebuilds it.
        command: String,
    },
}

/// Which database an instance keeps its rows in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// D1, in workerd.
    D1,
    /// The stand-in for PlanetScale, before a MariaDB of the instance's own.
    PlanetScale,
}

impl Engine {
    /// As `BALANCE_ENGINE` says (`d1` or `planetscale`); D1 where it says nothing.
    #[must_use]
    pub fn of_environment() -> Self {
        let named = std::env::var("BALANCE_ENGINE").unwrap_or_default();
        named.parse().unwrap_or(Self::D1)
    }

    /// As the Worker's `DATABASE_ENGINE` names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::D1 => "d1",
            Self::PlanetScale => "planetscale",
        }
    }
}

impl FromStr for Engine {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let mut engines = [Self::D1, Self::PlanetScale].into_iter();
        let engine = engines.find(|engine| engine.name() == name);
        engine.ok_or_else(|| format!("{name:?} is neither d1 nor planetscale"))
    }
}

/// What runs an instance's Worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// `wrangler dev`, as Cloudflare's platform.
    Wrangler,
    /// workerd alone, as who hosts it himself does (`deploy/hetzner`).
    Workerd,
}

impl Runtime {
    /// As `BALANCE_RUNTIME` says (`wrangler` or `workerd`); wrangler where it says nothing.
    #[must_use]
    pub fn of_environment() -> Self {
        match std::env::var("BALANCE_RUNTIME").as_deref() {
            Ok("workerd") => Self::Workerd,
            _ => Self::Wrangler,
        }
    }
}

/// Where an instance's telemetry goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telemetry {
    /// Nowhere.
    Off,
    /// To the stand-ins for New Relic and AppSignal.
    StandIns,
}

/// How to start an instance; `StackOptions::default()` is a private one for a test.
#[derive(Clone, Debug)]
pub struct StackOptions {
    /// The Worker's port; 0 takes a free one, and so do the stand-ins then. Otherwise the
    /// stand-ins take the next three.
    pub port: u16,
    /// Where state and logs go; none takes a temporary folder that goes away with the
    /// instance, unless the test panics.
    pub persist: Option<PathBuf>,
    /// The variables to begin with (dotenv); without it those of `.dev.vars.example`, with
    /// [`TEST_KEYRING`].
    pub base_vars: Option<PathBuf>,
    /// Files of variables over those and over the stand-ins' addresses, later ones last.
    pub vars_files: Vec<PathBuf>,
    /// Single variables, over everything else.
    pub vars: BTreeMap<String, String>,
    /// Which database holds its rows; the default is [`Engine::of_environment`].
    pub engine: Engine,
    /// What runs it; the default is [`Runtime::of_environment`].
    pub runtime: Runtime,
    /// Whether to start the stand-ins.
    pub sandbox: bool,
    /// Where the Worker's telemetry goes.
    pub telemetry: Telemetry,
    /// More arguments for the stand-ins (`--seed`, `--transactions` …).
    pub sandbox_args: Vec<String>,
    /// An `OpenAPI` document that both sides of every Plaid call are held to, by a Prism proxy
    /// between the Worker and the stand-in.
    pub plaid_contract: Option<PathBuf>,
    /// Whom its backups are encrypted to; none backs nothing up. Its bucket is a stand-in.
    pub backups_to: Option<&'static str>,
    /// Which build to run.
    pub build: Build,
    /// Whether wrangler's local explorer is there: SQL on the running Worker's own database,
    /// at `/cdn-cgi/local/explorer/api/d1/database/DB/raw`, where a second process that wrote to
    /// the file would be in the Worker's way.
    pub explorer: bool,
    /// Whether `/healthz` must answer 200 before `start` returns; without it any answer will
    /// do, for a test of what a misconfigured Worker says.
    pub healthy: bool,
}

impl Default for StackOptions {
    fn default() -> Self {
        Self {
            port: 0,
            persist: None,
            base_vars: None,
            vars_files: Vec::new(),
            vars: BTreeMap::new(),
            engine: Engine::of_environment(),
            runtime: Runtime::of_environment(),
            sandbox: true,
            telemetry: Telemetry::Off,
            sandbox_args: Vec::new(),
            plaid_contract: None,
            backups_to: None,
            build: Build::Copy,
            explorer: false,
            healthy: true,
        }
    }
}

impl StackOptions {
    /// The default ones, with the rows in this database.
    #[must_use]
    pub fn on(engine: Engine) -> Self {
        Self {
            engine,
            ..Self::default()
        }
    }

    /// Sets one variable of the Worker.
    #[must_use]
    pub fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.insert(name.into(), value.into());
        self
    }

    /// As it is deployed at `origin`, its [`PROVIDERS`] at `provider`: production takes
    /// neither in plain HTTP. Whoever starts it waits for no health, which needs TLS.
    #[must_use]
    pub fn production(self, origin: &str, provider: &str) -> Self {
        let mut options = PROVIDERS.iter().fold(
            self.var("ENVIRONMENT", "production").var("ORIGIN", origin),
            |options, name| options.var(name, provider),
        );
        options.healthy = false;
        options.backups_to = Some(TEST_RECIPIENT);
        options
    }
}

#[cfg(test)]
mod tests {
    use super::Engine;

    #[test]
    fn an_engine_is_found_by_its_name_and_no_other() {
        for engine in [Engine::D1, Engine::PlanetScale] {
            assert_eq!(engine.name().parse(), Ok(engine));
        }
        assert!("sqlite".parse::<Engine>().is_err());
    }
}
