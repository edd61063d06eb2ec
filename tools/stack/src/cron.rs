//! Cron by hand: workerd runs no schedule of its own, wrangler offers a URL instead.

use std::time::Duration;

use crate::error::StackError;
use crate::http;

/// How long a scheduled handler may take; production gives it fifteen minutes.
const BOUND: Duration = Duration::from_mins(1);

/// Runs scheduled handlers of one instance, from any thread.
#[derive(Clone, Debug)]
pub struct CronTrigger {
    port: u16,
}

impl CronTrigger {
    pub(crate) fn new(port: u16) -> Self {
        Self { port }
    }

    /// Runs the handler of an expression and waits until it has ended.
    ///
    /// # Errors
    /// When the handler fails, or nobody answers.
    pub fn run(&self, expression: &str) -> Result<(), StackError> {
        let query = expression.replace(' ', "%20");
        let url = format!(
            "http://127.0.0.1:{}/cdn-cgi/local/scheduled?cron={query}",
            self.port
        );
        match http::get(&url, BOUND) {
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
