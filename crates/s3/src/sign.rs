//! The signature of a request.
//! Follows "AWS Signature Version 4 for API requests", with what "Signature Calculations for the
//! Authorization Header" says of S3: a path is encoded once and never normalized, and the body's
//! SHA-256 is a header of its own.
//! Invariant: method, path, query, host, every header and the body are signed.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::bucket::Bucket;
use crate::credentials::Credentials;
use crate::request::Request;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const SERVICE: &str = "s3";

/// A moment, in seconds since 1970. The store takes a signature within 15 minutes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnixSeconds(pub u64);

/// What to send, beside the body.
///
/// The signature speaks for the account for 15 minutes, so there is no `Debug`.
pub struct Signed {
    /// The method.
    pub method: &'static str,
    /// The URL, as it is signed: not to be encoded again.
    pub url: String,
    /// All headers but `Host`, which is the URL's, and `Content-Length`, which is the body's.
    pub headers: Vec<(&'static str, String)>,
}

impl Bucket {
    /// Makes a request one that this bucket answers.
    #[must_use]
    pub fn sign(
        &self,
        request: &Request<'_>,
        credentials: &Credentials,
        time: UnixSeconds,
    ) -> Signed {
        let scope = Scope {
            stamp: stamp(time),
            region: self.region(),
            service: SERVICE,
        };
        let (path, query) = (self.path(request), request.query());
        let digest = request.digest().hex();
        let mut headers = request.headers().to_vec();
        headers.push(("x-amz-content-sha256", digest.clone()));
        headers.push(("x-amz-date", scope.stamp.clone()));
        let mut signed = vec![("host", self.authority())];
        signed.extend(headers.iter().map(|(name, value)| (*name, value.as_str())));
        let canonical = Canonical::new(request.method(), &path, &query, signed, &digest);
        headers.push((
            "authorization",
            canonical.authorization(&scope, credentials),
        ));
        Signed {
            method: request.method(),
            url: self.url(&path, &query),
            headers,
        }
    }
}

/// What a signature is good for.
struct Scope<'a> {
    /// The moment, such as `20130524T000000Z`.
    stamp: String,
    region: &'a str,
    service: &'a str,
}

impl Scope<'_> {
    fn date(&self) -> &str {
        self.stamp.split('T').next().unwrap_or_default()
    }

    fn text(&self) -> String {
        let (date, region, service) = (self.date(), self.region, self.service);
        format!("{date}/{region}/{service}/aws4_request")
    }

    /// The key that signs within this scope.
    fn key(&self, credentials: &Credentials) -> Zeroizing<[u8; 32]> {
        let parts = [self.region, self.service, "aws4_request"];
        let day = hmac(&credentials.seed(), self.date());
        parts.iter().fold(day, |key, part| hmac(&*key, part))
    }
}

/// A request in the one form that both sides compute.
struct Canonical {
    text: String,
    signed_headers: String,
}

impl Canonical {
    /// The names of the headers are in lower case, and path and query are encoded.
    fn new(
        method: &str,
        path: &str,
        query: &str,
        mut headers: Vec<(&str, &str)>,
        digest: &str,
    ) -> Self {
        headers.sort_unstable();
        let line = |(name, value): &(&str, &str)| format!("{name}:{value}\n");
        let lines: String = headers.iter().map(line).collect();
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let signed_headers = names.join(";");
        let text = format!("{method}\n{path}\n{query}\n{lines}\n{signed_headers}\n{digest}");
        Self {
            text,
            signed_headers,
        }
    }

    fn string_to_sign(&self, scope: &Scope<'_>) -> String {
        let digest = base16ct::lower::encode_string(&Sha256::digest(&self.text));
        let (stamp, scope) = (&scope.stamp, scope.text());
        format!("{ALGORITHM}\n{stamp}\n{scope}\n{digest}")
    }

    fn signature(&self, scope: &Scope<'_>, credentials: &Credentials) -> String {
        let signature = hmac(&*scope.key(credentials), &self.string_to_sign(scope));
        base16ct::lower::encode_string(&*signature)
    }

    fn authorization(&self, scope: &Scope<'_>, credentials: &Credentials) -> String {
        let (id, scope_text) = (credentials.access_key_id(), scope.text());
        let signature = self.signature(scope, credentials);
        let names = &self.signed_headers;
        format!(
            "{ALGORITHM} Credential={id}/{scope_text},SignedHeaders={names},Signature={signature}"
        )
    }
}

fn hmac(key: &[u8], text: &str) -> Zeroizing<[u8; 32]> {
    // Never the other arm: HMAC takes a key of any length. No store would take its signature.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Zeroizing::new([0; 32]);
    };
    mac.update(text.as_bytes());
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// ISO 8601, in its basic form.
fn stamp(UnixSeconds(seconds): UnixSeconds) -> String {
    // Beyond the year 9999 it is 1970, which every store refuses.
    let time = i64::try_from(seconds)
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (year, month, day) = time.to_calendar_date();
    let (hour, minute, second) = time.to_hms();
    let month = u8::from(month);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

#[cfg(test)]
mod tests;
