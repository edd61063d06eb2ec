//! The Worker of an instance: what its runtime needs in the folder, how it is started, killed and
//! started again, and where that runtime keeps things.

use std::path::{Path, PathBuf};

use super::Stack;
use crate::build;
use crate::config;
use crate::cron::CronTrigger;
use crate::error::{StackError, While as _};
use crate::migrations;
use crate::options::{Build, Runtime, StackOptions};
use crate::release;
use crate::worker::Worker;
use crate::workerd;
use crate::workspace::Workspace;

/// How often a start is tried whose ports others took.
const STARTS: u32 = 4;

/// Makes the folder ready for the runtime.
pub(super) fn prepare(
    workspace: &Workspace,
    folder: &Path,
    options: &StackOptions,
) -> Result<(), StackError> {
    match options.runtime {
        Runtime::Wrangler => {
            config::write(workspace, folder, &options.build)?;
            migrations::apply(workspace, folder)?;
            if options.build == Build::Copy {
                build::copy(workspace, folder)?;
            }
        }
        // It applies the migrations itself.
        Runtime::Workerd => {
            release::lay_out(workspace, &folder.join(workerd::RELEASE))?;
            let state = folder.join("state");
            std::fs::create_dir_all(&state).during(|| format!("making {}", state.display()))?;
        }
    }
    Ok(())
}

impl Stack {
    /// Starts the Worker on the state it left, with the variables as they are now.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn restart_worker(&mut self) -> Result<(), StackError> {
        if let Some(mut worker) = self.worker.take() {
            worker.stop();
        }
        // wrangler lets the system choose the ports inside of it, and binds some of them a
        // second time: on a busy machine another process may have them by then.
        for _ in 1..STARTS {
            match self.start_worker() {
                Err(StackError::PortTaken(_)) => self.kill_worker()?,
                started => return started,
            }
        }
        self.start_worker()
    }

    fn start_worker(&mut self) -> Result<(), StackError> {
        let (vars, folder) = (self.vars()?, self.folder.path());
        let command = match self.options.runtime {
            Runtime::Wrangler => {
                vars.write(folder)?;
                Worker::wrangler(&self.workspace, folder, self.port, self.options.explorer)?
            }
            Runtime::Workerd => {
                let ports = [self.port, self.operator];
                let relay = self.sandbox.as_ref().map(|sandbox| &sandbox.addresses.smtp);
                let relay = relay.map_or("127.0.0.1:25", String::as_str);
                let mut command = workerd::command(&self.workspace, folder, ports, relay)?;
                command.envs(vars.pairs());
                command
            }
        };
        let worker = self
            .worker
            .insert(Worker::start(&command, folder, self.port)?);
        worker.wait_until_ready(self.options.healthy)
    }

    /// Kills wrangler and workerd as a crash would. What the queue held in memory is lost,
    /// what the database had committed is not.
    ///
    /// # Errors
    /// When workerd does not let go of its port.
    pub fn kill_worker(&mut self) -> Result<(), StackError> {
        self.worker
            .take()
            .map_or(Ok(()), |mut worker| worker.kill())
    }

    /// Runs the handler of a cron expression and waits until it has ended.
    ///
    /// # Errors
    /// When the handler fails, or the Worker does not answer.
    pub fn trigger_cron(&self, expression: &str) -> Result<(), StackError> {
        self.cron_trigger().run(expression)
    }

    /// The same for another thread.
    #[must_use]
    pub fn cron_trigger(&self) -> CronTrigger {
        let port = match self.options.runtime {
            Runtime::Wrangler => self.port,
            Runtime::Workerd => self.operator,
        };
        CronTrigger::new(self.options.runtime, port)
    }

    /// What runs the Worker.
    #[must_use]
    pub fn runtime(&self) -> Runtime {
        self.options.runtime
    }

    /// The folder of D1's one file.
    #[must_use]
    pub fn d1_dir(&self) -> PathBuf {
        self.persist_dir().join(match self.options.runtime {
            Runtime::Wrangler => "state/v3/d1",
            Runtime::Workerd => workerd::DATABASE,
        })
    }
}
