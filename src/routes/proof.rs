//! A proof as a request carries it: exactly one of its members.

use passkey::AuthenticationResponse;
use serde::Deserialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::{
    identity::{Proof, TypedPassword},
    problem::{Problem, Result},
};

/// The longest code that is looked at, in bytes.
const LONGEST_CODE: usize = 64;

/// What proves the second half of a sign-in: exactly one of `credential`, `totp` and `recovery_code`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SecondFactorRequest {
    /// From the 202 of `POST /v1/sessions`.
    #[schema(max_length = 4096)]
    pub(super) challenge: String,
    /// `AuthenticationResponseJSON` of WebAuthn.
    #[schema(value_type = Option<Object>)]
    credential: Option<Box<AuthenticationResponse>>,
    /// Six digits of the authenticator app.
    #[schema(value_type = Option<String>, write_only, max_length = 64, example = "492039")]
    totp: Option<Zeroizing<String>>,
    /// One of the ten.
    #[schema(value_type = Option<String>, write_only, max_length = 64, example = "ABCD-EFGH-JKLM-NPQR")]
    recovery_code: Option<Zeroizing<String>>,
}

/// What approves an action: exactly one of `credential`, `totp`, `recovery_code` and, where no factor is enrolled,
/// `password`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StepUpProof {
    /// From `POST /v1/me/step-ups`.
    #[schema(max_length = 4096)]
    pub(super) challenge: String,
    /// `AuthenticationResponseJSON` of WebAuthn.
    #[schema(value_type = Option<Object>)]
    credential: Option<Box<AuthenticationResponse>>,
    /// Six digits of the authenticator app.
    #[schema(value_type = Option<String>, write_only, max_length = 64, example = "492039")]
    totp: Option<Zeroizing<String>>,
    /// One of the ten.
    #[schema(value_type = Option<String>, write_only, max_length = 64, example = "ABCD-EFGH-JKLM-NPQR")]
    recovery_code: Option<Zeroizing<String>>,
    #[schema(value_type = Option<String>, format = Password, write_only, max_length = 1024)]
    password: Option<TypedPassword>,
}

impl SecondFactorRequest {
    pub(super) fn proof(self) -> Result<Proof> {
        one(self.credential, self.totp, self.recovery_code, None)
    }
}

impl StepUpProof {
    pub(super) fn proof(self) -> Result<Proof> {
        one(
            self.credential,
            self.totp,
            self.recovery_code,
            self.password,
        )
    }
}

fn one(
    credential: Option<Box<AuthenticationResponse>>,
    totp: Option<Zeroizing<String>>,
    recovery_code: Option<Zeroizing<String>>,
    password: Option<TypedPassword>,
) -> Result<Proof> {
    match (credential, totp, recovery_code, password) {
        (Some(response), None, None, None) => Ok(Proof::Passkey(response)),
        (None, Some(code), None, None) => bounded("totp", code).map(Proof::Totp),
        (None, None, Some(code), None) => bounded("recovery_code", code).map(Proof::RecoveryCode),
        (None, None, None, Some(password)) => password.normalize().map(Proof::Password),
        _ => Err(Problem::invalid_field(
            "body",
            "one_of",
            "Send exactly one proof.",
        )),
    }
}

fn bounded(field: &'static str, code: Zeroizing<String>) -> Result<Zeroizing<String>> {
    if code.len() <= LONGEST_CODE {
        Ok(code)
    } else {
        Err(Problem::invalid_field(
            field,
            "too_long",
            "This is longer than any code.",
        ))
    }
}
