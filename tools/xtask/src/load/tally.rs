//! What was done, how long it took, and what came of it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use crate::client::Reply;

/// Of all actions.
#[derive(Default)]
pub(super) struct Tally(BTreeMap<&'static str, Noted>);

#[derive(Default)]
struct Noted {
    /// Of those that were done.
    times: Vec<Duration>,
    turned_away: usize,
    wrong: Vec<String>,
}

/// What there is to tell of an action. Milliseconds as a client waits for them.
#[derive(Serialize)]
pub(super) struct Told {
    action: &'static str,
    done: usize,
    per_second: f64,
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    /// 429 or 503, with Retry-After.
    pub(super) turned_away: usize,
    /// Anything else.
    pub(super) wrong: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first_wrong: Option<String>,
}

impl Tally {
    /// Notes one: what came back and what was to come, or that nobody answered.
    pub(super) fn note(
        &mut self,
        action: &'static str,
        took: Duration,
        done: Result<Option<(Reply, u16)>>,
    ) {
        let noted = self.0.entry(action).or_default();
        match done {
            Ok(None) => noted.times.push(took),
            Ok(Some((reply, status))) if reply.status == status => noted.times.push(took),
            Ok(Some((reply, _))) if says_when_to_come_back(&reply) => noted.turned_away += 1,
            Ok(Some((reply, _))) => noted
                .wrong
                .push(format!("{}: {}", reply.status, reply.text())),
            Err(error) => noted.wrong.push(format!("{error:#}")),
        }
    }

    /// Takes another's in.
    pub(super) fn add(&mut self, other: Self) {
        for (action, noted) in other.0 {
            let sum = self.0.entry(action).or_default();
            sum.times.extend(noted.times);
            sum.turned_away += noted.turned_away;
            sum.wrong.extend(noted.wrong);
        }
    }

    /// What there is to tell after so many seconds.
    pub(super) fn told(self, seconds: f64) -> Vec<Told> {
        let told = |(action, mut noted): (&'static str, Noted)| {
            noted.times.sort_unstable();
            let at = |share: f64| percentile(&noted.times, share);
            Told {
                action,
                done: noted.times.len(),
                per_second: count(&noted.times) / seconds.max(0.001),
                p50_ms: at(0.50),
                p95_ms: at(0.95),
                p99_ms: at(0.99),
                max_ms: at(1.0),
                turned_away: noted.turned_away,
                wrong: noted.wrong.len(),
                first_wrong: noted.wrong.into_iter().next(),
            }
        };
        self.0.into_iter().map(told).collect()
    }
}

fn says_when_to_come_back(reply: &Reply) -> bool {
    let wait = reply.header("retry-after");
    matches!(reply.status, 429 | 503) && wait.is_some_and(|wait| wait.parse::<u32>().is_ok())
}

fn count(times: &[Duration]) -> f64 {
    u32::try_from(times.len()).map_or(f64::MAX, f64::from)
}

/// By nearest rank, in milliseconds; 0 of nothing.
fn percentile(sorted: &[Duration], share: f64) -> f64 {
    // A share of a length is a small positive number.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let rank = (share * count(sorted)).ceil() as usize;
    let found = sorted.get(rank.saturating_sub(1));
    found.map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<10} {:>7} {:>6.1} {:>9.1} {:>8.1} {:>8.1} {:>8.1} {:>12} {:>6}",
            self.action,
            self.done,
            self.per_second,
            self.p50_ms,
            self.p95_ms,
            self.p99_ms,
            self.max_ms,
            self.turned_away,
            self.wrong
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_time_that_was_taken() {
        let times: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();
        for (share, milliseconds) in [(0.5, 50.0), (0.95, 95.0), (0.99, 99.0), (1.0, 100.0)] {
            assert!((percentile(&times, share) - milliseconds).abs() < 1e-9);
        }
        assert!(percentile(&[], 0.5).abs() < 1e-9);
    }

    #[test]
    fn nobody_s_answer_is_wrong_and_is_told() {
        let mut tally = Tally::default();
        tally.note("list", Duration::ZERO, Err(anyhow::anyhow!("gone")));
        tally.note("list", Duration::from_millis(3), Ok(None));
        let told = tally.told(2.0);
        let [told] = told.as_slice() else {
            panic!("one action");
        };
        assert_eq!((told.done, told.wrong), (1, 1));
        assert_eq!(told.first_wrong.as_deref(), Some("gone"));
    }
}
