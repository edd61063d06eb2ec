//! The range reply of Pwned Passwords: whatever arrives, it is "not found" only when a
//! second, plain reading of the same bytes finds a whole list without the password.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use pwned::{Exposure, MIN_PADDED_ROWS, Prefix, RangeQuery, RangeReply};

/// SHA-1("password"), less its first five digits.
const SUFFIX: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";

static PADDING: LazyLock<String> = LazyLock::new(|| {
    let rows = 0..MIN_PADDED_ROWS;
    rows.map(|row| format!("\r\n{row:035X}:0")).collect()
});

fuzz_target!(|data: &[u8]| {
    judge(data);
    // The rows alone are too few; padded, what is behind that check is reached.
    judge(&[data, PADDING.as_bytes()].concat());
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(prefix) = Prefix::parse(text)
    {
        assert_eq!(prefix.as_str(), text.to_ascii_uppercase());
    }
});

fn judge(body: &[u8]) {
    let reply = RangeReply::check(body, &RangeQuery::for_password("password"));
    match reply {
        Ok(Exposure::NotFound) => {
            assert!(RangeReply::validate(body).is_ok());
            let rows = plain_reading(body).expect("not found in what is not a list");
            assert!(rows.len() >= MIN_PADDED_ROWS);
            assert!(rows.last().is_some_and(|(_, count)| *count == 0));
            assert_eq!(times_seen(&rows), 0);
        }
        Ok(Exposure::Found { count }) => {
            let rows = plain_reading(body).expect("found in what is not a list");
            assert_eq!(times_seen(&rows), count);
        }
        Err(problem) => assert_eq!(RangeReply::validate(body), Err(problem)),
    }
}

fn plain_reading(body: &[u8]) -> Option<Vec<(String, u64)>> {
    let text = std::str::from_utf8(body).ok()?;
    text.strip_suffix('\n')
        .unwrap_or(text)
        .split('\n')
        .map(|line| {
            let line = line.strip_suffix('\r').unwrap_or(line);
            let (suffix, count) = line.split_once(':')?;
            Some((
                suffix.to_ascii_uppercase(),
                count.replace(',', "").parse().ok()?,
            ))
        })
        .collect()
}

fn times_seen(rows: &[(String, u64)]) -> u64 {
    let ours = rows.iter().filter(|(suffix, _)| suffix == SUFFIX);
    ours.map(|(_, count)| *count).max().unwrap_or_default()
}
