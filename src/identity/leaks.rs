//! The leaked-password look-up (Have I Been Pwned, range API): five hex digits
//! of the password's SHA-1 leave, and no more. Replies are kept at the edge for
//! a day: for clients, and for when the service fails.
//!
//! Invariant: a prefix is never logged, and what is not a whole reply is never
//! "not found".

use std::pin::Pin;

use futures_util::future::{Either, select};
use pwned::{
    Exposure, MAX_REPLY_BYTES, Prefix, REQUEST_HEADERS, RangeQuery, RangeReply, policy::Password,
};

use crate::{
    app::App,
    platform::{
        Timestamp, cache, clock,
        fetch::{self, Outgoing, Pending},
        log, task,
    },
    problem::{Problem, Result},
    store::people::LeakState,
};

const KEPT_SECONDS: u32 = 24 * 60 * 60;
// The limit is 1 MiB.
#[allow(clippy::cast_possible_truncation)]
const REPLY_LIMIT: u32 = MAX_REPLY_BYTES as u32;

/// What a look-up came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    NotFound,
    Found {
        count: u64,
    },
    /// No reply in time, or not a whole one.
    Unknown,
}

impl From<Exposure> for Verdict {
    fn from(exposure: Exposure) -> Self {
        match exposure {
            Exposure::NotFound => Self::NotFound,
            Exposure::Found { count } => Self::Found { count },
        }
    }
}

/// A look-up that is under way before anyone awaits it.
pub(crate) struct LookUp(Pin<Box<dyn Future<Output = Verdict> + Send>>);

impl LookUp {
    /// Asks the service now, for at most so many milliseconds. The cache answers
    /// only where the service does not: what someone signs in with may have
    /// leaked since yesterday.
    pub(crate) fn start(app: &App, password: &Password, limit_ms: u32) -> Self {
        let query = RangeQuery::for_password(password.expose());
        let asked = ask(app, query.prefix(), limit_ms);
        let place = place(app, query.prefix());
        Self(Box::pin(async move {
            if let Some(body) = reply(asked).await {
                match RangeReply::check(&body, &query) {
                    Ok(exposure) => {
                        task::background(async move { keep(&place, &body).await });
                        return exposure.into();
                    }
                    Err(_) => log::warn("range-look-up", "the reply was malformed"),
                }
            }
            match cache::get(&place).await {
                Some(body) => {
                    RangeReply::check(&body, &query).map_or(Verdict::Unknown, Verdict::from)
                }
                None => Verdict::Unknown,
            }
        }))
    }

    /// What it came to, however long it takes.
    pub(crate) async fn verdict(self) -> Verdict {
        self.0.await
    }

    /// What it came to, or, past so many milliseconds, the look-up to await
    /// elsewhere.
    pub(crate) async fn within(self, milliseconds: u32) -> std::result::Result<Verdict, Self> {
        match select(self.0, Box::pin(clock::pass(milliseconds))).await {
            Either::Left((verdict, _)) => Ok(verdict),
            Either::Right(((), unfinished)) => Err(Self(unfinished)),
        }
    }
}

/// What is known of a password after another look-up. None where nothing is to
/// be written.
pub(crate) fn learned(known: LeakState, verdict: Verdict, now: Timestamp) -> Option<LeakState> {
    const DAY: i64 = 24 * 60 * 60;
    match (known, verdict) {
        // A leak stays known until the password changes.
        (LeakState::Exposed { .. }, _) | (_, Verdict::Unknown) => None,
        (_, Verdict::Found { count }) => Some(LeakState::Exposed {
            count,
            checked_at: now,
        }),
        (LeakState::NotFound { checked_at }, Verdict::NotFound) if now < checked_at.plus(DAY) => {
            None
        }
        (_, Verdict::NotFound) => Some(LeakState::NotFound { checked_at: now }),
    }
}

/// The reply for a prefix, whole and padded, for a client that checks for itself.
pub(crate) async fn range(app: &App, prefix: Prefix) -> Result<Vec<u8>> {
    const LIMIT_MS: u32 = 5_000;
    let place = place(app, prefix);
    if let Some(body) = cache::get(&place).await
        && RangeReply::validate(&body).is_ok()
    {
        return Ok(body);
    }
    let failed = |cause| {
        Problem::upstream(
            "The leaked-password service did not answer as it should.",
            cause,
        )
    };
    let body = reply(ask(app, prefix, LIMIT_MS))
        .await
        .ok_or_else(|| failed("no reply"))?;
    RangeReply::validate(&body).map_err(|_| failed("the reply was malformed"))?;
    cache::put(&place, &body, KEPT_SECONDS).await;
    Ok(body)
}

fn ask(app: &App, prefix: Prefix, timeout_ms: u32) -> Option<Pending> {
    let request = Outgoing {
        method: "GET",
        url: format!("{}{}", app.config.pwned_base_url, prefix.path()),
        headers: &REQUEST_HEADERS,
        body: &[],
        timeout_ms,
        limit: REPLY_LIMIT,
    };
    fetch::start(&request).ok()
}

async fn reply(asked: Option<Pending>) -> Option<Vec<u8>> {
    let reply = match asked {
        Some(pending) => pending.reply().await.ok(),
        None => None,
    };
    match reply {
        Some(reply) if reply.status == 200 => Some(reply.body),
        Some(_) => {
            log::warn("range-look-up", "the service refused");
            None
        }
        None => {
            log::warn("range-look-up", "the service did not answer");
            None
        }
    }
}

async fn keep(place: &str, body: &[u8]) {
    if RangeReply::validate(body).is_ok() {
        cache::put(place, body, KEPT_SECONDS).await;
    }
}

/// Where a prefix's reply is cached: a URL of our own that nothing else answers.
fn place(app: &App, prefix: Prefix) -> String {
    format!("{}/.cache{}", app.config.origin, prefix.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EARLIER: Timestamp = Timestamp::from_unix(1_000_000);
    const LATER: Timestamp = EARLIER.plus(60);
    const CLEAN: LeakState = LeakState::NotFound {
        checked_at: EARLIER,
    };
    const LEAKED: LeakState = LeakState::Exposed {
        count: 7,
        checked_at: EARLIER,
    };

    #[test]
    fn a_leak_stays_known_whatever_later_look_ups_say() {
        for verdict in [
            Verdict::NotFound,
            Verdict::Unknown,
            Verdict::Found { count: 9 },
        ] {
            assert_eq!(learned(LEAKED, verdict, LATER), None);
        }
    }

    #[test]
    fn a_new_leak_is_written_whatever_was_known() {
        let expected = Some(LeakState::Exposed {
            count: 3,
            checked_at: LATER,
        });
        for known in [CLEAN, LeakState::Unchecked] {
            assert_eq!(learned(known, Verdict::Found { count: 3 }, LATER), expected);
        }
    }

    #[test]
    fn a_failed_look_up_teaches_nothing() {
        for known in [CLEAN, LeakState::Unchecked] {
            assert_eq!(learned(known, Verdict::Unknown, LATER), None);
        }
    }

    #[test]
    fn a_clean_look_up_is_dated_when_it_is_news() {
        let dated = |at| Some(LeakState::NotFound { checked_at: at });
        assert_eq!(
            learned(LeakState::Unchecked, Verdict::NotFound, LATER),
            dated(LATER)
        );
        assert_eq!(learned(CLEAN, Verdict::NotFound, LATER), None);
        let next_day = EARLIER.plus(24 * 60 * 60);
        assert_eq!(learned(CLEAN, Verdict::NotFound, next_day), dated(next_day));
    }
}
