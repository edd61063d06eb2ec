//! Orders to fail: how, at which calls, after how many, how often.

use http::{Method, Uri};
use serde::Deserialize;

/// One order to fail.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failure {
    mode: Mode,
    /// Only at such calls; at all without it.
    #[serde(default)]
    on: Option<Call>,
    /// How many such calls go well before it.
    #[serde(default)]
    after: u64,
    /// How often; for good without it.
    #[serde(default)]
    times: Option<u64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mode {
    Refused,
    Full,
    Busy,
    Error,
    Html,
    Hang,
    Reset,
    /// It is done, and the connection ends in place of the answer.
    Lost,
    /// It is done, and the connection ends in the middle of the answer's body.
    Half,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Call {
    Put,
    Get,
    Head,
    List,
    Delete,
}

impl Call {
    /// Which call a request is, if it is one that is served.
    pub(super) fn of(method: &Method, uri: &Uri) -> Option<Self> {
        let names_object = uri
            .path()
            .trim_start_matches('/')
            .split_once('/')
            .is_some_and(|(_, key)| !key.is_empty());
        match *method {
            Method::PUT => Some(Self::Put),
            Method::GET if names_object => Some(Self::Get),
            Method::GET => Some(Self::List),
            Method::HEAD => Some(Self::Head),
            Method::DELETE => Some(Self::Delete),
            _ => None,
        }
    }
}

/// The first order that is about such a call; it is spent once it was followed often enough.
pub(super) fn next(failures: &mut Vec<Failure>, call: Option<Call>) -> Option<Mode> {
    let is_about = |failure: &Failure| failure.on.is_none() || failure.on == call;
    let index = failures.iter().position(is_about)?;
    let failure = failures.get_mut(index)?;
    if failure.after > 0 {
        failure.after -= 1;
        return None;
    }
    let mode = failure.mode;
    if let Some(times) = &mut failure.times {
        *times = times.saturating_sub(1);
        if *times == 0 {
            failures.remove(index);
        }
    }
    Some(mode)
}
