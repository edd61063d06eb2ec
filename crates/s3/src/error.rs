//! What goes wrong with a call, and what to do about it.
//! Follows S3's "Error responses", with the codes that Ceph and `MinIO` add where they are full.
//! Invariant: of a body there is the code and nothing else: a message may quote a request, a key
//! or a signature, so it is not even read.

use std::fmt;

use thiserror::Error;

use crate::xml;

/// The longest code that is kept, in bytes. S3's longest today has 45.
const MAX_CODE_LEN: usize = 64;

/// The longest body that is looked at for a code, in bytes.
const MAX_ERROR_BYTES: usize = 64 << 10;

/// Why a call gave nothing to read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct Error {
    /// What to do about it.
    pub kind: Kind,
    /// The HTTP status.
    pub status: u16,
    /// What S3 calls it; there is none where there was no body.
    pub code: Option<Code>,
}

/// What an error asks of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The key may not do this, is none, or signs wrongly: a human has to look.
    Refused,
    /// There is no such object, or no such bucket, which only the code tells apart.
    Missing,
    /// There is an object already where there was to be none.
    Exists,
    /// There is no more room, or none paid for: a human has to look.
    Full,
    /// A fault that passes: come back later, with jitter.
    Busy,
    /// A reply that is not what the API promises, or is larger than what is read.
    Unreadable,
    /// A fault of ours, or one that does not pass: a human has to look.
    Other,
}

/// S3's name for an error, such as `NoSuchKey`: at most 64 ASCII letters and digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Code(Box<str>);

impl Code {
    /// The code, unless a stranger's bytes would be written into a log by it.
    fn new(text: &str) -> Option<Self> {
        let is_code = (1..=MAX_CODE_LEN).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_code.then(|| Self(text.into()))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error {
    /// Reads an answer that is not the one hoped for.
    pub(crate) fn read(status: u16, body: &[u8]) -> Self {
        let body = body.get(..MAX_ERROR_BYTES).unwrap_or(body);
        let code = xml::error_code(body).and_then(|code| Code::new(&code));
        Self {
            kind: kind(status, code.as_ref().map_or("", Code::as_str)),
            status,
            code,
        }
    }

    pub(crate) fn unreadable(status: u16) -> Self {
        Self {
            kind: Kind::Unreadable,
            status,
            code: None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.code, self.kind) {
            (Some(code), _) => write!(f, "the store answered {}: {code}", self.status),
            (None, Kind::Unreadable) => {
                write!(f, "the store's answer {} is unreadable", self.status)
            }
            (None, _) => write!(f, "the store answered {}", self.status),
        }
    }
}

/// By the code where it says more than the status, else by the status.
fn kind(status: u16, code: &str) -> Kind {
    match code {
        // A success cannot be an error, whatever is in it.
        _ if status < 300 => Kind::Unreadable,
        // 403 at Ceph, 400 at MinIO.
        "QuotaExceeded" | "XMinioAdminBucketQuotaExceeded" | "XMinioStorageFull" => Kind::Full,
        // 400s that another try may answer: what was sent was lost or changed on its way.
        "BadDigest" | "IncompleteBody" | "RequestTimeout" | "XAmzContentSHA256Mismatch" => {
            Kind::Busy
        }
        "AuthorizationHeaderMalformed" | "InvalidToken" | "ExpiredToken" => Kind::Refused,
        "ConditionalRequestConflict" | "OperationAborted" => Kind::Busy,
        _ => match status {
            401 | 403 => Kind::Refused,
            404 => Kind::Missing,
            412 => Kind::Exists,
            507 => Kind::Full,
            408 | 425 | 429 | 500..=599 => Kind::Busy,
            _ => Kind::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, Kind};

    fn error(status: u16, code: &str) -> Error {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>\
             <Message>private</Message><Resource>/backups/private</Resource></Error>"
        );
        Error::read(status, body.as_bytes())
    }

    #[test]
    fn an_error_is_told_by_status_and_code() {
        for (status, code, kind) in [
            (403, "AccessDenied", Kind::Refused),
            (403, "SignatureDoesNotMatch", Kind::Refused),
            (403, "InvalidAccessKeyId", Kind::Refused),
            (403, "RequestTimeTooSkewed", Kind::Refused),
            (400, "AuthorizationHeaderMalformed", Kind::Refused),
            (404, "NoSuchKey", Kind::Missing),
            (404, "NoSuchBucket", Kind::Missing),
            (412, "PreconditionFailed", Kind::Exists),
            (409, "ConditionalRequestConflict", Kind::Busy),
            (403, "QuotaExceeded", Kind::Full),
            (507, "XMinioStorageFull", Kind::Full),
            (429, "TooManyRequests", Kind::Busy),
            (503, "SlowDown", Kind::Busy),
            (500, "InternalError", Kind::Busy),
            (400, "BadDigest", Kind::Busy),
            (400, "InvalidRequest", Kind::Other),
            (301, "PermanentRedirect", Kind::Other),
            (200, "InternalError", Kind::Unreadable),
        ] {
            let read = error(status, code);
            assert_eq!(read.kind, kind, "{status} {code}");
            assert_eq!(read.code.unwrap().as_str(), code);
        }
    }

    #[test]
    fn an_error_without_a_body_is_told_by_its_status() {
        for (status, kind) in [
            (403, Kind::Refused),
            (404, Kind::Missing),
            (412, Kind::Exists),
            (503, Kind::Busy),
            (507, Kind::Full),
            (416, Kind::Other),
        ] {
            let read = Error::read(status, b"");
            assert_eq!((read.kind, read.code), (kind, None), "{status}");
        }
    }

    #[test]
    fn nothing_but_the_code_is_printed() {
        let read = error(403, "AccessDenied");
        assert_eq!(read.to_string(), "the store answered 403: AccessDenied");
        for code in [
            "",
            "private key",
            "a\nb",
            &"C".repeat(65),
            "&lt;b&gt;",
            "<b/>",
        ] {
            let read = error(503, code);
            assert_eq!((read.kind, read.code), (Kind::Busy, None), "{code:?}");
        }
        let html = Error::read(502, b"<html><body>private<br></body>");
        assert!(!format!("{html} {html:?}").contains("private"));
    }
}
