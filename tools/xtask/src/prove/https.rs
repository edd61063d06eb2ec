//! An instance behind TLS: wrangler with a certificate of its own making, on the state and the
//! variables that a stack left, and a client that takes it.

use std::fs::File;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stack::{Group, Workspace};

use crate::client::Request;

const SCRIPT: &str = include_str!("https.mjs");
const START: Duration = Duration::from_secs(90);

/// A running `wrangler dev --local-protocol https`, killed on drop.
pub(super) struct Https {
    group: Group,
    base: String,
}

/// A reply over TLS.
#[derive(Deserialize)]
pub(super) struct Reply {
    pub(super) status: u16,
    fields: Vec<(String, String)>,
    pub(super) body: String,
    /// Such as `TLSv1.3`.
    pub(super) protocol: String,
}

#[derive(Serialize)]
struct Asked<'a> {
    url: String,
    method: &'a str,
    fields: &'a [(String, String)],
    body: Option<&'a str>,
}

impl Https {
    /// Starts it in the folder of a stack whose own Worker does not run. It writes on in that
    /// Worker's log, where the mailbox reads. The Worker takes this certificate for an authority.
    pub(super) fn start(folder: &Path, authority: Option<&Path>) -> Result<Self> {
        let port = free_port()?;
        let log = |name: &str| {
            File::options()
                .create(true)
                .append(true)
                .open(folder.join(name))
        };
        let mut wrangler = Workspace::here().node_program("wrangler")?;
        wrangler.args([
            "dev",
            "--local",
            "--config",
            "wrangler.json",
            "--persist-to",
            "state",
        ]);
        wrangler.args(["--local-protocol", "https", "--ip", "127.0.0.1"]);
        wrangler.args([
            "--port",
            &port.to_string(),
            "--inspector-port",
            &free_port()?.to_string(),
        ]);
        wrangler.args(["--show-interactive-dev-session=false"]);
        wrangler
            .env("WRANGLER_LOG_PATH", folder.join("wrangler-debug.log"))
            .env("WRANGLER_REGISTRY_PATH", folder.join("registry"))
            .current_dir(folder);
        if let Some(authority) = authority {
            wrangler.env("NODE_EXTRA_CA_CERTS", authority);
        }
        let group = Group::start(
            &wrangler,
            log("worker.log")?.into(),
            log("problems.log")?.into(),
        )?;
        let mut https = Self {
            group,
            base: format!("https://127.0.0.1:{port}"),
        };
        let since = Instant::now();
        while https.get("/healthz").is_err() {
            if https.group.ended().is_some() || since.elapsed() > START {
                bail!(
                    "wrangler does not serve https; its log is in {}",
                    folder.display()
                );
            }
            thread::sleep(Duration::from_millis(200));
        }
        Ok(https)
    }

    pub(super) fn get(&self, path: &str) -> Result<Reply> {
        self.send(&Request::get(path))
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Reply> {
        self.send(&Request::post(path, body))
    }

    pub(super) fn send(&self, request: &Request) -> Result<Reply> {
        let asked = Asked {
            url: format!("{}{}", self.base, request.path),
            method: request.method,
            fields: &request.fields,
            body: request.body.as_deref(),
        };
        let mut node = Workspace::here().node_program("node")?;
        node.args(["--no-warnings", "--input-type=module", "--eval", SCRIPT]);
        node.stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut running = node.spawn().context("starting node")?;
        if let Some(mut stdin) = running.stdin.take() {
            stdin
                .write_all(&serde_json::to_vec(&asked)?)
                .context("writing to node")?;
        }
        let done = running.wait_with_output().context("waiting for node")?;
        if !done.status.success() {
            bail!(
                "{}: {}",
                request.path,
                String::from_utf8_lossy(&done.stderr)
            );
        }
        serde_json::from_slice(&done.stdout).context("reading a reply")
    }

    pub(super) fn stop(mut self) {
        self.group.stop();
    }
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }
}

fn free_port() -> Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("looking for a free port")?;
    Ok(listener.local_addr()?.port())
}
