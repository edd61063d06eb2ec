//! One GET over plain HTTP to the loopback interface.

use std::time::Duration;

use ureq::Agent;

/// A status and a body.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// Asks once. `None` while nobody answers.
pub(crate) fn get(url: &str, timeout: Duration) -> Option<Reply> {
    let agent: Agent = Agent::config_builder()
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        // In production a plain request is sent on to https, and that is an answer.
        .max_redirects(0)
        .build()
        .into();
    let mut response = agent.get(url).call().ok()?;
    let body = response.body_mut().read_to_string().ok()?;
    Some(Reply {
        status: response.status().as_u16(),
        body,
    })
}
