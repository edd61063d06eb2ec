//! The key that speaks for the account at Stripe.
//! Follows Stripe's "API keys": `sk_` has every right, `rk_` those it was given.
//! Invariant: a key is written into a header and nowhere else: no `Debug`, no `Display`.

use zeroize::Zeroizing;

use crate::call::{API_VERSION, Request};

/// The value of `STRIPE_SECRET_KEY`.
///
/// ```compile_fail,E0277
/// let key = stripe::SecretKey::new("sk_test_123".to_owned());
/// println!("{key:?}");
/// ```
pub struct SecretKey(Zeroizing<String>);

impl SecretKey {
    /// Takes a key over; `None` for what cannot be one, such as nothing at all, or a key
    /// with the line break that a file ended with.
    #[must_use]
    pub fn new(key: String) -> Option<Self> {
        let key = Zeroizing::new(key);
        is_printable(&key).then_some(Self(key))
    }

    /// Whether the key moves real money.
    #[must_use]
    pub fn livemode(&self) -> bool {
        ["sk_live_", "rk_live_"]
            .iter()
            .any(|prefix| self.0.starts_with(prefix))
    }

    /// The headers of a call, name and value. They hold the key: hand them to the call and
    /// log none.
    #[must_use]
    pub fn headers<R: Request>(&self, request: &R) -> Vec<(&'static str, String)> {
        self.headers_with(request.idempotency_key())
    }

    /// Apart from the type of the request, so that it is compiled once.
    fn headers_with(&self, idempotency_key: Option<&str>) -> Vec<(&'static str, String)> {
        let form = "application/x-www-form-urlencoded";
        let mut headers = vec![
            ("authorization", format!("Bearer {}", self.0.as_str())),
            ("content-type", form.to_owned()),
            ("stripe-version", API_VERSION.to_owned()),
        ];
        headers.extend(idempotency_key.map(|key| ("idempotency-key", key.to_owned())));
        headers
    }
}

/// Whether a secret can have been copied whole: some characters, all of them visible ASCII.
pub(crate) fn is_printable(secret: &str) -> bool {
    !secret.is_empty() && secret.bytes().all(|byte| byte.is_ascii_graphic())
}
