//! What can go wrong on the way up, in the words of someone who wants it fixed.

use std::path::PathBuf;

/// Why an instance is not running.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// Something that set-up makes is not there.
    #[error("{what} is missing ({path}): run `cargo xtask setup` and `cargo xtask build`")]
    Missing {
        /// The thing, in words.
        what: &'static str,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// No MariaDB server on this machine.
    #[error(
        "MariaDB's server is missing (no `mariadbd` or `mysqld`): install Debian's package \
         `mariadb-server-core` (`apt-get install mariadb-server-core`, which is part of \
         `mariadb-server`), or run `cargo xtask setup` as root"
    )]
    NoMariaDb,
    /// The operating system refused.
    #[error("{context}: {answer}")]
    Io {
        /// What was being done.
        context: String,
        /// The system's answer.
        answer: std::io::Error,
    },
    /// A command ended with a failure.
    #[error("{what} failed:\n{output}")]
    Command {
        /// The command, in words.
        what: &'static str,
        /// The end of what it printed.
        output: String,
    },
    /// A process ended, or did not answer within its bound.
    #[error("{what} {why}; the end of its log:\n{log}")]
    NotReady {
        /// Which process.
        what: &'static str,
        /// What was seen instead.
        why: String,
        /// The end of its log.
        log: String,
    },
    /// A port that was free when it was looked for no longer was when it was listened on.
    #[error("another process took a port between a look at it and the start; see {0}")]
    PortTaken(PathBuf),
    /// Another process runs an instance on the same state.
    #[error("another instance uses {0}")]
    Busy(PathBuf),
    /// A migration was edited, or removed, after it had been applied.
    #[error("{migration} has changed since it was applied: remove {state} to begin anew")]
    Drift {
        /// Its file name.
        migration: String,
        /// The state that has it as it was.
        state: PathBuf,
    },
    /// The Worker answered something other than what was asked of it.
    #[error("{0}")]
    Unexpected(String),
    /// wrangler.toml could not be read.
    #[error("wrangler.toml: {0}")]
    Config(String),
}

/// Names what was being done when the system refused.
pub(crate) trait While<T> {
    fn during(self, context: impl FnOnce() -> String) -> Result<T, StackError>;
}

impl<T> While<T> for std::io::Result<T> {
    fn during(self, context: impl FnOnce() -> String) -> Result<T, StackError> {
        self.map_err(|answer| StackError::Io {
            context: context(),
            answer,
        })
    }
}

/// The last `lines` lines of a log, for a message.
pub(crate) fn tail(log: &std::path::Path, lines: usize) -> String {
    let bytes = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let all: Vec<&str> = text.lines().collect();
    let from = all.len().saturating_sub(lines);
    all.get(from..).unwrap_or_default().join("\n")
}
