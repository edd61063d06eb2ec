//! An instance: the processes, the folder they share, and where they listen.

mod addresses;
mod log;
mod running;

use std::path::Path;

use crate::config::{self, Vars};
use crate::contract::ContractProxy;
use crate::error::StackError;
use crate::folder::Folder;
use crate::mariadb::MariaDb;
use crate::options::{Engine, Runtime, StackOptions, TEST_AUDIT_KEY, TEST_KEYRING, Telemetry};
use crate::planetscale::Branch;
use crate::port;
use crate::sandbox::{Addresses, Sandbox};
use crate::worker::Worker;
use crate::workspace::Workspace;

/// A running instance. Dropping it ends every process.
#[derive(Debug)]
pub struct Stack {
    workspace: Workspace,
    options: StackOptions,
    port: u16,
    /// Where plain workerd hears its operator.
    operator: u16,
    worker: Option<Worker>,
    contract: Option<ContractProxy>,
    sandbox: Option<Sandbox>,
    mariadb: Option<MariaDb>,
    // Last, so that it is removed when nobody writes to it any more.
    folder: Folder,
}

impl Stack {
    /// Starts an instance and waits until it is ready.
    ///
    /// # Errors
    /// When set-up is incomplete, a port is taken, or a process does not come up; the error
    /// carries the end of that process's log.
    pub fn start(options: StackOptions) -> Result<Self, StackError> {
        let workspace = Workspace::here();
        let folder = Folder::take(options.persist.as_deref())?;
        let [free, plaid, pwned, mailbox, stripe, contract, operator] = port::free()?;
        let (port, stand_ins, mysql) = match options.port {
            0 => (free, [plaid, pwned, mailbox, stripe], 0),
            port => {
                let [plaid, pwned, mailbox, mysql, stripe] =
                    [1, 2, 3, 4, 5].map(|offset| port.saturating_add(offset));
                (port, [plaid, pwned, mailbox, stripe], mysql)
            }
        };
        port::check(port)?;
        let path = folder.path();
        running::prepare(&workspace, path, &options)?;
        let mut stack = Self {
            workspace,
            options,
            port,
            operator,
            worker: None,
            contract: None,
            sandbox: None,
            mariadb: None,
            folder,
        };
        stack.start_stand_ins(stand_ins, mysql, contract)?;
        stack.apply_mysql_migrations()?;
        stack.restart_worker()?;
        if let Some(contract) = &mut stack.contract {
            contract.wait_until_ready()?;
        }
        Ok(stack)
    }

    fn start_stand_ins(
        &mut self,
        ports: [u16; 4],
        mysql: u16,
        contract: u16,
    ) -> Result<(), StackError> {
        if !self.options.sandbox {
            return Ok(());
        }
        let folder = self.folder.path();
        if self.options.engine == Engine::PlanetScale {
            self.mariadb = Some(MariaDb::start(&folder.join("mariadb"))?);
        }
        let mysql = self.mariadb.as_ref().map(|server| (server.socket(), mysql));
        let arguments = &self.options.sandbox_args;
        let sandbox = Sandbox::start(
            &self.workspace,
            folder,
            ports,
            &self.origin(),
            mysql,
            (self.options.runtime == Runtime::Workerd).then_some(0),
            arguments,
        )?;
        if let Some(document) = &self.options.plaid_contract {
            let upstream = &sandbox.addresses.plaid;
            self.contract = Some(ContractProxy::start(
                &self.workspace,
                folder,
                contract,
                document,
                upstream,
            )?);
        }
        self.sandbox = Some(sandbox);
        Ok(())
    }

    fn apply_mysql_migrations(&self) -> Result<(), StackError> {
        if let Some(branch) = self.branch()? {
            branch.migrate(&self.workspace.path("migrations/mysql"))?;
        }
        Ok(())
    }

    /// The database behind the stand-in for PlanetScale; none on D1.
    ///
    /// # Errors
    /// When its credentials cannot be sent.
    pub fn branch(&self) -> Result<Option<Branch>, StackError> {
        let Some(sandbox) = self.sandbox.as_ref().filter(|_| self.mariadb.is_some()) else {
            return Ok(None);
        };
        let Addresses {
            planetscale: url,
            planetscale_username: username,
            planetscale_password: password,
            ..
        } = &sandbox.addresses;
        Branch::new(url, username, password).map(Some)
    }

    /// The Worker's variables that name its database; none on D1, which is a binding.
    #[must_use]
    pub fn database_vars(&self) -> Vec<(&'static str, String)> {
        let Some(sandbox) = self.sandbox.as_ref().filter(|_| self.mariadb.is_some()) else {
            return Vec::new();
        };
        let addresses = &sandbox.addresses;
        vec![
            ("DATABASE_ENGINE", self.options.engine.name().to_owned()),
            ("PLANETSCALE_URL", addresses.planetscale.clone()),
            (
                "PLANETSCALE_USERNAME",
                addresses.planetscale_username.clone(),
            ),
            (
                "PLANETSCALE_PASSWORD",
                addresses.planetscale_password.clone(),
            ),
        ]
    }

    /// The Worker's variables by which telemetry goes to the stand-ins; none without them.
    #[must_use]
    pub fn telemetry_vars(&self) -> Vec<(&'static str, &str)> {
        let Some(Sandbox { addresses, .. }) = &self.sandbox else {
            return Vec::new();
        };
        vec![
            ("NEW_RELIC_LICENSE_KEY", &addresses.new_relic_license_key),
            ("NEW_RELIC_OTLP_URL", &addresses.new_relic),
            ("APPSIGNAL_PUSH_API_KEY", &addresses.appsignal_push_key),
            (
                "APPSIGNAL_FRONTEND_API_KEY",
                &addresses.appsignal_frontend_key,
            ),
            ("APPSIGNAL_COLLECTOR_URL", &addresses.appsignal),
            ("APPSIGNAL_ENDPOINT_URL", &addresses.appsignal),
        ]
    }

    /// Which database holds the instance's rows.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.options.engine
    }

    /// Sets one of the Worker's variables from its next start on.
    pub fn set_var(&mut self, name: &str, value: &str) {
        self.options.vars.insert(name.into(), value.into());
    }

    /// The cron expressions of wrangler.toml.
    ///
    /// # Errors
    /// When wrangler.toml cannot be read.
    pub fn crons(&self) -> Result<Vec<String>, StackError> {
        config::crons(&self.workspace)
    }

    /// Which process has ended by itself, if one has.
    pub fn ended(&mut self) -> Option<&'static str> {
        if self.worker.as_mut().is_some_and(Worker::has_ended) {
            return Some("the Worker");
        }
        if self.mariadb.as_mut().is_some_and(MariaDb::has_ended) {
            return Some("MariaDB");
        }
        self.sandbox
            .as_mut()
            .is_some_and(Sandbox::has_ended)
            .then_some("the sandbox")
    }

    /// The instance's folder: `state/` (all that workerd wrote, D1 under `state/v3/d1/`),
    /// the logs, the mails under `.wrangler/tmp/`, and `mariadb/` on PlanetScale.
    #[must_use]
    pub fn persist_dir(&self) -> &Path {
        self.folder.path()
    }

    /// Ends everything in order, keeping a kept folder's state.
    pub fn stop(mut self) {
        if let Some(mut worker) = self.worker.take() {
            worker.stop();
        }
        // The database after everything that is connected to it.
        drop(self.sandbox.take());
        if let Some(mariadb) = self.mariadb.take() {
            mariadb.stop();
        }
    }

    fn vars(&self) -> Result<Vars, StackError> {
        let mut vars = Vars::default();
        if let Some(base) = &self.options.base_vars {
            vars.file(base)?;
        } else {
            vars.file(&self.workspace.path(".dev.vars.example"))?;
            vars.set("KEYRING", TEST_KEYRING)?;
            vars.set("AUDIT_SIGNING_KEY", TEST_AUDIT_KEY)?;
            // Room for what tests connect; a test of the free plan sets its own.
            vars.set("FREE_CONNECTIONS", "50")?;
        }
        vars.set("ORIGIN", &self.origin())?;
        if let Some(sandbox) = &self.sandbox {
            let proxy = self.contract.as_ref().map(ContractProxy::url);
            let plaid = proxy.as_ref().unwrap_or(&sandbox.addresses.plaid);
            vars.set("PLAID_BASE_URL", plaid)?;
            vars.set("PLAID_CLIENT_ID", &sandbox.addresses.plaid_client_id)?;
            vars.set("PLAID_SECRET", &sandbox.addresses.plaid_secret)?;
            vars.set("PWNED_BASE_URL", &sandbox.addresses.pwned)?;
            vars.set("STRIPE_BASE_URL", &sandbox.addresses.stripe)?;
            vars.set("STRIPE_SECRET_KEY", &sandbox.addresses.stripe_secret_key)?;
            vars.set(
                "STRIPE_WEBHOOK_SECRETS",
                &sandbox.addresses.stripe_webhook_secret,
            )?;
            let api = format!("{}/client/v4", sandbox.addresses.cloudflare);
            vars.set("CLOUDFLARE_API_BASE_URL", &api)?;
            vars.set(
                "CLOUDFLARE_ACCOUNT_ID",
                &sandbox.addresses.cloudflare_account_id,
            )?;
            vars.set(
                "CLOUDFLARE_AUDIT_TOKEN",
                &sandbox.addresses.cloudflare_audit_token,
            )?;
            if let Some(recipients) = self.options.backups_to {
                let store = &sandbox.addresses;
                vars.set("BACKUP_S3_ENDPOINT", &store.s3)?;
                vars.set("BACKUP_S3_REGION", &store.s3_region)?;
                vars.set("BACKUP_S3_BUCKET", &store.s3_bucket)?;
                vars.set("BACKUP_S3_ACCESS_KEY_ID", &store.s3_access_key_id)?;
                vars.set("BACKUP_S3_SECRET_ACCESS_KEY", &store.s3_secret_access_key)?;
                vars.set("BACKUP_RECIPIENTS", recipients)?;
            }
            vars.set("STRIPE_PRICES", "monthly=price_monthly yearly=price_yearly")?;
            if self.options.telemetry == Telemetry::StandIns {
                for (name, value) in self.telemetry_vars() {
                    vars.set(name, value)?;
                }
            }
            for (name, value) in self.database_vars() {
                vars.set(name, &value)?;
            }
        } else if self.options.engine == Engine::PlanetScale {
            // The rest of it is in the files of variables.
            vars.set("DATABASE_ENGINE", self.options.engine.name())?;
        }
        for file in &self.options.vars_files {
            vars.file(file)?;
        }
        vars.set_all(&self.options.vars)?;
        Ok(vars)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.folder.keep();
        }
    }
}
