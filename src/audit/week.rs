//! Weeks, as reviews have them: from a Monday's midnight to the next, UTC. A week is known by
//! its Monday, and what happened in it is found by its review.

use tlog::Kind;

use super::leaf::name_of;
use crate::{id::RowId, platform::Timestamp};

const DAY: i64 = 86_400;

/// A week.
pub(crate) struct Week {
    monday: String,
    begins: Timestamp,
}

impl Week {
    /// The one that a moment is in.
    pub(crate) fn of(moment: Timestamp) -> Self {
        // The epoch was a Thursday.
        let days = moment.unix().div_euclid(DAY);
        let begins = Timestamp::from_unix((days - (days + 3).rem_euclid(7)) * DAY);
        let monday = begins.rfc3339().get(..10).unwrap_or_default().to_owned();
        Self { monday, begins }
    }

    /// The one that goes on.
    pub(crate) fn now() -> Self {
        Self::of(Timestamp::now())
    }

    /// By its name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let midnight = Timestamp::parse(&format!("{name}T00:00:00Z"))?;
        Some(Self::of(midnight)).filter(|week| week.monday == name)
    }

    /// The one before.
    pub(crate) fn before(&self) -> Self {
        Self::of(self.begins.plus(-1))
    }

    /// Its Monday, "YYYY-MM-DD".
    pub(crate) fn name(&self) -> &str {
        &self.monday
    }

    /// The leaf that opens its review when it is over, and what the leaves are about that
    /// stand in it.
    pub(crate) fn review(&self) -> RowId {
        name_of(Kind::ReviewOpened, &self.monday)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23 was a Monday.
    const MONDAY: i64 = 1_795_392_000;

    #[test]
    fn a_week_is_named_by_its_monday() {
        for (at, week) in [
            (MONDAY, "2026-11-23"),
            (MONDAY - 1, "2026-11-16"),
            (MONDAY + 7 * DAY - 1, "2026-11-23"),
            (MONDAY + 7 * DAY, "2026-11-30"),
        ] {
            assert_eq!(Week::of(Timestamp::from_unix(at)).name(), week);
        }
        let week = Week::of(Timestamp::from_unix(MONDAY)).before();
        assert_eq!(week.name(), "2026-11-16");
    }

    #[test]
    fn a_week_is_found_by_its_monday_and_by_no_other_day() {
        let week = Week::parse("2026-11-23").unwrap();
        assert!(week.review() == Week::of(Timestamp::from_unix(MONDAY)).review());
        for name in ["2026-11-24", "2026-11-31", "23.11.2026", "", "2026-11-23 "] {
            assert!(Week::parse(name).is_none(), "{name}");
        }
    }
}
