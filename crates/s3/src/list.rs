//! A page of a bucket's list.
//! Follows `ListObjectsV2`'s response.
//! Invariant: a page is whole: each of its objects has a key and a size, and where it is not the
//! last there is a token for the next.

use crate::key::MAX_KEY_BYTES;
use crate::xml::{self, Part};

/// The longest reply that is read, in bytes. A thousand keys of a hundred bytes have half a MiB.
pub const MAX_LIST_BYTES: usize = 2 << 20;

/// The most objects of a page.
pub const MAX_LISTED: usize = 1_000;

/// The longest token, in bytes. S3's have some hundred, and those of others hold a key.
const MAX_TOKEN_BYTES: usize = 4 << 10;

/// Objects, in the order of their keys, and where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What there is.
    pub objects: Vec<Listed>,
    /// Asks for the next page; none at the end.
    pub next: Option<Token>,
}

/// An object of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its key, as the store has it: others may have stored what is no [`crate::Key`].
    pub key: String,
    /// Its length in bytes.
    pub bytes: u64,
}

/// Where the next page begins, in the store's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What was read so far.
#[derive(Default)]
struct Draft {
    objects: Vec<Listed>,
    key: Option<String>,
    bytes: Option<u64>,
    is_truncated: Option<bool>,
    next: Option<Token>,
}

impl Page {
    /// Reads a page; `None` when it is not one.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        if body.len() > MAX_LIST_BYTES {
            return None;
        }
        let mut draft = Draft::default();
        xml::read(body, |part| draft.take(&part))?;
        let next = if draft.is_truncated? {
            Some(draft.next?)
        } else {
            None
        };
        Some(Self {
            objects: draft.objects,
            next,
        })
    }
}

impl Draft {
    fn take(&mut self, part: &Part<'_>) -> Option<()> {
        let (path, text) = match part {
            Part::Start(path) => return (path.first()? == "ListBucketResult").then_some(()),
            Part::End(path, text) => (path, *text),
        };
        let names: Vec<&str> = path.iter().skip(1).map(String::as_str).collect();
        match names.as_slice() {
            ["Contents"] => {
                let (key, bytes) = (self.key.take()?, self.bytes.take()?);
                self.objects.push(Listed { key, bytes });
                (self.objects.len() <= MAX_LISTED).then_some(())
            }
            ["Contents", "Key"] => {
                let is_key = (1..=MAX_KEY_BYTES).contains(&text.len());
                once(&mut self.key, is_key.then(|| text.to_owned())?)
            }
            ["Contents", "Size"] => once(&mut self.bytes, number(text)?),
            ["IsTruncated"] => once(&mut self.is_truncated, text.parse().ok()?),
            ["NextContinuationToken"] => {
                let is_token = (1..=MAX_TOKEN_BYTES).contains(&text.len());
                once(&mut self.next, is_token.then(|| Token(text.to_owned()))?)
            }
            _ => Some(()),
        }
    }
}

/// A member that comes twice could be read two ways.
fn once<T>(member: &mut Option<T>, value: T) -> Option<()> {
    member.replace(value).is_none().then_some(())
}

/// Digits only: `parse` would take a sign.
pub(crate) fn number(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}
