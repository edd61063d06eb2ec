//! Known devices: whoever signed in from here before has a counter of tries of her
//! own, so that a stranger in the same network, or a crowd of them, cannot make her
//! wait. Nothing is stored: the token proves itself, for one login.
//!
//! Invariant: it opens nothing; whoever steals one gets five more guesses.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderName, HeaderValue};
use subtle::ConstantTimeEq as _;

use super::{Visitor, caller::cookie, email::Login, session};
use crate::{
    platform::random,
    problem::Result,
    store::{keys::UserKeys, table::index},
};

/// Its cookie, for a browser.
const COOKIE: &str = "__Host-balance-device";
/// Its header, for any other client.
const HEADER: HeaderName = HeaderName::from_static("balance-device");
/// The longest that browsers keep a cookie.
const SECONDS: i64 = 400 * 24 * 60 * 60;
/// Sixteen random bytes and sixteen that prove them.
const LENGTH: usize = 43;

/// What a request shows, unread.
pub(super) fn shown(headers: &HeaderMap) -> Option<String> {
    let header = headers.get(HEADER).and_then(|value| value.to_str().ok());
    header
        .or_else(|| cookie(headers, COOKIE))
        .filter(|text| text.len() == LENGTH)
        .map(str::to_owned)
}

/// A token for a device that has signed in.
pub(super) fn mint(system: &UserKeys, login: &str) -> Result<String> {
    let id: [u8; 16] = random::bytes()?;
    Ok(URL_SAFE_NO_PAD.encode([id, proof(system, login, id)].concat()))
}

/// What tries from this device are counted by, where it has signed in to `login`
/// before.
pub(super) fn known(system: &UserKeys, login: &Login, visitor: &Visitor) -> Option<String> {
    let token = URL_SAFE_NO_PAD.decode(visitor.device.as_ref()?).ok()?;
    let (id, shown) = token.split_first_chunk::<16>()?;
    let expected = proof(system, login.as_str(), *id);
    bool::from(expected.ct_eq(shown)).then(|| format!("device {}", crate::id::hex(id)))
}

fn proof(system: &UserKeys, login: &str, id: [u8; 16]) -> [u8; 16] {
    let mut bytes = id.to_vec();
    bytes.extend_from_slice(login.as_bytes());
    system.blind(index::KNOWN_DEVICE, &bytes).0
}

/// The value of `Set-Cookie` that a browser is known by from now on.
pub(crate) fn cookie_of(token: &str) -> Result<HeaderValue> {
    session::set_cookie(COOKIE, token, SECONDS)
}
