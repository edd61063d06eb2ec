//! Days and times, as replies and webhooks have them.

use std::time::{SystemTime, UNIX_EPOCH};

use time::{Date, Duration, OffsetDateTime, format_description::well_known::Rfc3339};
use time::{format_description::BorrowedFormatItem, macros::format_description};

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// Seconds since the Unix epoch, by this machine's clock, which is the Worker's too.
pub fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs().cast_signed())
}

/// The time in so many days, as RFC 3339 has it.
pub fn in_days(days: i64) -> String {
    let then = OffsetDateTime::from_unix_timestamp(unix_now() + days * 86_400);
    then.ok()
        .and_then(|then| then.format(&Rfc3339).ok())
        .expect("a time that can be written")
}

/// The day that is so many days before another, both `YYYY-MM-DD`.
pub fn days_before(day: &str, days: u64) -> String {
    let day = Date::parse(day, DAY).expect("a day");
    let before = day - Duration::days(days.cast_signed());
    before.format(DAY).expect("a day that can be written")
}
