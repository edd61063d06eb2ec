//! Cron by hand: workerd runs no schedule of its own. wrangler offers a URL instead,
//! and so does `deploy/hetzner` to its timer.

use std::time::Duration;

use crate::error::StackError;
use crate::http;
use crate::options::Runtime;

/// How long a scheduled handler may take; production gives it fifteen minutes.
const BOUND: Duration = Duration::from_mins(1);

/// Runs scheduled handlers of one instance, from any thread.
#[derive(Clone, Debug)]
pub struct CronTrigger {
    runtime: Runtime,
    port: u16,
}

impl CronTrigger {
    /// On wrangler's port, or the one that workerd has for operators.
    pub(crate) fn new(runtime: Runtime, port: u16) -> Self {
        Self { runtime, port }
    }

    /// Runs the handler of an expression and waits until it has ended.
    ///
    /// # Errors
    /// When the handler fails, or nobody answers.
    pub fn run(&self, expression: &str) -> Result<(), StackError> {
        let query = expression.replace(' ', "%20");
        let host = format!("http://127.0.0.1:{}", self.port);
        let reply = match self.runtime {
            Runtime::Wrangler => {
                let url = format!("{host}/cdn-cgi/local/scheduled?cron={query}");
                http::get(&url, BOUND)
            }
            Runtime::Workerd => http::post(&format!("{host}/scheduled?cron={query}"), BOUND),
        };
        match reply {
            Some(reply) if reply.status == 200 => Ok(()),
            Some(reply) => Err(StackError::Unexpected(format!(
                "the scheduled handler answered {}: {}",
                reply.status, reply.body
            ))),
            None => Err(StackError::Unexpected(
                "the scheduled handler did not answer".into(),
            )),
        }
    }
}
