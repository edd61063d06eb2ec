//! Where objects are: an endpoint, a region, a bucket's name.
//! Follows "Bucket naming rules" and "Virtual hosting of general purpose buckets".
//! Invariant: an endpoint is a scheme, a host and perhaps a port, as a URL's reader would write
//! them too, so that the host signed is the host asked.

use std::net::Ipv4Addr;

use thiserror::Error;

use crate::request::Request;

/// How a URL names the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// First in the path: `https://host/bucket/key`.
    Path,
    /// Before the host: `https://bucket.host/key`.
    VirtualHosted,
}

/// A bucket, and how to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    scheme: &'static str,
    /// What the `Host` header has: the bucket's name with it, where the style says so, and the
    /// port unless it is the scheme's own.
    authority: String,
    /// `/bucket`, or nothing.
    folder: String,
    region: String,
}

/// What is wrong with what should be a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotABucket {
    /// Not `https://host` or `http://host`, with a port or without.
    #[error("the endpoint must be https://host or http://host, and nothing behind it")]
    Endpoint,
    /// Not 1 to 64 letters, digits and hyphens, in lower case.
    #[error("the region must be letters, digits and hyphens, such as eu-central-1")]
    Region,
    /// Not what S3 lets a bucket be named.
    #[error("the bucket's name must be 3 to 63 letters, digits, hyphens and dots, in lower case")]
    Name,
    /// A name before a host that is a number.
    #[error("a bucket's name goes before a host's name, not before an address")]
    Style,
}

impl Bucket {
    /// Checks all of it.
    ///
    /// # Errors
    /// See [`NotABucket`].
    pub fn new(endpoint: &str, region: &str, name: &str, style: Style) -> Result<Self, NotABucket> {
        let (scheme, host, port) = parse(endpoint).ok_or(NotABucket::Endpoint)?;
        if !is_region(region) {
            return Err(NotABucket::Region);
        }
        if !is_name(name) {
            return Err(NotABucket::Name);
        }
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let (authority, folder) = match style {
            Style::Path => (format!("{host}{port}"), format!("/{name}")),
            Style::VirtualHosted if host.parse::<Ipv4Addr>().is_ok() => {
                return Err(NotABucket::Style);
            }
            Style::VirtualHosted => (format!("{name}.{host}{port}"), String::new()),
        };
        Ok(Self {
            scheme,
            authority,
            folder,
            region: region.to_owned(),
        })
    }

    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// The path of what is asked, as it is sent and signed.
    pub(crate) fn path(&self, request: &Request<'_>) -> String {
        match request.key() {
            Some(key) => format!("{}/{}", self.folder, key.encoded()),
            None if self.folder.is_empty() => "/".to_owned(),
            None => self.folder.clone(),
        }
    }

    pub(crate) fn url(&self, path: &str, query: &str) -> String {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}://{}{path}{mark}{query}", self.scheme, self.authority)
    }
}

/// Scheme, host and the port that must be written.
fn parse(endpoint: &str) -> Option<(&'static str, String, Option<u16>)> {
    let (scheme, own_port, rest) = match endpoint.split_once("://")? {
        ("https", rest) => ("https", 443, rest),
        ("http", rest) => ("http", 80, rest),
        _ => return None,
    };
    let (host, port) = match rest.split_once(':') {
        // `parse` would take a sign.
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            (host, Some(port.parse().ok()?))
        }
        Some(_) => return None,
        None => (rest, None),
    };
    let host = host.to_ascii_lowercase();
    (host.len() <= 253 && host.split('.').all(is_label) && is_plain(&host))
        .then(|| (scheme, host, port.filter(|port| *port != own_port)))
}

/// A host whose last part is a number is read as an IPv4 address, in one of many notations: only
/// the plain one is taken.
fn is_plain(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or(host);
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit())
        || (last.starts_with("0x") && last.bytes().skip(2).all(|byte| byte.is_ascii_hexdigit()));
    !is_number || host.parse::<Ipv4Addr>().is_ok()
}

fn is_region(region: &str) -> bool {
    region.len() <= 64 && is_label(region)
}

fn is_name(name: &str) -> bool {
    let is_number = name.parse::<Ipv4Addr>().is_ok();
    (3..=63).contains(&name.len()) && name.split('.').all(is_label) && !is_number
}

/// One part of a host's name, in lower case.
fn is_label(label: &str) -> bool {
    let is_inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(is_inside)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::{Bucket, NotABucket, Style};
    use crate::{Key, Request};

    fn url(endpoint: &str, style: Style) -> Result<String, NotABucket> {
        let bucket = Bucket::new(endpoint, "fsn1", "backups", style)?;
        let key = Key::new("segments/1.age").unwrap();
        let path = bucket.path(&Request::get_object(&key));
        Ok(bucket.url(&path, ""))
    }

    #[test]
    fn a_bucket_is_named_in_the_path_or_before_the_host() {
        let endpoint = "https://fsn1.your-objectstorage.com";
        assert_eq!(
            url(endpoint, Style::Path).unwrap(),
            "https://fsn1.your-objectstorage.com/backups/segments/1.age"
        );
        assert_eq!(
            url(endpoint, Style::VirtualHosted).unwrap(),
            "https://backups.fsn1.your-objectstorage.com/segments/1.age"
        );
        assert_eq!(
            url("http://127.0.0.1", Style::VirtualHosted),
            Err(NotABucket::Style)
        );
    }

    #[test]
    fn a_host_is_written_as_it_will_be_sent() {
        let path = |endpoint| url(endpoint, Style::Path).unwrap();
        assert!(path("https://S3.Example.COM:443").starts_with("https://s3.example.com/"));
        assert!(path("http://localhost:80").starts_with("http://localhost/"));
        assert!(path("http://127.0.0.1:09000").starts_with("http://127.0.0.1:9000/"));
        assert!(path("https://localhost:80").starts_with("https://localhost:80/"));
    }

    #[test]
    fn an_endpoint_is_a_scheme_and_a_host_and_no_more() {
        for endpoint in [
            "",
            "fsn1.example.com",
            "ftp://example.com",
            "HTTPS://example.com",
            "https://",
            "https://example.com/",
            "https://example.com/path",
            "https://example.com?query",
            "https://example.com#part",
            "https://user@example.com",
            "https://user:1@example.com",
            "https://example.com:",
            "https://example.com:+80",
            "https://example.com:65536",
            "https://example..com",
            "https://example.com.",
            "https://-example.com",
            "https://exämple.com",
            "https://example.com\n",
            "https://127.1",
            "https://0x7f000001",
            "https://127.0.0.01",
            "https://[::1]",
        ] {
            let made = url(endpoint, Style::Path);
            assert!(
                matches!(made, Err(NotABucket::Endpoint)),
                "{endpoint:?}: {made:?}"
            );
        }
    }

    #[test]
    fn regions_and_names_are_those_of_s3() {
        let bucket = |region: &str, name: &str| {
            Bucket::new("https://example.com", region, name, Style::Path).err()
        };
        for region in ["auto", "fsn1", "us-east-1"] {
            assert_eq!(bucket(region, "backups"), None);
        }
        for region in ["", "us/east", "us east", "EU", &"r".repeat(65)] {
            assert_eq!(bucket(region, "backups"), Some(NotABucket::Region));
        }
        for name in ["abc", "my.bucket-1", &"b".repeat(63)] {
            assert_eq!(bucket("auto", name), None);
        }
        for name in [
            "ab",
            "Backups",
            "a..b",
            ".abc",
            "abc-",
            "a/b",
            "10.0.0.1",
            &"b".repeat(64),
        ] {
            assert_eq!(bucket("auto", name), Some(NotABucket::Name), "{name}");
        }
    }
}
