//! Structured log lines. A line is built from literals, numbers and opaque ids:
//! nothing that came from outside or out of the vault may enter one.

use serde::Serialize;

use super::glue;

#[derive(Serialize)]
struct Line<'a> {
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    cause: &'a str,
}

/// Something to know, not to act on.
pub(crate) fn info(event: &str, cause: &str) {
    write("info", event, None, cause);
}

/// Something an operator may want to look at.
pub(crate) fn warn(event: &str, cause: &str) {
    write("warn", event, None, cause);
}

/// A request that failed for a reason of ours.
pub(crate) fn error(event: &str, request_id: Option<&str>, cause: &str) {
    write("error", event, request_id, cause);
}

fn write(level: &str, event: &str, request_id: Option<&str>, cause: &str) {
    let line = Line {
        event,
        request_id,
        cause,
    };
    if let Ok(json) = serde_json::to_string(&line) {
        glue::log_line(level, &json);
    }
}
