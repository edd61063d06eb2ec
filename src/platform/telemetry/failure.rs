//! Errors: what AppSignal is told of something that is ours to mend.

use std::borrow::Cow;

use appsignal::{ErrorReport, Exception, Tags};
use sha2::{Digest as _, Sha256};

use super::INSTRUMENT;
use super::attribute::Route;
use super::instrument::Instrument;
use super::request::action;
use super::vocabulary::Method;
use crate::{id::hex, platform::Timestamp, problem::Problem};

/// A request that failed for a reason of ours.
pub(crate) struct Failure<'a> {
    pub(crate) problem: &'a Problem,
    pub(crate) request_id: &'a str,
    pub(crate) method: Method,
    pub(crate) route: Option<Route>,
}

impl Failure<'_> {
    /// Tells of it; it is sent with the request.
    pub(crate) fn tell(&self) {
        if let Some(instrument) = INSTRUMENT.get() {
            let action = action(self.method, self.route);
            let request = Some(self.request_id.to_owned());
            instrument.fail(self.problem, "web", action, request);
        }
    }
}

impl Instrument {
    pub(super) fn fail(
        &self,
        problem: &Problem,
        namespace: &'static str,
        action: Cow<'static, str>,
        request_id: Option<String>,
    ) {
        let kind = problem.kind();
        let cause = problem.literal_cause();
        let fingerprint = fingerprint(&[kind.slug(), &action, cause.unwrap_or_default()]);
        self.buffer().error(ErrorReport {
            timestamp: Timestamp::now().unix(),
            namespace,
            action,
            error: Exception {
                name: kind.slug(),
                message: cause
                    .filter(|cause| !cause.is_empty())
                    .unwrap_or(kind.title()),
                backtrace: [],
            },
            tags: Tags {
                fingerprint,
                request_id,
            },
            revision: self.revision(),
        });
    }
}

/// The same for the same kind, place and cause.
fn fingerprint(of: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in of {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let hash = hash.finalize();
    hex(hash.first_chunk::<8>().map_or(&[][..], |start| start))
}
