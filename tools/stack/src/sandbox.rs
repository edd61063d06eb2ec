//! The stand-ins: `tools/sandbox` as a process of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde::Deserialize;

use crate::error::{StackError, While as _, tail};
use crate::process::Group;
use crate::worker;
use crate::workspace::Workspace;

/// What the stand-ins print once all of them listen.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Addresses {
    pub(crate) plaid: String,
    pub(crate) pwned: String,
    pub(crate) mailbox: String,
    pub(crate) plaid_client_id: String,
    pub(crate) plaid_secret: String,
    pub(crate) cloudflare: String,
    pub(crate) cloudflare_account_id: String,
    pub(crate) cloudflare_audit_token: String,
    pub(crate) s3: String,
    pub(crate) s3_region: String,
    pub(crate) s3_bucket: String,
    pub(crate) s3_access_key_id: String,
    pub(crate) s3_secret_access_key: String,
    pub(crate) new_relic: String,
    pub(crate) new_relic_license_key: String,
    pub(crate) appsignal: String,
    pub(crate) appsignal_push_key: String,
    pub(crate) appsignal_frontend_key: String,
    /// Host and port, where mail comes by SMTP.
    #[serde(default)]
    pub(crate) smtp: String,
    pub(crate) stripe: String,
    pub(crate) stripe_secret_key: String,
    pub(crate) stripe_webhook_secret: String,
    /// Only where there is a MariaDB behind it, as are the next two.
    #[serde(default)]
    pub(crate) planetscale: String,
    #[serde(default)]
    pub(crate) planetscale_username: String,
    #[serde(default)]
    pub(crate) planetscale_password: String,
}

/// The running stand-ins.
#[derive(Debug)]
pub(crate) struct Sandbox {
    group: Group,
    pub(crate) addresses: Addresses,
}

impl Sandbox {
    /// Starts them on these ports (Plaid, Pwned Passwords, mailbox, Stripe), with the mailbox on the
    /// Worker's log and Stripe's events on their way to the Worker; with the stand-in for PlanetScale where a MariaDB is given for it.
    pub(crate) fn start(
        workspace: &Workspace,
        folder: &Path,
        ports: [u16; 4],
        origin: &str,
        mysql: Option<(&Path, u16)>,
        smtp: Option<u16>,
        arguments: &[String],
    ) -> Result<Self, StackError> {
        let log = folder.join("sandbox.log");
        let stderr = File::create(&log).during(|| format!("opening {}", log.display()))?;
        let mut command = Command::new(binary(workspace)?);
        let options = [
            "--plaid-port",
            "--pwned-port",
            "--mailbox-port",
            "--stripe-port",
        ];
        for (option, port) in options.iter().zip(ports) {
            command.arg(option).arg(port.to_string());
        }
        if let Some((socket, port)) = mysql {
            command.arg("--mysql-socket").arg(socket);
            command.arg("--planetscale-port").arg(port.to_string());
            let vschema = workspace.path("migrations/mysql/vschema.json");
            command.arg("--vschema").arg(vschema);
        }
        if let Some(port) = smtp {
            command.arg("--smtp-port").arg(port.to_string());
        }
        let webhook = format!("{origin}/webhooks/stripe");
        command.arg("--stripe-webhook-url").arg(webhook);
        command
            .arg("--mail-log")
            .arg(folder.join(worker::LOG))
            .args(arguments)
            .current_dir(folder);
        let mut group = Group::start(&command, Stdio::piped(), Stdio::from(stderr))?;
        let mut line = String::new();
        if let Some(stdout) = group.take_stdout() {
            let context = || "reading what the sandbox prints".to_owned();
            BufReader::new(stdout)
                .read_line(&mut line)
                .during(context)?;
        }
        let addresses = serde_json::from_str(&line).map_err(|_| StackError::NotReady {
            what: "the sandbox",
            why: format!("printed {line:?} in place of its addresses"),
            log: tail(&log, 40),
        })?;
        Ok(Self { group, addresses })
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.group.ended().is_some()
    }
}

/// The executable: named by `BALANCE_SANDBOX_BIN`, else built once per process.
fn binary(workspace: &Workspace) -> Result<PathBuf, StackError> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    if let Some(named) = std::env::var_os("BALANCE_SANDBOX_BIN") {
        return Ok(named.into());
    }
    if let Some(built) = BUILT.get() {
        return Ok(built.clone());
    }
    let built = workspace.build_sandbox()?;
    Ok(BUILT.get_or_init(|| built).clone())
}
