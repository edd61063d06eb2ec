//! Tokens that open a person's bank data.
//! Follows Plaid's token flow: public token from Link, exchanged for an access token.
//! Invariant: a token is written into a request body and read from a reply, and
//! nowhere else: no `Debug`, no `Display`, no `Serialize`.

use serde::Serialize;
use serde::de::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// Reads an Item's data until the Item is removed. Seal it at once; never log it.
///
/// ```compile_fail,E0277
/// let token = plaid::AccessToken::new("access-sandbox-1".to_owned());
/// println!("{token:?}");
/// ```
pub struct AccessToken(Zeroizing<String>);

/// Proof from Link that a person linked an Item; exchanged once, within 30 minutes.
pub struct PublicToken(Zeroizing<String>);

/// A token on its way into a request body.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct InRequest<'a>(&'a str);

macro_rules! token {
    ($name:ident) => {
        impl $name {
            /// Takes a token over.
            #[must_use]
            pub fn new(token: String) -> Self {
                Self(Zeroizing::new(token))
            }

            /// The token, for sealing it.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }

            /// The token, as a member of a request.
            pub(crate) fn in_request(&self) -> InRequest<'_> {
                InRequest(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::new)
            }
        }
    };
}

token!(AccessToken);
token!(PublicToken);
