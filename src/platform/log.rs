//! Structured log lines. A line is built from literals, numbers and opaque ids:
//! nothing that came from outside or out of the vault may enter one.

use serde::Serialize;

use super::{
    glue,
    telemetry::{self, Cause, Level},
};

#[derive(Serialize)]
struct Line<'a> {
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    cause: &'a str,
}

/// Something to know, not to act on.
pub(crate) fn info<'a>(event: &'static str, cause: impl Into<Cause<'a>>) {
    write(Level::Info, event, None, &cause.into());
}

/// Something an operator may want to look at.
pub(crate) fn warn<'a>(event: &'static str, cause: impl Into<Cause<'a>>) {
    write(Level::Warn, event, None, &cause.into());
}

/// A request that failed for a reason of ours.
pub(crate) fn error<'a>(
    event: &'static str,
    request_id: Option<&str>,
    cause: impl Into<Cause<'a>>,
) {
    write(Level::Error, event, request_id, &cause.into());
}

fn write(level: Level, event: &'static str, request_id: Option<&str>, cause: &Cause<'_>) {
    telemetry::logged(level, event, cause, request_id);
    let line = Line {
        event,
        request_id,
        cause: cause.text(),
    };
    if let Ok(json) = serde_json::to_string(&line) {
        glue::log_line(level.word(), &json);
    }
}
