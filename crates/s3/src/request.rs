//! What is asked of a bucket.
//! Follows `PutObject`, `GetObject`, `HeadObject` and `ListObjectsV2` of S3's API Reference.
//! Invariant: these four are all there is. None of them deletes, and a put that is
//! [`Request::if_absent`] replaces nothing.

use crate::digest::Digest;
use crate::key::{Key, encoded};
use crate::list::Token;

/// One call, before it is signed.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    method: &'static str,
    key: Option<&'a Key>,
    /// Sorted by name, as a signature wants them.
    query: Vec<(&'static str, &'a str)>,
    headers: Vec<(&'static str, String)>,
    digest: Digest,
}

impl<'a> Request<'a> {
    /// Stores a body, whole. The store checks it against its digest and keeps that, as a bucket
    /// with Object Lock demands.
    #[must_use]
    pub fn put_object(key: &'a Key, content_type: &'static str, body: &Digest) -> Self {
        Self {
            method: "PUT",
            key: Some(key),
            query: Vec::new(),
            headers: vec![
                ("content-type", content_type.to_owned()),
                ("x-amz-checksum-sha256", body.base64()),
            ],
            digest: *body,
        }
    }

    /// Stores only where nothing is stored yet: otherwise the reply is
    /// [`Kind::Exists`](crate::Kind::Exists).
    #[must_use]
    pub fn if_absent(mut self) -> Self {
        self.headers.push(("if-none-match", "*".to_owned()));
        self
    }

    /// Reads a body.
    #[must_use]
    pub fn get_object(key: &'a Key) -> Self {
        Self::read("GET", Some(key))
    }

    /// Asks whether there is such an object, and how long it is.
    #[must_use]
    pub fn head_object(key: &'a Key) -> Self {
        Self::read("HEAD", Some(key))
    }

    /// Lists the objects whose keys begin with `prefix`, from the start or from where the page
    /// before ended. A page is the store's: up to a thousand.
    #[must_use]
    pub fn list_objects(prefix: &'a str, next: Option<&'a Token>) -> Self {
        let mut request = Self::read("GET", None);
        let token = next.map(|token| ("continuation-token", token.as_str()));
        request.query = token
            .into_iter()
            .chain([("list-type", "2"), ("prefix", prefix)])
            .collect();
        request
    }

    fn read(method: &'static str, key: Option<&'a Key>) -> Self {
        Self {
            method,
            key,
            query: Vec::new(),
            headers: Vec::new(),
            digest: Digest::of(b""),
        }
    }

    pub(crate) fn method(&self) -> &'static str {
        self.method
    }

    pub(crate) fn key(&self) -> Option<&Key> {
        self.key
    }

    /// The query as it is sent and signed.
    pub(crate) fn query(&self) -> String {
        let pair = |(name, value): &(&str, &str)| format!("{name}={}", encoded(value));
        let pairs: Vec<String> = self.query.iter().map(pair).collect();
        pairs.join("&")
    }

    pub(crate) fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    pub(crate) fn digest(&self) -> &Digest {
        &self.digest
    }
}
