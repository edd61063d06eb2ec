//! The one source of time. On Workers the clock stands still between I/O
//! operations: it dates things, it does not measure computation.

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::glue;
use wasm_bindgen_futures::JsFuture;

/// Whole seconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Timestamp(i64);

impl Timestamp {
    /// The present, by the platform's clock.
    pub(crate) fn now() -> Self {
        // Milliseconds of our era are far below 2^53.
        #[allow(clippy::cast_possible_truncation)]
        Self((glue::milliseconds() / 1000.0) as i64)
    }

    pub(crate) const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    pub(crate) const fn unix(self) -> i64 {
        self.0
    }

    pub(crate) const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// From RFC 3339.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        Some(Self(instant.unix_timestamp()))
    }

    /// RFC 3339 in UTC, as the API shows every instant.
    pub(crate) fn rfc3339(self) -> String {
        OffsetDateTime::from_unix_timestamp(self.0)
            .ok()
            .and_then(|instant| instant.format(&Rfc3339).ok())
            .unwrap_or_default()
    }
}

/// Waits so many milliseconds.
pub(crate) async fn pass(milliseconds: u32) {
    let _ = glue::here(JsFuture::from(glue::delay(milliseconds))).await;
}

/// Milliseconds since the Unix epoch, as UUIDv7 wants them.
pub(crate) fn unix_milliseconds() -> u64 {
    // Never negative, far below 2^53.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    {
        glue::milliseconds() as u64
    }
}
