//! Prism between the Worker and the Plaid stand-in: it holds both sides of every call to
//! Plaid's own `OpenAPI` document, and answers a violation with an error in place of the reply.

use std::fs::File;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{StackError, While as _, tail};
use crate::process::Group;
use crate::workspace::Workspace;

const START: Duration = Duration::from_mins(1);

/// A running `prism proxy`.
#[derive(Debug)]
pub(crate) struct ContractProxy {
    group: Group,
    port: u16,
    log: PathBuf,
}

impl ContractProxy {
    /// Starts it; it listens some seconds later.
    pub(crate) fn start(
        workspace: &Workspace,
        folder: &Path,
        port: u16,
        document: &Path,
        upstream: &str,
    ) -> Result<Self, StackError> {
        let log = folder.join("contract.log");
        let context = || format!("opening {}", log.display());
        let stdout = File::create(&log).during(context)?;
        let stderr = stdout.try_clone().during(context)?;
        let mut prism = workspace.node_program("prism")?;
        prism.args([
            "proxy",
            "--errors",
            "--host",
            "127.0.0.1",
            "--port",
            &port.to_string(),
        ]);
        prism.arg(document).arg(upstream);
        let group = Group::start(&prism, Stdio::from(stdout), Stdio::from(stderr))?;
        Ok(Self { group, port, log })
    }

    /// Waits until it listens.
    pub(crate) fn wait_until_ready(&mut self) -> Result<(), StackError> {
        let deadline = Instant::now() + START;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if self.group.ended().is_some() || Instant::now() > deadline {
                let (why, log) = ("does not listen".to_owned(), tail(&self.log, 40));
                return Err(StackError::NotReady {
                    what: "prism",
                    why,
                    log,
                });
            }
            thread::sleep(Duration::from_millis(25));
        }
        Ok(())
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}
