//! What the Worker and wrangler have logged.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::Stack;
use crate::error::{StackError, tail};
use crate::worker;

/// How long a line of the log may take to get there.
const LOGGED: Duration = Duration::from_secs(20);

impl Stack {
    /// Where the Worker's and wrangler's warnings and errors go.
    #[must_use]
    pub fn problems_path(&self) -> PathBuf {
        self.persist_dir().join(worker::PROBLEMS)
    }

    /// Where the Worker's and wrangler's other output goes.
    #[must_use]
    pub fn log_path(&self) -> PathBuf {
        self.persist_dir().join(worker::LOG)
    }

    /// All that the Worker and wrangler have logged since `start`, warnings and errors last.
    #[must_use]
    pub fn log(&self) -> String {
        let names = [worker::LOG, worker::PROBLEMS];
        let logs = names.map(|name| fs::read(self.persist_dir().join(name)).unwrap_or_default());
        String::from_utf8_lossy(&logs.concat()).into_owned()
    }

    /// Waits, for a bounded time, until the log holds a text: a line may come after the reply
    /// that it is about.
    ///
    /// # Errors
    /// When it does not come; the error has the end of the log.
    pub fn wait_for_log(&self, text: &str) -> Result<(), StackError> {
        let deadline = Instant::now() + LOGGED;
        while !self.log().contains(text) {
            if Instant::now() > deadline {
                let log = tail(&self.problems_path(), 40);
                let why = format!("logged no {text:?}");
                return Err(StackError::NotReady {
                    what: "the Worker",
                    why,
                    log,
                });
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}
