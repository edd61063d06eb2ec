//! The crate `passkey` for JavaScript: both ceremonies, JSON in and JSON out, and an assertion
//! in the parts that `src/platform/signature.rs` hands to `WebCrypto`.
//! Invariant: no rule is kept here; an error is the name of the crate's own.

use passkey::{
    AuthenticationResponse, CeremonyError, Challenge, Credential, PublicKey, RegistrationResponse,
    RelyingParty, SignedAssertion, UserVerification,
};
use serde_json::json;
use wasm_bindgen::prelude::*;

/// Registers: `{credential, user_verified}`.
///
/// # Errors
/// The name of a [`CeremonyError`], or what is wrong with the arguments.
#[wasm_bindgen]
pub fn register(
    origin: &str,
    challenge: &[u8],
    is_verification_required: bool,
    response: &str,
) -> Result<String, String> {
    let response: RegistrationResponse = read(response)?;
    let registered = relying_party(origin)?
        .register(
            &read_challenge(challenge),
            user_verification(is_verification_required),
            &response,
        )
        .map_err(name)?;
    let (credential, user_verified) = (registered.credential, registered.user_verified);
    Ok(json!({"credential": credential, "user_verified": user_verified}).to_string())
}

/// Authenticates, up to the signature.
///
/// # Errors
/// The name of a [`CeremonyError`], or what is wrong with the arguments.
#[wasm_bindgen]
pub fn authenticate(
    origin: &str,
    challenge: &[u8],
    is_verification_required: bool,
    credential: &str,
    user_handle: &[u8],
    response: &str,
) -> Result<Signed, String> {
    let credential: Credential = read(credential)?;
    let response: AuthenticationResponse = read(response)?;
    let user_handle = user_handle.try_into().map_err(|_| "not a user handle")?;
    relying_party(origin)?
        .authenticate(
            &read_challenge(challenge),
            user_verification(is_verification_required),
            &credential,
            user_handle,
            &response,
        )
        .map(Signed)
        .map_err(name)
}

/// An assertion whose signature is still to be verified.
#[wasm_bindgen]
pub struct Signed(SignedAssertion);

#[wasm_bindgen]
impl Signed {
    /// `ES256`, `EdDSA` or `RS256`.
    #[must_use]
    pub fn algorithm(&self) -> String {
        self.0.algorithm().name().to_owned()
    }

    /// The point; none for RSA.
    #[must_use]
    pub fn point(&self) -> Option<Vec<u8>> {
        match self.0.public_key() {
            PublicKey::Es256(point) => Some(point.to_vec()),
            PublicKey::EdDsa(point) => Some(point.to_vec()),
            PublicKey::Rs256(_) => None,
        }
    }

    /// The modulus, in base64url; none but for RSA.
    #[must_use]
    pub fn modulus(&self) -> Option<String> {
        match self.0.public_key() {
            PublicKey::Rs256(modulus) => Some(modulus.to_base64url()),
            _ => None,
        }
    }

    /// As `WebCrypto` takes it.
    #[must_use]
    pub fn signature(&self) -> Vec<u8> {
        self.0.signature().to_vec()
    }

    /// What is signed.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        self.0.message().to_vec()
    }

    /// Ends the ceremony: `{user_verified, counter, backed_up}`.
    ///
    /// # Errors
    /// The name of a [`CeremonyError`].
    pub fn verified(self, is_valid: bool) -> Result<String, String> {
        let assertion = self.0.verified(is_valid).map_err(name)?;
        Ok(json!({
            "user_verified": assertion.user_verified,
            "counter": assertion.counter,
            "backed_up": assertion.backed_up,
        })
        .to_string())
    }
}

fn relying_party(origin: &str) -> Result<RelyingParty, String> {
    RelyingParty::new(origin, "Balance").ok_or_else(|| "not an origin".to_owned())
}

/// The challenge; in place of a longer one, one that nothing answers.
fn read_challenge(bytes: &[u8]) -> Challenge {
    Challenge::new(bytes.try_into().unwrap_or([0; 32]))
}

const fn user_verification(is_required: bool) -> UserVerification {
    if is_required {
        UserVerification::Required
    } else {
        UserVerification::Preferred
    }
}

fn read<'a, T: serde::Deserialize<'a>>(json: &'a str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

/// The variant, as a table of expectations spells it.
fn name(error: CeremonyError) -> String {
    format!("{error:?}")
}
