//! What the browser is asked: `PublicKeyCredentialCreationOptionsJSON` and
//! `PublicKeyCredentialRequestOptionsJSON` (sections 5.1.9 and 5.1.10).

use serde::{Serialize, Serializer};

use crate::base64url;
use crate::challenge::Challenge;
use crate::credential::Descriptor;
use crate::public_key::Algorithm;
use crate::relying_party::{RelyingParty, UserVerification};

/// As long as a challenge is good for, in milliseconds.
const TIMEOUT: u32 = 300_000;

/// Whom a credential is made for.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User<'a> {
    /// Comes back with a discoverable credential. No personal data (section 14.6.1).
    #[serde(rename = "id", serialize_with = "base64url::serialize")]
    pub handle: &'a [u8; 16],
    /// Tells accounts apart, as the email does.
    pub name: &'a str,
    /// What the person is called.
    pub display_name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreationOptions<'a> {
    rp: Entity<'a>,
    user: User<'a>,
    challenge: Challenge,
    pub_key_cred_params: [Parameters; 3],
    timeout: u32,
    exclude_credentials: &'a [Descriptor<'a>],
    authenticator_selection: Selection,
    attestation: &'static str,
    extensions: Extensions,
}

#[derive(Serialize)]
struct Entity<'a> {
    id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "public-key")]
struct Parameters {
    alg: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Selection {
    resident_key: &'static str,
    user_verification: UserVerification,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Extensions {
    cred_props: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestOptions<'a> {
    challenge: Challenge,
    timeout: u32,
    rp_id: &'a str,
    allow_credentials: &'a [Descriptor<'a>],
    user_verification: UserVerification,
}

impl Serialize for UserVerification {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Required => "required",
            Self::Preferred => "preferred",
        })
    }
}

impl RelyingParty {
    /// Asks for a new credential, on another authenticator than those that hold one of
    /// `exclude`: discoverable and with user verification where it can, without attestation.
    #[must_use]
    pub fn creation_options<'a>(
        &'a self,
        user: User<'a>,
        challenge: &Challenge,
        exclude: &'a [Descriptor<'a>],
    ) -> impl Serialize + use<'a> {
        CreationOptions {
            rp: Entity {
                id: self.id(),
                name: self.name(),
            },
            user,
            challenge: *challenge,
            pub_key_cred_params: Algorithm::OFFERED.map(|algorithm| Parameters {
                alg: algorithm.cose_id(),
            }),
            timeout: TIMEOUT,
            exclude_credentials: exclude,
            authenticator_selection: Selection {
                resident_key: "preferred",
                user_verification: UserVerification::Preferred,
            },
            attestation: "none",
            extensions: Extensions { cred_props: true },
        }
    }

    /// Asks for an assertion by one of `allow`; by any discoverable credential of the person's
    /// choice where that is empty.
    #[must_use]
    pub fn request_options<'a>(
        &'a self,
        challenge: &Challenge,
        allow: &'a [Descriptor<'a>],
        user_verification: UserVerification,
    ) -> impl Serialize + use<'a> {
        RequestOptions {
            challenge: *challenge,
            timeout: TIMEOUT,
            rp_id: self.id(),
            allow_credentials: allow,
            user_verification,
        }
    }
}
