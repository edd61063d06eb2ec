//! What carries a request to the database: plain HTTP to the stand-in on this machine, and
//! HTTPS to the service.
//!
//! HTTPS is Node's, which set-up has brought along anyway: a TLS library in Rust would bring C
//! and assembly, and another licence, to every first `cargo xtask`. Node verifies the certificate
//! against its own list of authorities (and those of `NODE_EXTRA_CA_CERTS`).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use ureq::Agent;

use crate::error::StackError;
use crate::node::NodeProgram;

/// Longer than the service lets a statement take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where plain HTTP may go: a password is in every request.
const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// A way to the database.
pub(super) enum Carrier {
    Plain(Agent),
    Tls(Mutex<NodeProgram>),
}

/// A status and a body.
#[derive(Deserialize)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

#[derive(Serialize)]
struct Post<'a> {
    url: &'a str,
    headers: BTreeMap<&'a str, &'a str>,
    body: &'a str,
    /// In milliseconds.
    patience: u128,
}

impl Carrier {
    /// One for this scheme and host.
    pub(super) fn to(url: &str) -> Result<Self, StackError> {
        if url.starts_with("https://") {
            let node = NodeProgram::start(include_str!("https.mjs"), [""; 0])?;
            return Ok(Self::Tls(Mutex::new(node)));
        }
        let host = url.strip_prefix("http://").unwrap_or_default();
        let host = host.split('/').next().unwrap_or_default();
        let host = match host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => host,
        };
        if !LOOPBACK.contains(&host) {
            let told = format!("{url:?} is neither https:// nor on this machine");
            return Err(StackError::Unexpected(told));
        }
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0);
        Ok(Self::Plain(config.build().into()))
    }

    /// Sends one request. The error says why nothing came back.
    pub(super) fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, String> {
        match self {
            Self::Plain(agent) => {
                let mut request = agent.post(url);
                for (name, value) in headers {
                    request = request.header(*name, *value);
                }
                let mut reply = request.send(body).map_err(|error| error.to_string())?;
                let status = reply.status().as_u16();
                let read = reply.body_mut().with_config().limit(64 << 20);
                let body = read.read_to_string().map_err(|error| error.to_string())?;
                Ok(Answer { status, body })
            }
            Self::Tls(node) => {
                let post = Post {
                    url,
                    headers: headers.iter().copied().collect(),
                    body: std::str::from_utf8(body).map_err(|error| error.to_string())?,
                    patience: PATIENCE.as_millis(),
                };
                let mut node = node.lock().unwrap_or_else(PoisonError::into_inner);
                node.ask(&post).map_err(|error| error.to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Carrier;

    #[test]
    fn a_password_leaves_this_machine_over_https_only() {
        for url in [
            "http://aws.connect.psdb.cloud",
            "http://localhost.example",
            "ftp://h",
            "",
        ] {
            assert!(Carrier::to(url).is_err(), "{url}");
        }
        for url in [
            "http://127.0.0.1:3306",
            "http://localhost",
            "http://[::1]:80",
        ] {
            assert!(matches!(Carrier::to(url), Ok(Carrier::Plain(_))), "{url}");
        }
        let https = Carrier::to("https://aws.connect.psdb.cloud");
        assert!(matches!(https, Ok(Carrier::Tls(_))));
    }
}
