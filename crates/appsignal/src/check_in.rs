//! Check-ins: that a cron began, that it ended well. One that only began, or did neither in
//! time, is what the service tells of.

use std::fmt::Write as _;

use serde::Serialize;

/// A cron's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckIn {
    identifier: &'static str,
    digest: Digest,
    kind: Kind,
    timestamp: i64,
    #[serde(rename = "check_in_type")]
    of: &'static str,
}

/// What it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It began.
    Start,
    /// It ended well.
    Finish,
}

/// The same for the start and the finish of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// Of random bytes.
    #[must_use]
    pub fn new(random: [u8; 8]) -> Self {
        let mut hex = String::with_capacity(16);
        for byte in random {
            // A String takes all that is written.
            let _ = write!(hex, "{byte:02x}");
        }
        Self(hex)
    }
}

impl CheckIn {
    /// `identifier` is the name that the check-in has with the service, `timestamp` seconds since
    /// the Unix epoch.
    #[must_use]
    pub const fn new(identifier: &'static str, digest: Digest, kind: Kind, timestamp: i64) -> Self {
        Self {
            identifier,
            digest,
            kind,
            timestamp,
            of: "cron",
        }
    }

    /// The path and query below the base URL, for POST with `application/x-ndjson`.
    ///
    /// ```
    /// assert_eq!(appsignal::CheckIn::path("a-key"), "/check_ins/json?api_key=a-key");
    /// ```
    #[must_use]
    pub fn path(push_key: &str) -> String {
        format!("/check_ins/json?api_key={push_key}")
    }
}

/// The body of several: a line each.
#[must_use]
pub fn check_ins(several: &[CheckIn]) -> Vec<u8> {
    let mut lines = Vec::new();
    for check_in in several {
        if let Ok(line) = serde_json::to_vec(check_in) {
            lines.extend_from_slice(&line);
            lines.push(b'\n');
        }
    }
    lines
}
