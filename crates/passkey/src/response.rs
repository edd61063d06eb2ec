//! What the browser answers: `RegistrationResponseJSON` and `AuthenticationResponseJSON`
//! (section 5.1), as `PublicKeyCredential.toJSON()` writes them.
//! Invariant: every member is bounded before it is decoded; unknown ones are passed over.

use alloc::vec::Vec;

use serde::Deserialize;

use crate::base64url::Bounded;
use crate::credential::{CredentialId, Transports};

const MAX_CLIENT_DATA: usize = 4 << 10;
const MAX_ATTESTATION_OBJECT: usize = 16 << 10;
const MAX_AUTHENTICATOR_DATA: usize = 4 << 10;
const MAX_SIGNATURE: usize = 1 << 10;
/// By the standard (section 5.4.3).
const MAX_USER_HANDLE: usize = 64;

/// The answer to [`creation_options`](crate::RelyingParty::creation_options).
#[derive(Deserialize)]
#[serde(try_from = "Answer<AttestationResponse>")]
pub struct RegistrationResponse {
    pub(crate) credential_id: CredentialId,
    pub(crate) client_data: Vec<u8>,
    pub(crate) attestation_object: Vec<u8>,
    pub(crate) transports: Transports,
    pub(crate) discoverable: Option<bool>,
}

/// The answer to [`request_options`](crate::RelyingParty::request_options).
#[derive(Deserialize)]
#[serde(try_from = "Answer<AssertionResponse>")]
pub struct AuthenticationResponse {
    pub(crate) credential_id: CredentialId,
    pub(crate) client_data: Vec<u8>,
    pub(crate) authenticator_data: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) user_handle: Option<Vec<u8>>,
}

impl AuthenticationResponse {
    /// The credential to look up. Nothing vouches for it yet.
    #[must_use]
    pub const fn credential_id(&self) -> &CredentialId {
        &self.credential_id
    }

    /// The user to look up, where nobody has said who signs in; at most 64 bytes. Nothing
    /// vouches for it yet.
    #[must_use]
    pub fn user_handle(&self) -> Option<&[u8]> {
        self.user_handle.as_deref()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<R> {
    id: CredentialId,
    raw_id: CredentialId,
    #[serde(rename = "type")]
    _type: CredentialType,
    response: R,
    #[serde(default)]
    client_extension_results: Option<ExtensionResults>,
}

#[derive(Deserialize)]
enum CredentialType {
    #[serde(rename = "public-key")]
    PublicKey,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExtensionResults {
    #[serde(default)]
    cred_props: Option<CredentialProperties>,
}

#[derive(Deserialize)]
struct CredentialProperties {
    #[serde(default)]
    rk: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttestationResponse {
    #[serde(rename = "clientDataJSON")]
    client_data: Bounded<MAX_CLIENT_DATA>,
    attestation_object: Bounded<MAX_ATTESTATION_OBJECT>,
    #[serde(default)]
    transports: Transports,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssertionResponse {
    #[serde(rename = "clientDataJSON")]
    client_data: Bounded<MAX_CLIENT_DATA>,
    authenticator_data: Bounded<MAX_AUTHENTICATOR_DATA>,
    signature: Bounded<MAX_SIGNATURE>,
    #[serde(default)]
    user_handle: Option<Bounded<MAX_USER_HANDLE>>,
}

impl<R> Answer<R> {
    /// The credential, named the same twice.
    fn credential_id(&self) -> Result<CredentialId, &'static str> {
        if self.id == self.raw_id {
            Ok(self.id.clone())
        } else {
            Err("id and rawId are of two credentials")
        }
    }
}

impl TryFrom<Answer<AttestationResponse>> for RegistrationResponse {
    type Error = &'static str;

    fn try_from(answer: Answer<AttestationResponse>) -> Result<Self, Self::Error> {
        let results = answer.client_extension_results.as_ref();
        let properties = results.and_then(|results| results.cred_props.as_ref());
        Ok(Self {
            credential_id: answer.credential_id()?,
            discoverable: properties.and_then(|properties| properties.rk),
            client_data: answer.response.client_data.0,
            attestation_object: answer.response.attestation_object.0,
            transports: answer.response.transports,
        })
    }
}

impl TryFrom<Answer<AssertionResponse>> for AuthenticationResponse {
    type Error = &'static str;

    fn try_from(answer: Answer<AssertionResponse>) -> Result<Self, Self::Error> {
        Ok(Self {
            credential_id: answer.credential_id()?,
            client_data: answer.response.client_data.0,
            authenticator_data: answer.response.authenticator_data.0,
            signature: answer.response.signature.0,
            user_handle: answer.response.user_handle.map(|handle| handle.0),
        })
    }
}
