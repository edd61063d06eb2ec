//! A session is a value that travels: what vtgate knows of it, signed. The client echoes the last
//! one it got; nothing of it is kept here but the transaction that its shard session names. So an
//! old token means what it meant when it was given, which is the hazard that the real service has
//! for a client that does not take up the new one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

/// What travels.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Token {
    signature: String,
    #[serde(rename = "vitessSession")]
    vitess_session: VitessSession,
}

/// Vitess's `vtgate.Session`, as far as it is used here, in protobuf's JSON: 64-bit numbers are
/// strings, and what is zero is absent.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct VitessSession {
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) in_transaction: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) shard_sessions: Vec<ShardSession>,
    #[serde(default, skip_serializing_if = "is_false")]
    autocommit: bool,
    options: Options,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_insert_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) found_rows: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) row_count: Option<String>,
    #[serde(rename = "DDLStrategy")]
    ddl_strategy: String,
    #[serde(rename = "SessionUUID")]
    pub(super) session_uuid: String,
    enable_system_settings: bool,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Options {
    included_fields: String,
    client_found_rows: bool,
}

/// A transaction that is under way on a shard.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ShardSession {
    target: Target,
    pub(super) transaction_id: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Target {
    keyspace: String,
    shard: String,
    tablet_type: String,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

impl VitessSession {
    fn new() -> Self {
        let id: [u8; 16] = std::array::from_fn(|_| fastrand::u8(..));
        Self {
            in_transaction: false,
            shard_sessions: Vec::new(),
            autocommit: true,
            options: Options {
                included_fields: "ALL".to_owned(),
                client_found_rows: true,
            },
            last_insert_id: None,
            found_rows: None,
            row_count: None,
            ddl_strategy: "direct".to_owned(),
            session_uuid: STANDARD.encode(id),
            enable_system_settings: true,
        }
    }

    /// The transaction that statements of this session belong to, once one has begun.
    pub(super) fn transaction(&self) -> Option<u64> {
        let shard = self.shard_sessions.first()?;
        shard.transaction_id.parse().ok()
    }

    /// Statements belong to this transaction from now on.
    pub(super) fn join(&mut self, keyspace: &str, transaction: u64) {
        self.shard_sessions = vec![ShardSession {
            target: Target {
                keyspace: keyspace.to_owned(),
                shard: "-".to_owned(),
                tablet_type: "PRIMARY".to_owned(),
            },
            transaction_id: transaction.to_string(),
        }];
    }

    /// No transaction any more.
    pub(super) fn leave(&mut self) {
        self.in_transaction = false;
        self.shard_sessions.clear();
    }
}

/// What signs sessions: made at start, so that another process's are refused.
pub(super) struct Signer([u8; 32]);

impl Signer {
    pub(super) fn new() -> Self {
        Self(std::array::from_fn(|_| fastrand::u8(..)))
    }

    /// The session that a request names, or a new one where it names none.
    pub(super) fn open(&self, token: Value) -> Option<VitessSession> {
        if token.is_null() {
            return Some(VitessSession::new());
        }
        let token: Token = serde_json::from_value(token).ok()?;
        let signature = STANDARD.decode(&token.signature).ok()?;
        self.mac(&token.vitess_session)
            .verify_slice(&signature)
            .ok()?;
        Some(token.vitess_session)
    }

    pub(super) fn sign(&self, session: VitessSession) -> Token {
        let signature = self.mac(&session).finalize().into_bytes();
        Token {
            signature: STANDARD.encode(signature),
            vitess_session: session,
        }
    }

    fn mac(&self, session: &VitessSession) -> Hmac<Sha256> {
        let mut mac = Hmac::new_from_slice(&self.0).expect("any length will do");
        // Its own order of members: the client may have sorted them.
        let text = serde_json::to_vec(session).expect("plain members serialize");
        mac.update(&text);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_comes_back_whatever_the_order_of_its_members() {
        let signer = Signer::new();
        let session = signer.open(Value::Null).unwrap();
        let id = session.session_uuid.clone();
        let token = serde_json::to_value(signer.sign(session)).unwrap();
        assert_eq!(token["vitessSession"]["autocommit"], true);
        assert!(token["vitessSession"].get("inTransaction").is_none());
        assert_eq!(signer.open(token).unwrap().session_uuid, id);
    }

    #[test]
    fn a_changed_session_and_another_processes_are_refused() {
        let signer = Signer::new();
        let session = signer.open(Value::Null).unwrap();
        let token = serde_json::to_value(signer.sign(session)).unwrap();
        let mut changed = token.clone();
        changed["vitessSession"]["inTransaction"] = true.into();
        assert!(signer.open(changed).is_none());
        assert!(Signer::new().open(token).is_none());
        assert!(signer.open(42.into()).is_none());
    }
}
