//! Passkeys and security keys: the relying party of W3C Web Authentication, Level 3.
//!
//! A person proves to have a credential by signing a challenge with it, in two ceremonies:
//!
//! 1. Registration ([section 7.1]): [`RelyingParty::creation_options`] go to the browser, its
//!    [`RegistrationResponse`] comes back, and [`RelyingParty::register`] finds in it the
//!    [`Credential`] to keep.
//! 2. Authentication ([section 7.2]): [`RelyingParty::request_options`], an
//!    [`AuthenticationResponse`], and [`RelyingParty::authenticate`], which holds all but the
//!    signature against the rules. What is left is a [`SignedAssertion`]: verify its signature
//!    with the platform, which is several times faster at it, and say how that went to
//!    [`SignedAssertion::verified`].
//!
//! ```
//! use passkey::{Challenge, RelyingParty, UserVerification};
//!
//! let balance = RelyingParty::new("https://balance.example", "Balance").expect("an origin");
//! let challenge = Challenge::new([7; 32]); // random, kept for five minutes, used once
//! let options = balance.request_options(&challenge, &[], UserVerification::Required);
//! assert_eq!(serde_json::to_value(options)?["rpId"], "balance.example");
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! What the caller does: make challenges, bind them to a person and a purpose, let each be
//! used once and not for long; hold a credential's id unique across all people.
//!
//! Built on `cbor4ii` for CBOR, `serde_json`, and nothing for cryptography but a hash. The
//! libraries there are did not do: `webauthn-rs`, `webauthn_rp` and `passkey-auth` ask for the
//! time, which traps on this target; `passki` runs, but compares neither credential id nor user
//! handle with those on record, does not tell whether the user was verified, lets a challenge be
//! used again, and takes 10 of the 15 pairs of the standard's test vectors.
//!
//! An attestation statement, by which a maker vouches for its authenticator, is passed over: we
//! ask for none, and any maker's will do. The possession of the key is proved by the first
//! assertion.
//!
//! Invariant: what an unverified response says is believed only after
//! [`SignedAssertion::verified`], and no response is good for another challenge, origin,
//! person or credential than it was asked for.
//!
//! [section 7.1]: https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
//! [section 7.2]: https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
#![no_std]

extern crate alloc;

mod attestation;
mod authentication;
mod authenticator_data;
mod base64url;
mod cbor;
mod challenge;
mod client_data;
mod cose;
mod credential;
mod ecdsa;
mod error;
mod options;
mod public_key;
mod registration;
mod relying_party;
mod response;

pub use authentication::{Assertion, SignedAssertion};
pub use challenge::Challenge;
pub use credential::{Credential, CredentialId, Descriptor, Transport, Transports};
pub use error::CeremonyError;
pub use options::User;
pub use public_key::{Algorithm, PublicKey, RSA_EXPONENT, RsaModulus};
pub use registration::Registered;
pub use relying_party::{RelyingParty, UserVerification};
pub use response::{AuthenticationResponse, RegistrationResponse};
