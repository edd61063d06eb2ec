//! Whose backups they are: the key of the audit log signs each manifest's digest. The escrow has its
//! public half, and so does `/audit/log/key`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::Value;
use tlog::{SignedNote, VerifierKey};

/// A key that signs.
pub(super) struct Signer(VerifyingKey);

impl Signer {
    /// As `/audit/log/key` says it: a name, an id, and the key.
    pub(super) fn of_key(text: &str) -> Result<Self> {
        let key = VerifierKey::parse(text.trim_end()).context("--log-key")?;
        Self::of(key.public())
    }

    /// As an escrow says it, in the open.
    pub(super) fn of_escrow(path: &Path) -> Result<Self> {
        let context = || format!("reading {}", path.display());
        let escrow: Value = serde_json::from_str(&fs::read_to_string(path).with_context(context)?)
            .with_context(context)?;
        let key = escrow.get("audit_key").and_then(Value::as_str);
        let key = STANDARD
            .decode(key.with_context(context)?)
            .with_context(context)?;
        Self::of(key.as_slice().try_into().with_context(context)?)
    }

    fn of(public: &[u8; 32]) -> Result<Self> {
        Ok(Self(
            VerifyingKey::from_bytes(public).context("it is no key of Ed25519")?,
        ))
    }

    /// Whether this key signed this text, by any name.
    pub(super) fn signed(&self, note: &[u8], text: &str) -> bool {
        let Ok(note) = SignedNote::parse(note) else {
            return false;
        };
        let whole = note.to_string();
        let mut names = whole
            .lines()
            .filter_map(|line| line.strip_prefix("\u{2014} ")?.split(' ').next());
        note.text() == text
            && names.any(|name| {
                let key = VerifierKey::new(name, self.0.to_bytes());
                let signature = key.and_then(|key| note.signature_of(&key).copied());
                signature.is_some_and(|signature| {
                    let signature = Signature::from_bytes(&signature);
                    self.0.verify_strict(text.as_bytes(), &signature).is_ok()
                })
            })
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    const TEXT: &str = "balance-backup/v1\n3\n00ff\n";

    fn note(key: &SigningKey, text: &str) -> Vec<u8> {
        let verifier = VerifierKey::new("a.test/audit/log", key.verifying_key().to_bytes());
        let signature = key.sign(text.as_bytes()).to_bytes();
        let signature = tlog::Signature::new(&verifier.unwrap(), signature);
        let note = SignedNote::new(text.to_owned(), signature).unwrap();
        note.to_string().into_bytes()
    }

    #[test]
    fn only_the_text_that_the_key_signed_is_its() {
        let (mine, others) = (
            SigningKey::from_bytes(&[1; 32]),
            SigningKey::from_bytes(&[2; 32]),
        );
        let signer = Signer(mine.verifying_key());
        assert!(signer.signed(&note(&mine, TEXT), TEXT));
        assert!(!signer.signed(&note(&others, TEXT), TEXT));
        assert!(!signer.signed(&note(&mine, TEXT), "balance-backup/v1\n3\n00fe\n"));
        assert!(!signer.signed(&note(&mine, "another\n"), TEXT));
        assert!(!signer.signed(b"no note", TEXT));
    }
}
