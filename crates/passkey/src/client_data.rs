//! What the browser says it did (section 5.8.1, `CollectedClientData`), which the
//! authenticator signs the hash of. Members that the standard may add are passed over.

use alloc::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::challenge::Challenge;
use crate::error::CeremonyError;
use crate::relying_party::RelyingParty;

/// Of which ceremony a response is.
#[derive(Clone, Copy)]
pub(crate) enum Ceremony {
    Registration,
    Authentication,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow)]
    challenge: Cow<'a, str>,
    #[serde(borrow)]
    origin: Cow<'a, str>,
    #[serde(default)]
    cross_origin: Option<bool>,
    #[serde(default)]
    top_origin: Option<IgnoredAny>,
}

impl RelyingParty {
    /// What sections 7.1 and 7.2 ask of client data, in their order.
    pub(crate) fn check_client_data(
        &self,
        json: &[u8],
        ceremony: Ceremony,
        challenge: &Challenge,
    ) -> Result<(), CeremonyError> {
        let data = read(json).ok_or(CeremonyError::MalformedClientData)?;
        let expected = match ceremony {
            Ceremony::Registration => "webauthn.create",
            Ceremony::Authentication => "webauthn.get",
        };
        if data.r#type != expected {
            return Err(CeremonyError::WrongType);
        }
        if !challenge.is_spelt(&data.challenge) {
            return Err(CeremonyError::ChallengeMismatch);
        }
        if data.origin != self.origin() {
            return Err(CeremonyError::OriginMismatch);
        }
        if data.cross_origin == Some(true) || data.top_origin.is_some() {
            return Err(CeremonyError::CrossOrigin);
        }
        Ok(())
    }
}

/// Reads a JSON object. serde alone would take a list of the values for one.
fn read(json: &[u8]) -> Option<ClientData<'_>> {
    let text = core::str::from_utf8(json).ok()?;
    text.starts_with('{').then_some(())?;
    serde_json::from_str(text).ok()
}
