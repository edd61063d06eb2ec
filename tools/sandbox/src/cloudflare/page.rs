//! Which entries a request asks for, page by page.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

const MOST: usize = 1_000;

/// A request's parameters.
pub(super) struct Query {
    since: Timestamp,
    before: Timestamp,
    is_ascending: bool,
    limit: usize,
    offset: usize,
}

impl Query {
    /// From a query string; an error in the service's words.
    pub(super) fn parse(query: &str) -> Result<Self, String> {
        let (mut since, mut before) = (None, None);
        let (mut is_ascending, mut limit, mut offset) = (false, 100, 0);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "since" => since = Some(moment(&value)?),
                "before" => before = Some(moment(&value)?),
                "direction" if value == "asc" || value == "desc" => is_ascending = value == "asc",
                "limit" => {
                    let number = value.parse().ok();
                    limit = number
                        .filter(|number| (1..=MOST).contains(number))
                        .ok_or("limit must be between 1 and 1000")?;
                }
                "cursor" => {
                    let place = value.strip_prefix("c-").and_then(|at| at.parse().ok());
                    offset = place.ok_or("invalid cursor")?;
                }
                name => return Err(format!("unsupported parameter {name}")),
            }
        }
        Ok(Self {
            since: since.ok_or("since is required")?,
            before: before.ok_or("before is required")?,
            is_ascending,
            limit,
            offset,
        })
    }

    /// The page that it asks for.
    pub(super) fn answer(&self, entries: &[Value]) -> Value {
        let mut found: Vec<(Timestamp, &Value)> = entries
            .iter()
            .filter_map(|entry| {
                let at = entry["action"]["time"].as_str()?.parse().ok()?;
                (self.since <= at && at <= self.before).then_some((at, entry))
            })
            .collect();
        found.sort_by_key(|(at, _)| *at);
        if !self.is_ascending {
            found.reverse();
        }
        let page: Vec<&Value> = found
            .iter()
            .skip(self.offset)
            .take(self.limit)
            .map(|(_, entry)| *entry)
            .collect();
        let end = self.offset + page.len();
        let cursor = if end < found.len() {
            format!("c-{end}")
        } else {
            String::new()
        };
        json!({
            "success": true,
            "errors": [],
            "result_info": {"count": page.len().to_string(), "cursor": cursor, "cursors": {"after": cursor}},
            "result": page,
        })
    }
}

/// RFC 3339, or a date, which is its midnight.
fn moment(text: &str) -> Result<Timestamp, String> {
    let midnight = |date: Date| date.to_zoned(TimeZone::UTC).ok();
    text.parse().or_else(|_| {
        let date = text.parse().ok().and_then(midnight);
        date.map(|zoned| zoned.timestamp())
            .ok_or_else(|| format!("{text} is no date"))
    })
}
