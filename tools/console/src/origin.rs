//! Where the service is: scheme, host and port. Invariant: nothing is sent in the clear, save
//! to this machine itself.

use std::fmt;

use anyhow::Result;
use ureq::http::Uri;

use crate::failure::usage;

/// An origin, without a slash at its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Origin(String);

impl Origin {
    /// From what was typed, such as `https://balance.example`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            usage(format!(
                "{text:?} is no origin such as https://balance.example"
            ))
        };
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(wrong());
        };
        let has_more = uri.path() != "/" || uri.query().is_some() || text.contains('#');
        if has_more || authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(wrong());
        }
        match scheme {
            "https" => {}
            "http" if is_loopback(authority.host()) => {}
            "http" => {
                return Err(usage(format!(
                    "{text:?} would send the session in the clear: use https:// \
                     (http:// is for this machine alone)"
                )));
            }
            _ => return Err(wrong()),
        }
        Ok(Self(format!("{scheme}://{authority}").to_ascii_lowercase()))
    }

    /// Whether it is this machine, spoken to in the clear.
    pub(crate) fn is_plain(&self) -> bool {
        self.0.starts_with("http://")
    }

    /// The address of a path below it.
    pub(crate) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// A name for a file or folder: host and port, and nothing that a path would read.
    pub(crate) fn file_name(&self) -> String {
        let host = self.0.split_once("://").map_or("", |(_, host)| host);
        let safe = |c: char| {
            let is_safe = c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
            if is_safe { c } else { '_' }
        };
        let scheme = if self.is_plain() { "http" } else { "https" };
        format!("{scheme}_{}", host.chars().map(safe).collect::<String>())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The names that stand for this machine alone. `localhost` is one (RFC 6761, 6.3).
fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_in_the_clear() {
        for taken in [
            "https://balance.example",
            "https://balance.example:8443/",
            "http://localhost:8787",
            "http://127.0.0.1:1",
            "http://[::1]:8787",
        ] {
            let origin = Origin::parse(taken).unwrap();
            assert_eq!(origin.to_string(), taken.trim_end_matches('/'));
        }
        for refused in [
            "",
            "balance.example",
            "http://balance.example",
            "http://localhost.example",
            "http://127.0.0.1.example",
            "http://10.0.0.1",
            "ftp://localhost",
            "https://user@balance.example",
            "https://localhost@balance.example",
            "https://balance.example/path",
            "https://balance.example?query",
            "https://balance.example#fragment",
        ] {
            assert!(Origin::parse(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn each_origin_has_a_folder_of_its_own() {
        let name = |text: &str| Origin::parse(text).unwrap().file_name();
        assert_eq!(name("https://balance.example"), "https_balance.example");
        assert_eq!(name("http://[::1]:80"), "http____1__80");
        assert_ne!(name("http://localhost"), name("https://localhost"));
    }
}
