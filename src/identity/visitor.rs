//! Where a request without a session comes from: its network for the limits, its
//! address and user agent for the record of a session.
//!
//! Invariant: a visitor has passed the gate; a handler that takes one cannot
//! forget it.

use std::net::{IpAddr, Ipv6Addr};

use axum::extract::FromRequestParts;
use http::{HeaderMap, HeaderName, header, request::Parts};

use super::device;
use crate::{
    app::App,
    problem::{Problem, Result},
};

/// Set by Cloudflare on every request; what a client sends under it is replaced.
const ADDRESS: HeaderName = HeaderName::from_static("cf-connecting-ip");
const USER_AGENT_BYTES: usize = 512;
/// The gate's window, in seconds (wrangler.toml).
const WINDOW: u32 = 10;

/// A request's sender, before it is known who it is.
pub(crate) struct Visitor {
    pub(crate) address: Option<IpAddr>,
    pub(crate) user_agent: Option<String>,
    /// What it showed to be known by ([`super::device`]).
    pub(super) device: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let app = App::from_request_parts(parts, state).await?;
        let visitor = Self::of(&parts.headers);
        let key = format!("{} {}", resource(parts.uri.path()), visitor.network());
        if app.gate.allows(&key).await {
            Ok(visitor)
        } else {
            Err(Problem::too_many(WINDOW))
        }
    }
}

impl Visitor {
    fn of(headers: &HeaderMap) -> Self {
        let address = headers
            .get(ADDRESS)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let user_agent = headers.get(header::USER_AGENT).map(|value| {
            let text = String::from_utf8_lossy(value.as_bytes());
            cut(&text, USER_AGENT_BYTES).to_owned()
        });
        Self {
            address,
            user_agent,
            device: device::shown(headers),
        }
    }

    /// What limits count by: an IPv4 address, or the /64 that one subscriber has
    /// all of.
    pub(crate) fn network(&self) -> String {
        match self.address.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => {
                let network = Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX));
                format!("{network}/64")
            }
            None => String::from("unknown"),
        }
    }
}

/// `/v1/sessions` of a path: each resource has a gate of its own.
fn resource(path: &str) -> &str {
    path.match_indices('/')
        .nth(2)
        .map_or(path, |(end, _)| path.get(..end).unwrap_or(path))
}

/// The longest beginning of whole characters within so many bytes.
fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn network(address: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(ADDRESS, HeaderValue::from_static(address));
        Visitor::of(&headers).network()
    }

    #[test]
    fn every_address_of_a_64_is_one_network() {
        assert_eq!(
            network("2001:db8:1:2:3:4:5:6"),
            network("2001:db8:1:2:ffff::1")
        );
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    }

    #[test]
    fn a_mapped_address_is_its_ipv4_network() {
        assert_eq!(network("::ffff:203.0.113.7"), "203.0.113.7");
        assert_ne!(network("203.0.113.7"), network("203.0.113.8"));
    }

    #[test]
    fn what_is_no_address_is_one_network() {
        assert_eq!(network("nonsense"), "unknown");
        assert_eq!(Visitor::of(&HeaderMap::new()).network(), "unknown");
    }

    #[test]
    fn a_resource_is_told_without_what_is_asked_of_it() {
        assert_eq!(resource("/v1/passwords/range/ABCDE"), "/v1/passwords");
        assert_eq!(resource("/v1/sessions"), "/v1/sessions");
    }

    #[test]
    fn a_user_agent_is_cut_between_characters() {
        let mut headers = HeaderMap::new();
        let long = "é".repeat(400);
        headers.insert(
            header::USER_AGENT,
            HeaderValue::from_bytes(long.as_bytes()).unwrap(),
        );
        assert_eq!(Visitor::of(&headers).user_agent.unwrap(), "é".repeat(256));
        headers.insert(
            header::USER_AGENT,
            HeaderValue::from_bytes(&[b'a', 0xff]).unwrap(),
        );
        assert_eq!(Visitor::of(&headers).user_agent.unwrap(), "a\u{fffd}");
    }
}
