//! The user name and password of a PlanetScale branch, as HTTP Basic (RFC 7617).
//! Invariant: they are written into one header's value and nowhere else: no `Debug`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;
use zeroize::Zeroizing;

/// What every request is authenticated with.
///
/// ```compile_fail,E0277
/// let credentials = planetscale::Credentials::new("user", "password").unwrap();
/// println!("{credentials:?}");
/// ```
pub struct Credentials {
    authorization: Zeroizing<String>,
}

/// A user name or password that HTTP Basic cannot carry: one is empty, holds a control
/// character, or the name holds a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the database's user name or password cannot be sent")]
pub struct InvalidCredentials;

impl Credentials {
    /// The pair that PlanetScale gave for a branch.
    ///
    /// # Errors
    /// [`InvalidCredentials`] when the pair cannot be sent.
    pub fn new(username: &str, password: &str) -> Result<Self, InvalidCredentials> {
        let unfit = |text: &str| text.is_empty() || text.chars().any(char::is_control);
        if unfit(username) || unfit(password) || username.contains(':') {
            return Err(InvalidCredentials);
        }
        let length = username.len() + password.len() + 1;
        let mut pair = Zeroizing::new(String::with_capacity(length));
        pair.push_str(username);
        pair.push(':');
        pair.push_str(password);
        // Enough for all of it, so that no outgrown copy is left in memory.
        let mut value = Zeroizing::new(String::with_capacity(6 + length.div_ceil(3) * 4));
        value.push_str("Basic ");
        STANDARD.encode_string(pair.as_bytes(), &mut value);
        Ok(Self {
            authorization: value,
        })
    }

    /// The value of the `Authorization` header.
    #[must_use]
    pub fn authorization(&self) -> &str {
        &self.authorization
    }

    /// The headers every request carries, name and value.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, &str); 3] {
        [
            ("Authorization", &self.authorization),
            ("Content-Type", "application/json"),
            ("Accept", "application/json"),
        ]
    }
}
