//! A whole private Balance for a test, a benchmark or a developer: the Worker in workerd
//! (through wrangler, or by itself as `deploy/hetzner` has it) with its own D1, queue, mail and cron, and the stand-ins beside it.
//!
//! ```no_run
//! # fn main() -> Result<(), stack::StackError> {
//! let stack = stack::Stack::start(stack::StackOptions::default())?;
//! println!("{} talks to {}", stack.origin(), stack.plaid_url());
//! # Ok(()) }
//! ```
//!
//! Nothing outlives its owner: every process sits in a group of its own that dies when the
//! owner's end of a pipe closes, so a panic, Ctrl-C or SIGKILL leaves no orphan behind.
//! Blocking throughout; readiness is polled, never slept for.

mod build;
mod config;
mod contract;
mod cron;
mod error;
mod folder;
mod http;
mod mariadb;
mod migrations;
mod node;
mod offline;
mod options;
mod planetscale;
mod port;
mod process;
mod release;
mod sandbox;
mod stack;
mod worker;
mod workerd;
mod workspace;

pub use cron::CronTrigger;
pub use error::StackError;
pub use mariadb::MariaDb;
pub use node::NodeProgram;
pub use offline::OfflineMariaDb;
pub use options::{
    Build, Engine, PROVIDERS, Runtime, StackOptions, TEST_AUDIT_KEY, TEST_IDENTITY, TEST_KEYRING,
    TEST_RECIPIENT, Telemetry,
};
pub use planetscale::{Branch, BranchError, Migration, migrations};
pub use process::Group;
pub use release::{lay_out, workerd};
pub use stack::Stack;
pub use workspace::Workspace;
