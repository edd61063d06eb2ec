//! An authenticator and a browser in software, that make what a test asks for, right or wrong.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use passkey::{
    Assertion, AuthenticationResponse, CeremonyError, Challenge, Credential, Registered,
    RegistrationResponse, RelyingParty, UserVerification,
};
use serde::Deserialize as _;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{cbor, verify};

pub(crate) const ORIGIN: &str = "https://balance.example";
pub(crate) const CHALLENGE: Challenge = Challenge::new([0x5a; 32]);
pub(crate) const USER: [u8; 16] = *b"a user's handle.";
pub(crate) const ID: [u8; 20] = *b"a credential's name.";

pub(crate) const UP: u8 = 0x01;
pub(crate) const UV: u8 = 0x04;
pub(crate) const BE: u8 = 0x08;
pub(crate) const BS: u8 = 0x10;
pub(crate) const AT: u8 = 0x40;
pub(crate) const ED: u8 = 0x80;

pub(crate) fn relying_party() -> RelyingParty {
    RelyingParty::new(ORIGIN, "Balance").expect("an origin")
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn signing_key() -> SigningKey {
    SigningKey::from_slice(&[0x42; 32]).expect("a scalar")
}

fn client_data(kind: &str) -> Value {
    json!({
        "type": kind,
        "challenge": base64url(CHALLENGE.as_bytes()),
        "origin": ORIGIN,
        "crossOrigin": false,
    })
}

/// The members of a key of ours, label and value.
pub(crate) fn cose_members() -> Vec<(Vec<u8>, Vec<u8>)> {
    let point = signing_key().verifying_key().to_sec1_point(false);
    vec![
        (cbor::int(1), cbor::int(2)),
        (cbor::int(3), cbor::int(-7)),
        (cbor::int(-1), cbor::int(1)),
        (cbor::int(-2), cbor::bytes(point.x().expect("a point"))),
        (cbor::int(-3), cbor::bytes(point.y().expect("a point"))),
    ]
}

/// The parts of a registration, each to be changed.
pub(crate) struct Registration {
    pub(crate) client_data: Value,
    pub(crate) rp_id: &'static str,
    pub(crate) flags: u8,
    pub(crate) counter: u32,
    pub(crate) id: Vec<u8>,
    pub(crate) cose: Vec<u8>,
    /// What follows the credential.
    pub(crate) tail: Vec<u8>,
    /// The members of the attestation object beside `authData`.
    pub(crate) members: Vec<(Vec<u8>, Vec<u8>)>,
    /// What follows the attestation object.
    pub(crate) object_tail: Vec<u8>,
    pub(crate) user_verification: UserVerification,
}

impl Registration {
    pub(crate) fn good() -> Self {
        Self {
            client_data: client_data("webauthn.create"),
            rp_id: "balance.example",
            flags: UP | UV | AT,
            counter: 0,
            id: ID.to_vec(),
            cose: cbor::map(&cose_members()),
            tail: Vec::new(),
            members: vec![
                (cbor::text("fmt"), cbor::text("none")),
                (cbor::text("attStmt"), cbor::map(&[])),
            ],
            object_tail: Vec::new(),
            user_verification: UserVerification::Required,
        }
    }

    pub(crate) fn authenticator_data(&self) -> Vec<u8> {
        let mut data = Sha256::digest(self.rp_id).to_vec();
        data.push(self.flags);
        data.extend(self.counter.to_be_bytes());
        if self.flags & AT != 0 {
            data.extend([0xaa; 16]);
            data.extend(u16::try_from(self.id.len()).expect("short").to_be_bytes());
            data.extend(&self.id);
            data.extend(&self.cose);
        }
        data.extend(&self.tail);
        data
    }

    pub(crate) fn answer(&self) -> Value {
        let mut members = self.members.clone();
        members.push((
            cbor::text("authData"),
            cbor::bytes(&self.authenticator_data()),
        ));
        let object = [cbor::map(&members), self.object_tail.clone()].concat();
        json!({
            "id": base64url(ID), "rawId": base64url(ID), "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": base64url(self.client_data.to_string()),
                "attestationObject": base64url(object),
                "transports": ["internal", "hybrid"],
            },
            "clientExtensionResults": {"credProps": {"rk": true}},
        })
    }
}

/// Registers, with something changed.
pub(crate) fn register(
    change: impl FnOnce(&mut Registration),
) -> Result<Registered, CeremonyError> {
    let mut registration = Registration::good();
    change(&mut registration);
    let response: RegistrationResponse =
        serde_json::from_value(registration.answer()).expect("a response");
    relying_party().register(&CHALLENGE, registration.user_verification, &response)
}

pub(crate) fn credential() -> Credential {
    register(|_| ()).expect("a registration").credential
}

/// The parts of an assertion, each to be changed.
pub(crate) struct Answer {
    pub(crate) client_data: Value,
    pub(crate) rp_id: &'static str,
    pub(crate) flags: u8,
    pub(crate) counter: u32,
    pub(crate) tail: Vec<u8>,
    pub(crate) id: Vec<u8>,
    pub(crate) user_handle: Option<Vec<u8>>,
    pub(crate) user_verification: UserVerification,
    /// The credential on record.
    pub(crate) credential: Credential,
}

impl Answer {
    pub(crate) fn good() -> Self {
        Self {
            client_data: client_data("webauthn.get"),
            rp_id: "balance.example",
            flags: UP | UV,
            counter: 0,
            tail: Vec::new(),
            id: ID.to_vec(),
            user_handle: Some(USER.to_vec()),
            user_verification: UserVerification::Required,
            credential: credential(),
        }
    }

    pub(crate) fn authenticator_data(&self) -> Vec<u8> {
        let mut data = Sha256::digest(self.rp_id).to_vec();
        data.push(self.flags);
        data.extend(self.counter.to_be_bytes());
        data.extend(&self.tail);
        data
    }

    pub(crate) fn answer(&self) -> Value {
        let client_data = self.client_data.to_string();
        let data = self.authenticator_data();
        let message = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let signature: Signature = signing_key().sign(&message);
        let mut answer = json!({
            "id": base64url(&self.id), "rawId": base64url(&self.id), "type": "public-key",
            "response": {
                "clientDataJSON": base64url(client_data),
                "authenticatorData": base64url(data),
                "signature": base64url(signature.to_der()),
            },
            "clientExtensionResults": {},
        });
        if let Some(handle) = &self.user_handle {
            answer["response"]["userHandle"] = json!(base64url(handle));
        }
        answer
    }
}

/// Authenticates and verifies, with something changed.
pub(crate) fn authenticate(change: impl FnOnce(&mut Answer)) -> Result<Assertion, CeremonyError> {
    let mut answer = Answer::good();
    change(&mut answer);
    judge(&answer, &answer.answer())
}

/// Holds what arrived against what a good answer would be held against.
pub(crate) fn judge(expected: &Answer, arrived: &Value) -> Result<Assertion, CeremonyError> {
    let response = AuthenticationResponse::deserialize(arrived).expect("a response");
    let signed = relying_party().authenticate(
        &CHALLENGE,
        expected.user_verification,
        &expected.credential,
        &USER,
        &response,
    )?;
    let is_valid = verify::is_valid(&signed);
    signed.verified(is_valid)
}
