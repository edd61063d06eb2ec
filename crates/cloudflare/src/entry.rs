//! One entry of the account's audit log: who did what to which resource, and how it went.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::MAX_TEXT;

const MAX_ID: usize = 64;

/// What is known of one action. The bodies of its request and its reply are left behind: they
/// may hold what was set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// What tells it from every other.
    pub id: EntryId,
    /// What was done.
    pub action: Action,
    /// Who did it.
    #[serde(default)]
    pub actor: Actor,
    /// To what.
    #[serde(default)]
    pub resource: Resource,
    /// By which request.
    #[serde(default)]
    pub raw: Raw,
}

/// An entry's id: printable ASCII, 64 characters at most.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct EntryId(String);

impl EntryId {
    /// As it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for EntryId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        let is_id =
            (1..=MAX_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
        if is_id {
            Ok(Self(id))
        } else {
            Err(de::Error::custom("not the id of an entry"))
        }
    }
}

/// What was done, when, and whether it worked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Action {
    /// RFC 3339.
    pub time: Time,
    /// `create`, `delete`, `update`, `view` and whatever comes.
    #[serde(default, rename = "type")]
    pub kind: Option<Text>,
    /// In words.
    #[serde(default)]
    pub description: Option<Text>,
    /// `success` or `failure`.
    #[serde(default)]
    pub result: Option<Text>,
}

/// A moment, RFC 3339 as it came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Time {
    text: String,
    #[serde(skip)]
    unix: i64,
}

impl Time {
    /// In whole seconds since 1970.
    #[must_use]
    pub const fn unix(&self) -> i64 {
        self.unix
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // Fractions of a second may be long.
        let read = (text.len() <= 40).then(|| OffsetDateTime::parse(&text, &Rfc3339));
        match read {
            Some(Ok(moment)) => Ok(Self {
                unix: moment.unix_timestamp(),
                text,
            }),
            _ => Err(de::Error::custom("not a moment of RFC 3339")),
        }
    }
}

/// Who did it, and how he was signed in.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Actor {
    /// `account`, `cloudflare_admin`, `system` or `user`.
    #[serde(rename = "type")]
    pub kind: Option<Text>,
    /// Cloudflare's id of him.
    pub id: Option<Text>,
    /// Of a user.
    pub email: Option<Text>,
    /// `api_key`, `api_token`, `dash`, `oauth` or `origin_ca_key`.
    pub context: Option<Text>,
    /// What the API token was called; never the token.
    pub token_name: Option<Text>,
    /// Where the request came from.
    pub ip_address: Option<Text>,
}

/// What it was done to.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Resource {
    /// `workers`, `d1` …
    pub product: Option<Text>,
    /// `script` …
    #[serde(rename = "type")]
    pub kind: Option<Text>,
    /// Which.
    pub id: Option<Text>,
    /// `accounts`, `user` or `zones`.
    pub scope: Option<Text>,
}

/// The request that did it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Raw {
    /// HTTP's.
    pub method: Option<Text>,
    /// The path.
    pub uri: Option<Text>,
    /// HTTP's.
    pub status_code: Option<u16>,
}

/// A text of the reply, cut after [`MAX_TEXT`] characters.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// What is kept of it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut text = String::deserialize(deserializer)?;
        if let Some((end, _)) = text.char_indices().nth(MAX_TEXT) {
            text.truncate(end);
        }
        Ok(Self(text))
    }
}
