//! An authenticator in software (W3C WebAuthn Level 3), and the browser around it:
//! what they answer is right unless a test makes it wrong.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// One credential. Every field may be turned against the relying party.
#[derive(Clone)]
pub struct Authenticator {
    key: SigningKey,
    pub credential_id: Vec<u8>,
    pub user_handle: Vec<u8>,
    pub origin: String,
    /// What the browser takes for the relying party's id.
    pub rp_id: String,
    pub user_present: bool,
    pub user_verified: bool,
    /// Raised by each signature; 0 stays 0.
    pub counter: u32,
    /// What the client data says it is; None says what is true.
    pub kind: Option<&'static str>,
    pub cross_origin: bool,
}

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 4;
const ATTESTED: u8 = 0x40;

impl Authenticator {
    /// A new one, for a site.
    pub fn new(origin: &str) -> Self {
        let mut seed = [0; 32];
        let mut id = [0; 16];
        fastrand::Rng::new().fill(&mut seed);
        fastrand::Rng::new().fill(&mut id);
        let host = origin.split("://").nth(1).expect("an origin");
        Self {
            key: SigningKey::from_slice(&seed).expect("a key"),
            credential_id: id.to_vec(),
            user_handle: Vec::new(),
            origin: origin.into(),
            rp_id: host.split(':').next().expect("a host").into(),
            user_present: true,
            user_verified: true,
            counter: 1,
            kind: None,
            cross_origin: false,
        }
    }

    /// `navigator.credentials.create`: a `RegistrationResponseJSON`.
    pub fn create(&mut self, options: &Value) -> Value {
        let handle = options["user"]["id"].as_str().expect("a user handle");
        self.user_handle = URL_SAFE_NO_PAD.decode(handle).expect("base64url");
        let client_data = self.client_data("webauthn.create", options);
        let mut object = vec![0xa3];
        object.extend(text("fmt"));
        object.extend(text("none"));
        object.extend(text("attStmt"));
        object.push(0xa0);
        object.extend(text("authData"));
        object.extend(bytes(&self.attested_data()));
        self.answer(&json!({
            "clientDataJSON": encode(&client_data),
            "attestationObject": encode(&object),
            "transports": ["internal"],
        }))
    }

    /// `navigator.credentials.get`: an `AuthenticationResponseJSON`.
    pub fn get(&mut self, options: &Value) -> Value {
        if self.counter > 0 {
            self.counter += 1;
        }
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(0);
        let mut signed = data.clone();
        signed.extend(Sha256::digest(&client_data));
        let signature: Signature = self.key.sign(&signed);
        self.answer(&json!({
            "clientDataJSON": encode(&client_data),
            "authenticatorData": encode(&data),
            "signature": encode(signature.to_der().as_bytes()),
            "userHandle": encode(&self.user_handle),
        }))
    }

    fn answer(&self, response: &Value) -> Value {
        let id = encode(&self.credential_id);
        json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        })
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data = json!({
            "type": self.kind.unwrap_or(kind),
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        });
        data.to_string().into_bytes()
    }

    /// Authenticator data without a credential.
    fn data(&self, more_flags: u8) -> Vec<u8> {
        let mut flags = more_flags;
        if self.user_present {
            flags |= USER_PRESENT;
        }
        if self.user_verified {
            flags |= USER_VERIFIED;
        }
        let mut data = Sha256::digest(&self.rp_id).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn attested_data(&self) -> Vec<u8> {
        let mut data = self.data(ATTESTED);
        data.extend([0; 16]);
        data.extend(
            u16::try_from(self.credential_id.len())
                .expect("short")
                .to_be_bytes(),
        );
        data.extend(&self.credential_id);
        let point = self.key.verifying_key().to_sec1_point(false);
        // {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21]);
        data.extend(bytes(point.x().expect("x")));
        data.push(0x22);
        data.extend(bytes(point.y().expect("y")));
        data
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// CBOR text, of fewer than 24 bytes.
fn text(value: &str) -> Vec<u8> {
    let mut cbor = vec![0x60 | u8::try_from(value.len()).expect("short")];
    cbor.extend(value.bytes());
    cbor
}

/// CBOR bytes, of up to 65,535.
fn bytes(value: &[u8]) -> Vec<u8> {
    let mut cbor = vec![0x59];
    cbor.extend(u16::try_from(value.len()).expect("short").to_be_bytes());
    cbor.extend(value);
    cbor
}
