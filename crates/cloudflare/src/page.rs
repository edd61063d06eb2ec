//! Asking for entries, and what comes back: pages, each with the cursor of the next.

use serde::Deserialize;
use thiserror::Error;

use crate::{AccountId, Entry};

const MAX_CURSOR: usize = 4_096;

/// Which entries to ask for, oldest first.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Whose.
    pub account: &'a AccountId,
    /// RFC 3339: from when on.
    pub since: &'a str,
    /// RFC 3339: until when.
    pub before: &'a str,
    /// How many at most, up to 1,000.
    pub limit: u16,
    /// Where the last page ended.
    pub cursor: Option<&'a str>,
}

impl Query<'_> {
    /// The path below the base URL, for GET with `Authorization: Bearer` and a token that may
    /// read the account's settings.
    ///
    /// ```
    /// let account = cloudflare::AccountId::parse("4bb334f7c94c4a29a045f03944f072e5").unwrap();
    /// let query = cloudflare::Query {
    ///     account: &account,
    ///     since: "2026-11-22T00:00:00Z",
    ///     before: "2026-11-23T00:00:00Z",
    ///     limit: 100,
    ///     cursor: None,
    /// };
    /// assert_eq!(
    ///     query.path(),
    ///     "/accounts/4bb334f7c94c4a29a045f03944f072e5/logs/audit?\
    ///      since=2026-11-22T00%3A00%3A00Z&before=2026-11-23T00%3A00%3A00Z&limit=100&direction=asc"
    /// );
    /// ```
    #[must_use]
    pub fn path(&self) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        pairs
            .append_pair("since", self.since)
            .append_pair("before", self.before)
            .append_pair("limit", &self.limit.to_string())
            .append_pair("direction", "asc");
        if let Some(cursor) = self.cursor {
            pairs.append_pair("cursor", cursor);
        }
        let account = self.account.as_str();
        format!("/accounts/{account}/logs/audit?{}", pairs.finish())
    }
}

/// Why a reply is none. Says nothing of what it held.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum BadReply {
    /// No JSON of this shape.
    #[error("the reply has another shape")]
    Shape,
    /// Cloudflare says that it did not work.
    #[error("the request was refused")]
    Refused,
    /// More entries than were asked for, or a cursor that is no cursor.
    #[error("the reply is out of bounds")]
    Bounds,
}

/// A page of entries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// Oldest first.
    pub entries: Vec<Entry>,
    /// Of the next page; none on the last.
    pub cursor: Option<String>,
}

#[derive(Deserialize)]
struct Reply {
    success: bool,
    #[serde(default)]
    result: Option<Vec<Entry>>,
    #[serde(default)]
    result_info: Option<Info>,
}

/// Cloudflare's own clients disagree on where the cursor is: up to their version 5 it is
/// `cursor`, from then on `cursors.after`.
#[derive(Default, Deserialize)]
struct Info {
    #[serde(default)]
    cursor: Option<String>,
    #[serde(default)]
    cursors: Option<Cursors>,
}

#[derive(Deserialize)]
struct Cursors {
    #[serde(default)]
    after: Option<String>,
}

impl Info {
    fn next(self) -> Option<String> {
        let after = self.cursors.and_then(|cursors| cursors.after);
        [after, self.cursor]
            .into_iter()
            .flatten()
            .find(|cursor| !cursor.is_empty())
    }
}

impl Page {
    /// From the body of the reply to a query.
    ///
    /// # Errors
    /// [`BadReply`]
    pub fn read(query: &Query<'_>, body: &[u8]) -> Result<Self, BadReply> {
        let reply: Reply = serde_json::from_slice(body).map_err(|_| BadReply::Shape)?;
        if !reply.success {
            return Err(BadReply::Refused);
        }
        let entries = reply.result.unwrap_or_default();
        let cursor = reply.result_info.unwrap_or_default().next();
        let cursor = cursor.filter(|_| !entries.is_empty());
        let is_long = cursor
            .as_ref()
            .is_some_and(|cursor| cursor.len() > MAX_CURSOR);
        if entries.len() > usize::from(query.limit) || is_long {
            return Err(BadReply::Bounds);
        }
        Ok(Self { entries, cursor })
    }
}
