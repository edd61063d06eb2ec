//! An error: one to a request.

use std::borrow::Cow;

use serde::Serialize;

/// Something failed. The endpoint groups by exception and action.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorReport {
    /// When, in seconds since the Unix epoch.
    pub timestamp: i64,
    /// Requests, or work that no request waits for.
    pub namespace: &'static str,
    /// What was being done: the route's template, or the job.
    pub action: Cow<'static, str>,
    /// What went wrong.
    pub error: Exception,
    /// What is known of it.
    pub tags: Tags,
    /// Which version is deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

/// What went wrong, in literals.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Exception {
    /// Its kind.
    pub name: &'static str,
    /// The same in words.
    pub message: &'static str,
    /// A Worker in WebAssembly has none.
    pub backtrace: [&'static str; 0],
}

/// What an error can be looked up by.
#[derive(Clone, Debug, Serialize)]
pub struct Tags {
    /// The same for errors of the same cause.
    pub fingerprint: String,
    /// The request's id, as its reply and the log have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl ErrorReport {
    /// The path and query below the base URL, for POST with `application/json`.
    ///
    /// ```
    /// assert_eq!(appsignal::ErrorReport::path("a-key"), "/errors?api_key=a-key");
    /// ```
    #[must_use]
    pub fn path(frontend_key: &str) -> String {
        format!("/errors?api_key={frontend_key}")
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        // Structs of texts and numbers: nothing that JSON cannot hold.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
