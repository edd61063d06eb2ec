//! Proof Key for Code Exchange (RFC 7636), method S256: who has the code alone has nothing.

use anyhow::{Context as _, Result};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The secret half, until the code is exchanged.
pub(super) struct Verifier(Zeroizing<String>);

impl Verifier {
    /// A fresh one.
    pub(super) fn new() -> Result<Self> {
        Ok(Self(random()?))
    }

    /// What the browser carries (4.2).
    pub(super) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.as_bytes()))
    }

    /// What the service is shown (4.5).
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

/// 32 random bytes, in 43 characters of base64url.
pub(super) fn random() -> Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut_slice()).context("no randomness")?;
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let verifier = Verifier(Zeroizing::new(verifier.to_owned()));
        assert_eq!(
            verifier.challenge(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn each_sign_in_has_its_own() {
        let [one, other] = [Verifier::new().unwrap(), Verifier::new().unwrap()];
        assert_eq!(one.text().len(), 43);
        assert_ne!(one.text(), other.text());
    }
}
