//! Registration (section 7.1): from a browser's answer to a credential to keep.

use crate::attestation;
use crate::authenticator_data::AuthenticatorData;
use crate::challenge::Challenge;
use crate::client_data::Ceremony;
use crate::credential::Credential;
use crate::error::CeremonyError;
use crate::relying_party::{RelyingParty, UserVerification};
use crate::response::RegistrationResponse;

/// A registration that keeps to the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// To be kept, unless another person has one of the same id.
    pub credential: Credential,
    /// Whether the authenticator made sure who uses it.
    pub user_verified: bool,
    /// Whether it can sign in without a name; unknown where the browser does not say.
    pub discoverable: Option<bool>,
    /// The authenticator's model, zero where it does not say. Nobody vouches for it.
    pub aaguid: [u8; 16],
}

impl RelyingParty {
    /// Holds a registration against the rules. What it leaves to the caller: that the
    /// challenge is fresh and this person's, and that nobody has the credential's id yet.
    ///
    /// # Errors
    /// [`CeremonyError`]: the first rule that is broken.
    pub fn register(
        &self,
        challenge: &Challenge,
        user_verification: UserVerification,
        response: &RegistrationResponse,
    ) -> Result<Registered, CeremonyError> {
        self.check_client_data(&response.client_data, Ceremony::Registration, challenge)?;
        let data = attestation::authenticator_data(&response.attestation_object)
            .ok_or(CeremonyError::MalformedAttestation)?;
        let data = AuthenticatorData::parse(data)?;
        self.check_authenticator_data(&data, user_verification)?;
        let (user_verified, backup_eligible, backed_up) = (
            data.is_user_verified(),
            data.is_backup_eligible(),
            data.is_backed_up(),
        );
        let made = data.credential.ok_or(CeremonyError::NoCredential)?;
        if made.id != response.credential_id {
            return Err(CeremonyError::CredentialMismatch);
        }
        Ok(Registered {
            credential: Credential {
                id: made.id,
                public_key: made.public_key,
                counter: data.counter,
                backup_eligible,
                backed_up,
                transports: response.transports.clone(),
            },
            user_verified,
            discoverable: response.discoverable,
            aaguid: made.aaguid,
        })
    }
}
