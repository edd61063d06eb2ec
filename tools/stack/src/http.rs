//! One request over plain HTTP to the loopback interface.

use std::time::Duration;

use ureq::http::Response;
use ureq::{Agent, Body};

/// A status and a body.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// Asks once. `None` while nobody answers.
pub(crate) fn get(url: &str, timeout: Duration) -> Option<Reply> {
    reply(agent(timeout).get(url).call().ok()?)
}

/// As [`get`], with a POST of nothing.
pub(crate) fn post(url: &str, timeout: Duration) -> Option<Reply> {
    reply(agent(timeout).post(url).send_empty().ok()?)
}

fn agent(timeout: Duration) -> Agent {
    Agent::config_builder()
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        // In production a plain request is sent on to https, and that is an answer.
        .max_redirects(0)
        .build()
        .into()
}

fn reply(mut response: Response<Body>) -> Option<Reply> {
    let body = response.body_mut().read_to_string().ok()?;
    Some(Reply {
        status: response.status().as_u16(),
        body,
    })
}
