//! The keys that webhooks are signed with. Plaid rotates them; one that has been replaced says so by
//! `expired_at`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fastrand::Rng;
use p256::ecdsa::SigningKey;
use serde::Serialize;
use serde_json::{Value, json};

use super::signature::{Manner, jwt};
use crate::seed::uuid;

const EXPIRED_BY: i64 = 60 * 60;

pub(super) struct Key {
    pub(super) kid: String,
    pub(super) signing: SigningKey,
    created_at: i64,
    expired_at: Option<i64>,
}

/// A key as the control surface lists it.
#[derive(Serialize)]
pub(super) struct Listed {
    kid: String,
    created_at: i64,
    expired_at: Option<i64>,
    signing: bool,
}

/// Every key there has been; the last one signs.
pub(super) struct KeyRing {
    keys: Vec<Key>,
    rng: Rng,
}

impl KeyRing {
    pub(super) fn new(rng: Rng, now: i64) -> Self {
        let mut fresh = Self {
            keys: Vec::new(),
            rng,
        };
        fresh.rotate(now, None);
        fresh
    }

    /// A new key signs from now on; the one before expires after so many seconds, if at all.
    pub(super) fn rotate(&mut self, now: i64, expire_in: Option<i64>) {
        if let Some(old) = self.keys.last_mut()
            && let Some(seconds) = expire_in
        {
            old.expired_at = Some(now + seconds);
        }
        let key = self.fresh(now);
        self.keys.push(key);
    }

    /// Sets `expired_at` on this key, or on the signing one. False when there is no such key.
    pub(super) fn expire(&mut self, kid: Option<&str>, now: i64) -> bool {
        let key = match kid {
            Some(kid) => self.keys.iter_mut().find(|key| key.kid == kid),
            None => self.keys.last_mut(),
        };
        key.map(|key| key.expired_at = Some(now)).is_some()
    }

    pub(super) fn list(&self) -> Vec<Listed> {
        let last = self.keys.len();
        let listed = self.keys.iter().enumerate().map(|(index, key)| Listed {
            kid: key.kid.clone(),
            created_at: key.created_at,
            expired_at: key.expired_at,
            signing: index + 1 == last,
        });
        listed.collect()
    }

    /// The schema's `JWKPublicKey`.
    pub(super) fn public(&self, kid: &str) -> Option<Value> {
        let key = self.keys.iter().find(|key| key.kid == kid)?;
        let point = key.signing.verifying_key().to_sec1_point(false);
        let coordinate = |bytes: Option<&[u8]>| URL_SAFE_NO_PAD.encode(bytes.unwrap_or_default());
        Some(json!({
            "alg": "ES256",
            "crv": "P-256",
            "kid": key.kid,
            "kty": "EC",
            "use": "sig",
            "x": coordinate(point.x().map(AsRef::as_ref)),
            "y": coordinate(point.y().map(AsRef::as_ref)),
            "created_at": key.created_at,
            "expired_at": key.expired_at,
        }))
    }

    fn fresh(&mut self, now: i64) -> Key {
        let kid = uuid(&mut self.rng);
        let signing = loop {
            let mut secret = [0; 32];
            self.rng.fill(&mut secret);
            if let Ok(signing) = SigningKey::from_slice(&secret) {
                break signing;
            }
        };
        Key {
            kid,
            signing,
            created_at: now,
            expired_at: None,
        }
    }

    /// The `Plaid-Verification` of this body at this time, or none where there is to be none.
    pub(super) fn sign(
        &mut self,
        body: &[u8],
        manner: Manner,
        now: i64,
        iat: Option<i64>,
    ) -> Option<String> {
        let stranger = manner.is_a_strangers().then(|| self.fresh(now));
        let key = match manner {
            Manner::ExpiredKey => self.expired_key(now)?,
            _ => self.keys.last()?,
        };
        let signer = stranger.as_ref().unwrap_or(key);
        jwt(body, manner, iat.unwrap_or(now), key, signer)
    }

    /// A key whose time is over; made if there is none.
    fn expired_key(&mut self, now: i64) -> Option<&Key> {
        let over = |key: &Key| key.expired_at.is_some_and(|expired_at| expired_at <= now);
        if !self.keys.iter().any(over) {
            let mut key = self.fresh(now - 2 * EXPIRED_BY);
            key.expired_at = Some(now - EXPIRED_BY);
            self.keys.insert(0, key);
        }
        self.keys.iter().find(|key| over(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plaid::signature::sha256;
    use crate::seed::generator;
    use p256::ecdsa::signature::Verifier;
    use p256::ecdsa::{Signature, VerifyingKey};

    const NOW: i64 = 1_800_000_000;
    const BODY: &[u8] = b"{\n  \"item_id\": \"x\"\n}";

    fn ring() -> KeyRing {
        KeyRing::new(generator(1, "keys"), NOW)
    }

    fn part(jwt: &str, index: usize) -> Value {
        let text = jwt.split('.').nth(index).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
    }

    /// Whether the signature holds under the key that the service publishes for its `kid`.
    fn holds(ring: &KeyRing, jwt: &str) -> bool {
        let (signed, signature) = jwt.rsplit_once('.').unwrap();
        let Some(jwk) = ring.public(part(jwt, 0)["kid"].as_str().unwrap()) else {
            return false;
        };
        let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
        let point = [vec![4], coordinate("x"), coordinate("y")].concat();
        let key = VerifyingKey::from_sec1_bytes(&point).unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        Signature::from_slice(&signature).is_ok_and(|it| key.verify(signed.as_bytes(), &it).is_ok())
    }

    #[test]
    fn a_good_signature_holds_under_the_published_key_and_covers_body_and_time() {
        let mut ring = ring();
        let jwt = ring.sign(BODY, Manner::Good, NOW, None).unwrap();
        assert!(holds(&ring, &jwt));
        assert_eq!(part(&jwt, 0)["alg"], "ES256");
        assert_eq!(part(&jwt, 1)["iat"], NOW);
        assert_eq!(part(&jwt, 1)["request_body_sha256"], sha256(BODY));
    }

    #[test]
    fn each_wrong_manner_is_wrong_in_its_way() {
        let mut ring = ring();
        let mut jwt = |manner| ring.sign(BODY, manner, NOW, None);
        assert_eq!(jwt(Manner::None), None);
        assert_eq!(part(&jwt(Manner::AlgNone).unwrap(), 0)["alg"], "none");
        assert_eq!(part(&jwt(Manner::Stale).unwrap(), 1)["iat"], NOW - 360);
        assert_eq!(part(&jwt(Manner::Future).unwrap(), 1)["iat"], NOW + 120);
        assert_eq!(part(&jwt(Manner::BadKid).unwrap(), 0)["kid"], "../../x");
        assert!(part(&jwt(Manner::NoKid).unwrap(), 0).get("kid").is_none());
        let wrong_body = jwt(Manner::WrongBody).unwrap();
        let bad = jwt(Manner::Bad).unwrap();
        let unknown = jwt(Manner::UnknownKid).unwrap();
        assert_ne!(part(&wrong_body, 1)["request_body_sha256"], sha256(BODY));
        assert!(holds(&ring, &wrong_body));
        assert!(!holds(&ring, &bad));
        assert!(!holds(&ring, &unknown));
    }

    #[test]
    fn after_a_rotation_the_new_key_signs_and_the_old_one_carries_its_expiry() {
        let mut ring = ring();
        let old = ring.sign(BODY, Manner::Good, NOW, None).unwrap();
        ring.rotate(NOW, Some(60));
        let new = ring.sign(BODY, Manner::Good, NOW, None).unwrap();
        let (old_kid, new_kid) = (part(&old, 0)["kid"].clone(), part(&new, 0)["kid"].clone());
        assert_ne!(old_kid, new_kid);
        let expiry =
            |kid: &Value| ring.public(kid.as_str().unwrap()).unwrap()["expired_at"].clone();
        assert_eq!(expiry(&old_kid), NOW + 60);
        assert_eq!(expiry(&new_kid), Value::Null);
    }

    #[test]
    fn an_expired_key_signs_well_but_its_time_is_over() {
        let mut ring = ring();
        let jwt = ring.sign(BODY, Manner::ExpiredKey, NOW, None).unwrap();
        assert!(holds(&ring, &jwt));
        let kid = part(&jwt, 0)["kid"].clone();
        let jwk = ring.public(kid.as_str().unwrap()).unwrap();
        assert!(jwk["expired_at"].as_i64().unwrap() < NOW);
        let good = ring.sign(BODY, Manner::Good, NOW, None).unwrap();
        assert_ne!(part(&good, 0)["kid"], kid);
    }
}
