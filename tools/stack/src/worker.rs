//! The Worker: `wrangler dev` in an instance's folder, or workerd in its place.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{StackError, While as _, tail};
use crate::http;
use crate::port;
use crate::process::Group;
use crate::workspace::Workspace;

/// How long a start may take on a busy machine.
const START: Duration = Duration::from_secs(90);
/// Lines of the log in an error.
const SHOWN: usize = 40;

/// What wrangler and the Worker print, mails among it.
pub(crate) const LOG: &str = "worker.log";
/// Their warnings and errors.
pub(crate) const PROBLEMS: &str = "problems.log";

/// Where wrangler puts what it needs while it runs; a killed one leaves it behind.
const TEMPORARY: &str = "tmp";
/// What workerd says when a port that wrangler found free a moment before no longer is.
const TAKEN: &str = "Address already in use";

/// A running `wrangler dev`, or workerd.
#[derive(Debug)]
pub(crate) struct Worker {
    group: Group,
    port: u16,
    folder: PathBuf,
    /// Where this start's problems begin in their log, in bytes.
    earlier: usize,
}

impl Worker {
    /// Starts workerd on the instance's state. Its log is appended to.
    pub(crate) fn start(command: &Command, folder: &Path, port: u16) -> Result<Self, StackError> {
        port::wait_until_free(port)?;
        let stdout = append_to(&folder.join(LOG))?;
        let stderr = append_to(&folder.join(PROBLEMS))?;
        let earlier = problems(folder).len();
        let group = Group::start(command, stdout, stderr)?;
        Ok(Self {
            group,
            port,
            folder: folder.to_owned(),
            earlier,
        })
    }

    /// The command that has wrangler start workerd.
    pub(crate) fn wrangler(
        workspace: &Workspace,
        folder: &Path,
        port: u16,
        explorer: bool,
    ) -> Result<Command, StackError> {
        let [inspector] = port::free()?;
        let temporary = folder.join(TEMPORARY);
        std::fs::create_dir_all(&temporary).during(|| format!("making {}", temporary.display()))?;
        let mut wrangler = workspace.node_program("wrangler")?;
        wrangler
            .args([
                "dev",
                "--local",
                "--config",
                "wrangler.json",
                "--ip",
                "127.0.0.1",
            ])
            .args([
                "--port",
                &port.to_string(),
                "--inspector-port",
                &inspector.to_string(),
            ])
            .args([
                "--persist-to",
                "state",
                "--show-interactive-dev-session=false",
            ])
            .env("WRANGLER_LOG_PATH", folder.join("wrangler-debug.log"))
            .env("WRANGLER_REGISTRY_PATH", folder.join("registry"))
            .env("TMPDIR", temporary)
            .env("X_LOCAL_EXPLORER", explorer.to_string())
            .current_dir(folder);
        Ok(wrangler)
    }

    /// Waits until the Worker answers its health check: with 200 where `healthy`, else with
    /// anything.
    ///
    /// # Errors
    /// [`StackError::PortTaken`] when another start may do better.
    pub(crate) fn wait_until_ready(&mut self, healthy: bool) -> Result<(), StackError> {
        let url = format!("http://127.0.0.1:{}/healthz", self.port);
        let deadline = Instant::now() + START;
        let mut why = "did not answer in time".to_owned();
        while Instant::now() < deadline {
            if let Some(status) = self.group.ended() {
                if self.is_without_port() {
                    return Err(StackError::PortTaken(self.folder.join(PROBLEMS)));
                }
                return Err(self.not_ready(format!("ended with {status}")));
            }
            match http::get(&url, Duration::from_secs(20)) {
                Some(reply) if reply.status == 200 || !healthy => return Ok(()),
                Some(reply) => why = format!("answered {}: {}", reply.status, reply.body),
                // It would sit there without serving.
                None if self.is_without_port() => {
                    return Err(StackError::PortTaken(self.folder.join(PROBLEMS)));
                }
                None => {}
            }
            thread::sleep(Duration::from_millis(25));
        }
        Err(self.not_ready(why))
    }

    fn is_without_port(&self) -> bool {
        let log = problems(&self.folder);
        log.get(self.earlier..)
            .is_some_and(|new| String::from_utf8_lossy(new).contains(TAKEN))
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.group.ended().is_some()
    }

    /// Ends it as a crash would, and returns once workerd is gone.
    pub(crate) fn kill(&mut self) -> Result<(), StackError> {
        self.group.kill();
        port::wait_until_free(self.port)
    }

    pub(crate) fn stop(&mut self) {
        self.group.stop();
    }

    fn not_ready(&self, why: String) -> StackError {
        let log = [LOG, PROBLEMS]
            .map(|name| tail(&self.folder.join(name), SHOWN))
            .join(
                "
",
            );
        StackError::NotReady {
            what: "the Worker",
            why,
            log,
        }
    }
}

fn problems(folder: &Path) -> Vec<u8> {
    std::fs::read(folder.join(PROBLEMS)).unwrap_or_default()
}

fn append_to(log: &Path) -> Result<Stdio, StackError> {
    let opened = File::options().create(true).append(true).open(log);
    Ok(opened
        .during(|| format!("opening {}", log.display()))?
        .into())
}

impl Drop for Worker {
    fn drop(&mut self) {
        // A port that stays taken shows itself at the next start.
        let _ = self.kill();
    }
}
