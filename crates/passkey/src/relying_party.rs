//! Who asks: the relying party, known by its id, the host of its one origin.
//! Invariant: origins are compared whole, and the id is never a parent domain.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use sha2::{Digest, Sha256};

/// A service at one origin. Its id is in every credential: another host, and all are lost.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    origin: String,
    id: String,
    name: String,
    id_hash: [u8; 32],
}

impl RelyingParty {
    /// The service at `origin`, written as browsers write it (`https://host`, a port only
    /// where it is not the scheme's own), with a `name` for people to read. `None` for what no
    /// browser lets have passkeys: an address in place of a domain, or plain HTTP on another
    /// host than `localhost`.
    #[must_use]
    pub fn new(origin: &str, name: &str) -> Option<Self> {
        let (scheme, authority) = origin.split_once("://")?;
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let default_port = match scheme {
            "https" => "443",
            "http" if host == "localhost" => "80",
            _ => return None,
        };
        let is_port = |port: &str| {
            port != default_port
                && !port.starts_with('0')
                && port.bytes().all(|byte| byte.is_ascii_digit())
                && port.parse::<u16>().is_ok()
        };
        (is_domain(host) && port.is_none_or(is_port)).then(|| Self {
            origin: origin.to_owned(),
            id: host.to_owned(),
            name: name.to_owned(),
            id_hash: Sha256::digest(host).into(),
        })
    }

    /// The relying party's id: the host.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// SHA-256 of the id, as authenticators know it.
    pub(crate) const fn id_hash(&self) -> &[u8; 32] {
        &self.id_hash
    }
}

/// Whether the authenticator has to make sure who uses it, by PIN or biometric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserVerification {
    /// A response without it is refused.
    Required,
    /// It is asked for; whether it was done is reported.
    Preferred,
}

/// Labels of lower-case letters, digits and hyphens. One whose last label begins with a digit
/// may be an address (URL Standard, "ends in a number").
fn is_domain(host: &str) -> bool {
    let is_label = |label: &str| {
        let in_alphabet = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        (1..=63).contains(&label.len()) && label.bytes().all(in_alphabet)
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253
        && host.split('.').all(is_label)
        && !last.starts_with(|c: char| c.is_ascii_digit())
}
