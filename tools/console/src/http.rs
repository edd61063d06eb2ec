//! HTTP to the service: one request, its whole reply within a bound, no redirect followed (it
//! would take the token along), no status an error by itself.

use std::io::Read as _;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustls::crypto::ring;
use serde_json::Value;
use ureq::Agent;
use ureq::http;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

use crate::origin::Origin;

/// Longer than a command takes.
const PATIENCE: Duration = Duration::from_mins(1);
/// The longest reply that is read, in bytes.
const LONGEST: u64 = 8 << 20;
/// How often a GET that came too early is sent again.
const MOST_WAITS: u32 = 20;
/// The longest of those waits, in seconds.
const LONGEST_WAIT: u64 = 30;

/// The service.
pub(crate) struct Client {
    agent: Agent,
    origin: Origin,
}

/// A reply, read whole.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    retry_after: Option<u64>,
}

impl Client {
    /// Of the service at this origin.
    pub(crate) fn new(origin: &Origin) -> Result<Self> {
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("balance-console/", env!("CARGO_PKG_VERSION")));
        let config = if origin.is_plain() {
            // A proxy is another machine: the token would go there in the clear.
            config.proxy(None)
        } else {
            config.https_only(true).tls_config(tls()?)
        };
        Ok(Self {
            agent: config.build().into(),
            origin: origin.clone(),
        })
    }

    /// Reads a public path, patiently where it says that this was too much at once.
    pub(crate) fn get(&self, path: &str) -> Result<Reply> {
        for _ in 0..MOST_WAITS {
            let reply = self.send("GET", path, None, None)?;
            if reply.status != 429 {
                return Ok(reply);
            }
            let seconds = reply.retry_after.unwrap_or(1).min(LONGEST_WAIT);
            eprintln!("The service asks for patience: {seconds} s …");
            thread::sleep(Duration::from_secs(seconds));
        }
        bail!("{}: still too many requests", self.origin.join(path))
    }

    /// Sends JSON, with a session's token where there is one.
    pub(crate) fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Result<Reply> {
        self.send("POST", path, token, Some(body.to_string()))
    }

    /// Reads what is a session's own.
    pub(crate) fn get_as(&self, path: &str, token: &str) -> Result<Reply> {
        self.send("GET", path, Some(token), None)
    }

    /// Deletes, as a session.
    pub(crate) fn delete(&self, path: &str, token: &str) -> Result<Reply> {
        self.send("DELETE", path, Some(token), None)
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<String>,
    ) -> Result<Reply> {
        let mut request = http::Request::builder()
            .method(method)
            .uri(self.origin.join(path));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let sent = match body {
            Some(body) => {
                let request = request.header("content-type", "application/json");
                self.agent.run(request.body(body)?)
            }
            None => self.agent.run(request.body(())?),
        };
        let asked = || format!("{method} {}", self.origin.join(path));
        let response = sent.with_context(asked)?;
        let (head, body) = response.into_parts();
        let retry_after = head.headers.get("retry-after");
        let mut read = Vec::new();
        body.into_reader()
            .take(LONGEST + 1)
            .read_to_end(&mut read)
            .with_context(|| format!("{}: the reply ended early", asked()))?;
        if u64::try_from(read.len()).is_ok_and(|length| length > LONGEST) {
            bail!("{}: the reply is longer than {LONGEST} bytes", asked());
        }
        Ok(Reply {
            status: head.status.as_u16(),
            body: read,
            retry_after: retry_after.and_then(|value| value.to_str().ok()?.parse().ok()),
        })
    }
}

impl Reply {
    /// The body as JSON; null where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// TLS with the certificates that this machine trusts.
fn tls() -> Result<TlsConfig> {
    let found = rustls_native_certs::load_native_certs();
    let roots: Vec<_> = found
        .certs
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    if roots.is_empty() {
        bail!("this machine has no trusted certificates (on Debian: the package ca-certificates)");
    }
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::from(roots))
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build())
}
