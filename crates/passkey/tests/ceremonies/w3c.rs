//! The 15 pairs of ceremonies of the standard's section "Test Vectors", every one of them
//! taken or refused for a reason. They are the W3C's, so not ours to ship: read from
//! `w3c-webauthn*.json` of the folder that `BALANCE_VECTORS` names, and said so when there
//! is none.

use std::path::PathBuf;
use std::{env, fs};

use passkey::CeremonyError::{self, ChallengeMismatch, CrossOrigin, UnsupportedAlgorithm};
use passkey::{
    AuthenticationResponse, Challenge, Credential, RegistrationResponse, RelyingParty,
    UserVerification,
};
use serde_json::{Value, json};

use super::authenticator::{USER, base64url};
use super::verify;

/// Which pairs are refused, and why.
const REFUSED: [(&str, CeremonyError); 5] = [
    // Our pages are in nobody's frame.
    ("none-es256-crossOrigin", CrossOrigin),
    ("none-es256-topOrigin", CrossOrigin),
    // Algorithms that are not offered.
    ("packed-es384", UnsupportedAlgorithm),
    ("packed-ed448", UnsupportedAlgorithm),
    // So is this one's, and its challenge has 128 bytes in place of 32.
    ("packed-es512", ChallengeMismatch),
];

struct Pair {
    name: String,
    registration: Value,
    authentication: Value,
}

/// The pairs there are; empty, with a word of why, where there are none.
fn pairs() -> Vec<Pair> {
    let Some(folder) = env::var_os("BALANCE_VECTORS").map(PathBuf::from) else {
        eprintln!("skipped: BALANCE_VECTORS names no folder with the W3C's test vectors");
        return Vec::new();
    };
    let files = fs::read_dir(&folder).expect("BALANCE_VECTORS is a folder");
    let pairs: Vec<_> = files
        .map(|file| file.expect("a readable folder").path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("w3c-webauthn") && name.ends_with(".json")
        })
        .flat_map(|path| {
            let text = fs::read(&path).expect("a readable file");
            serde_json::from_slice::<Vec<Value>>(&text).expect("a list")
        })
        .filter(|entry| entry["registration"].is_object())
        .map(|entry| Pair {
            name: text(&entry["anchor"])
                .strip_prefix("sctn-test-vectors-")
                .expect("an anchor of the section")
                .to_owned(),
            registration: entry["registration"].clone(),
            authentication: entry["authentication"].clone(),
        })
        .collect();
    assert!(
        pairs.len() >= 15,
        "{} of 15 pairs in w3c-webauthn*.json of {}",
        pairs.len(),
        folder.display()
    );
    pairs
}

#[test]
fn every_pair_of_the_standard_is_taken_or_refused_for_its_reason() {
    let pairs = pairs();
    for pair in &pairs {
        let refused = REFUSED.iter().find(|(name, _)| *name == pair.name);
        let expected = refused.map_or(Ok(()), |(_, reason)| Err(*reason));
        assert_eq!(pair.run(), expected, "{}", pair.name);
    }
    for (name, _) in REFUSED {
        assert!(
            pairs.is_empty() || pairs.iter().any(|pair| pair.name == name),
            "{name} is not there"
        );
    }
}

/// A registration has no signature of its own, so its client data can be changed to get as
/// far as the rule in question.
#[test]
fn a_key_of_an_algorithm_that_was_not_offered_is_refused_for_that() {
    for pair in pairs() {
        let algorithm = ["es384", "es512", "ed448"];
        if !algorithm.iter().any(|name| pair.name.ends_with(name)) {
            continue;
        }
        let challenge = Challenge::new([1; 32]);
        let client_data = json!({
            "type": "webauthn.create",
            "challenge": base64url(challenge.as_bytes()),
            "origin": "https://example.org",
        });
        let answer = pair.registration_answer(client_data.to_string().as_bytes());
        let result = register(&challenge, answer).map(|_| ());
        assert_eq!(result, Err(UnsupportedAlgorithm), "{}", pair.name);
    }
}

impl Pair {
    /// Both ceremonies, the second with the credential of the first.
    fn run(&self) -> Result<(), CeremonyError> {
        let client_data = hex(&self.registration["clientDataJSON"]);
        let answer = self.registration_answer(&client_data);
        let credential = register(&challenge(&self.registration), answer)?;
        assert_eq!(
            credential.id.as_bytes(),
            hex(&self.registration["credential_id"]),
            "{}",
            self.name
        );
        // From here with the credential as it is kept.
        let kept = serde_json::to_string(&credential).expect("no map keys");
        let credential = serde_json::from_str(&kept).expect("as it was written");
        self.authenticate(&credential)
    }

    fn authenticate(&self, credential: &Credential) -> Result<(), CeremonyError> {
        let signed = relying_party().authenticate(
            &challenge(&self.authentication),
            UserVerification::Preferred,
            credential,
            &USER,
            &self.authentication_response(),
        )?;
        let is_valid = verify::is_valid(&signed);
        let verified = signed.verified(is_valid);
        verified.map(|_| ())
    }

    fn registration_answer(&self, client_data: &[u8]) -> Value {
        let id = base64url(hex(&self.registration["credential_id"]));
        let object = hex(&self.registration["attestationObject"]);
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": base64url(client_data),
                "attestationObject": base64url(object),
            },
        })
    }

    fn authentication_response(&self) -> AuthenticationResponse {
        let id = base64url(hex(&self.registration["credential_id"]));
        let part = |name: &str| base64url(hex(&self.authentication[name]));
        let answer = json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": part("clientDataJSON"),
                "authenticatorData": part("authenticatorData"),
                "signature": part("signature"),
            },
        });
        serde_json::from_value(answer).expect("a response")
    }
}

fn register(challenge: &Challenge, answer: Value) -> Result<Credential, CeremonyError> {
    let response: RegistrationResponse = serde_json::from_value(answer).expect("a response");
    relying_party()
        .register(challenge, UserVerification::Preferred, &response)
        .map(|registered| registered.credential)
}

fn relying_party() -> RelyingParty {
    RelyingParty::new("https://example.org", "Example").expect("an origin")
}

/// The challenge of 32 bytes; another one, which nothing answers, in place of a longer one.
fn challenge(ceremony: &Value) -> Challenge {
    let bytes = hex(&ceremony["challenge"]);
    Challenge::new(bytes.try_into().unwrap_or([0; 32]))
}

fn hex(value: &Value) -> Vec<u8> {
    hex::decode(text(value)).expect("hexadecimal")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}
