//! Authentication (section 7.2): from a browser's answer to a signature to verify, and from
//! there to what it proves.
//! Invariant: only [`SignedAssertion::verified`] makes an [`Assertion`].

use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use crate::authenticator_data::AuthenticatorData;
use crate::challenge::Challenge;
use crate::client_data::Ceremony;
use crate::credential::Credential;
use crate::ecdsa;
use crate::error::CeremonyError;
use crate::public_key::{Algorithm, PublicKey};
use crate::relying_party::{RelyingParty, UserVerification};
use crate::response::AuthenticationResponse;

/// An assertion that keeps to all rules but those that need its signature verified.
#[must_use = "nothing is proved before its signature is verified"]
pub struct SignedAssertion {
    public_key: PublicKey,
    signature: Vec<u8>,
    message: Vec<u8>,
    last_counter: u32,
    assertion: Assertion,
}

/// What an assertion proves beside the possession of the key. The counter and the backup
/// state replace those on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assertion {
    /// Whether the authenticator made sure who uses it.
    pub user_verified: bool,
    /// The authenticator's count of signatures.
    pub counter: u32,
    /// Whether the credential has left the authenticator.
    pub backed_up: bool,
}

impl RelyingParty {
    /// Holds an assertion against the rules: made by this `credential`, of the user with this
    /// handle, over this challenge. What it leaves to the caller: that the challenge is fresh,
    /// and the signature.
    ///
    /// # Errors
    /// [`CeremonyError`]: the first rule that is broken.
    pub fn authenticate(
        &self,
        challenge: &Challenge,
        user_verification: UserVerification,
        credential: &Credential,
        user_handle: &[u8; 16],
        response: &AuthenticationResponse,
    ) -> Result<SignedAssertion, CeremonyError> {
        if response.credential_id != credential.id {
            return Err(CeremonyError::CredentialMismatch);
        }
        if let Some(handle) = response.user_handle()
            && handle != user_handle
        {
            return Err(CeremonyError::UserHandleMismatch);
        }
        self.check_client_data(&response.client_data, Ceremony::Authentication, challenge)?;
        let data = AuthenticatorData::parse(&response.authenticator_data)?;
        if data.credential.is_some() {
            return Err(CeremonyError::MalformedAuthenticatorData);
        }
        self.check_authenticator_data(&data, user_verification)?;
        if data.is_backup_eligible() != credential.backup_eligible {
            return Err(CeremonyError::BackupEligibilityChanged);
        }
        let signature = plain_signature(&credential.public_key, &response.signature)
            .ok_or(CeremonyError::MalformedSignature)?;
        let hash = Sha256::digest(&response.client_data);
        Ok(SignedAssertion {
            public_key: credential.public_key.clone(),
            signature,
            message: [response.authenticator_data.as_slice(), &hash].concat(),
            last_counter: credential.counter,
            assertion: Assertion {
                user_verified: data.is_user_verified(),
                counter: data.counter,
                backed_up: data.is_backed_up(),
            },
        })
    }
}

impl SignedAssertion {
    /// What it is signed with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.public_key.algorithm()
    }

    /// The key on record.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// As `WebCrypto` takes it: for ES256 r and s, 32 bytes each.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// What is signed: the authenticator data and the hash of the client data.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// Ends the ceremony with the verdict on the signature. The counter is looked at only
    /// now: what nobody signed says nothing of an authenticator.
    ///
    /// # Errors
    /// [`CeremonyError::InvalidSignature`]; [`CeremonyError::CounterRegression`] where the
    /// counter is not ahead of the one on record, unless both are 0.
    pub fn verified(self, is_valid: bool) -> Result<Assertion, CeremonyError> {
        if !is_valid {
            return Err(CeremonyError::InvalidSignature);
        }
        let counter = self.assertion.counter;
        if counter <= self.last_counter && (counter, self.last_counter) != (0, 0) {
            return Err(CeremonyError::CounterRegression);
        }
        Ok(self.assertion)
    }
}

/// The signature in its plain form, where it has the one of the key's algorithm.
fn plain_signature(key: &PublicKey, signature: &[u8]) -> Option<Vec<u8>> {
    let length = match key {
        PublicKey::Es256(_) => return ecdsa::from_der(signature).map(Vec::from),
        PublicKey::EdDsa(_) => 64,
        PublicKey::Rs256(modulus) => modulus.as_bytes().len(),
    };
    (signature.len() == length).then(|| signature.to_vec())
}
