//! What the authenticator says (section 6.1): for whom, how sure of the user, and at a
//! registration the credential it made. Invariant: read to the last byte, or not at all.

use crate::cbor::Items;
use crate::cose;
use crate::credential::CredentialId;
use crate::error::CeremonyError::{self, MalformedAuthenticatorData};
use crate::public_key::PublicKey;
use crate::relying_party::{RelyingParty, UserVerification};

/// A set of flags. The others are reserved, and passed over.
#[derive(Clone, Copy)]
struct Flags(u8);

impl Flags {
    const USER_PRESENT: u8 = 1 << 0;
    const USER_VERIFIED: u8 = 1 << 2;
    const BACKUP_ELIGIBLE: u8 = 1 << 3;
    const BACKED_UP: u8 = 1 << 4;
    const CREDENTIAL: u8 = 1 << 6;
    const EXTENSIONS: u8 = 1 << 7;

    const fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }
}

/// Authenticator data, still to be checked.
pub(crate) struct AuthenticatorData<'a> {
    rp_id_hash: &'a [u8; 32],
    flags: Flags,
    pub(crate) counter: u32,
    pub(crate) credential: Option<AttestedCredential>,
}

/// The credential that a registration made.
pub(crate) struct AttestedCredential {
    pub(crate) aaguid: [u8; 16],
    pub(crate) id: CredentialId,
    pub(crate) public_key: PublicKey,
}

impl<'a> AuthenticatorData<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, CeremonyError> {
        let (rp_id_hash, rest) = bytes
            .split_first_chunk()
            .ok_or(MalformedAuthenticatorData)?;
        let ([flags], rest) = rest.split_first_chunk().ok_or(MalformedAuthenticatorData)?;
        let (counter, rest) = rest.split_first_chunk().ok_or(MalformedAuthenticatorData)?;
        let flags = Flags(*flags);
        let (credential, mut items) = if flags.has(Flags::CREDENTIAL) {
            let (credential, items) = AttestedCredential::parse(rest)?;
            (Some(credential), items)
        } else {
            (None, Items::of(rest))
        };
        // None was asked for that says anything here; some authenticators add theirs anyway.
        if flags.has(Flags::EXTENSIONS) {
            skip_map(&mut items).ok_or(MalformedAuthenticatorData)?;
        }
        if !items.is_at_end() {
            return Err(MalformedAuthenticatorData);
        }
        Ok(Self {
            rp_id_hash,
            flags,
            counter: u32::from_be_bytes(*counter),
            credential,
        })
    }

    pub(crate) const fn is_user_verified(&self) -> bool {
        self.flags.has(Flags::USER_VERIFIED)
    }

    pub(crate) const fn is_backup_eligible(&self) -> bool {
        self.flags.has(Flags::BACKUP_ELIGIBLE)
    }

    pub(crate) const fn is_backed_up(&self) -> bool {
        self.flags.has(Flags::BACKED_UP)
    }
}

impl AttestedCredential {
    /// Section 6.5.1, and the items that follow.
    fn parse(bytes: &[u8]) -> Result<(Self, Items<'_>), CeremonyError> {
        let (aaguid, rest) = bytes
            .split_first_chunk()
            .ok_or(MalformedAuthenticatorData)?;
        let (length, rest) = rest.split_first_chunk().ok_or(MalformedAuthenticatorData)?;
        let (id, rest) = rest
            .split_at_checked(usize::from(u16::from_be_bytes(*length)))
            .ok_or(MalformedAuthenticatorData)?;
        let mut items = Items::of(rest);
        let credential = Self {
            aaguid: *aaguid,
            id: CredentialId::new(id.to_vec()).ok_or(MalformedAuthenticatorData)?,
            public_key: cose::read_key(&mut items)?,
        };
        Ok((credential, items))
    }
}

/// Passes over a map of extension outputs.
fn skip_map(items: &mut Items<'_>) -> Option<()> {
    for _ in 0..items.map()? {
        items.text()?;
        items.skip()?;
    }
    Some(())
}

impl RelyingParty {
    /// What sections 7.1 and 7.2 both ask of authenticator data, in their order.
    pub(crate) fn check_authenticator_data(
        &self,
        data: &AuthenticatorData<'_>,
        user_verification: UserVerification,
    ) -> Result<(), CeremonyError> {
        if data.rp_id_hash != self.id_hash() {
            return Err(CeremonyError::RelyingPartyMismatch);
        }
        if !data.flags.has(Flags::USER_PRESENT) {
            return Err(CeremonyError::UserNotPresent);
        }
        if user_verification == UserVerification::Required && !data.is_user_verified() {
            return Err(CeremonyError::UserNotVerified);
        }
        if data.is_backed_up() && !data.is_backup_eligible() {
            return Err(CeremonyError::BackedUpWithoutEligibility);
        }
        Ok(())
    }
}
