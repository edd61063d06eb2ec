//! Who signs: the key of the log, a secret of the deployment, and the name it has.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tlog::{Checkpoint, Signature, SignedNote, VerifierKey};
use zeroize::Zeroizing;

use crate::{
    app::App,
    platform::signature,
    problem::{Problem, Result},
};

/// The secret half of the log's key: an Ed25519 seed (RFC 8032).
#[derive(Default)]
pub(crate) struct AuditKey(Zeroizing<[u8; 32]>);

impl AuditKey {
    /// From base64 of 32 bytes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut seed = Zeroizing::new([0; 32]);
        let read = STANDARD.decode_slice(text, seed.as_mut_slice());
        (read == Ok(32)).then(|| Self(seed))
    }
}

/// The log's name: its host, without a scheme, as C2SP wants an origin.
pub(super) fn origin(app: &App) -> String {
    let host = app.config.origin.split_once("://");
    format!("{}/audit/log", host.map_or("", |(_, host)| host))
}

/// The public half, by which everyone verifies.
pub(crate) async fn verifier_key(app: &App) -> Result<VerifierKey> {
    Ok(sign(app, "").await?.0)
}

/// A checkpoint as a note.
pub(super) async fn note(app: &App, checkpoint: &Checkpoint) -> Result<String> {
    let (key, signed) = sign(app, &checkpoint.to_string()).await?;
    checkpoint
        .note(Signature::new(&key, signed))
        .map(|note| note.to_string())
        .ok_or_else(|| Problem::internal("an origin that no checkpoint can have"))
}

/// A text of ours as a note: one whose first line is no log's name, so that nobody takes it for
/// a checkpoint.
pub(crate) async fn sign_text(app: &App, text: String) -> Result<String> {
    let (key, signed) = sign(app, &text).await?;
    SignedNote::new(text, Signature::new(&key, signed))
        .map(|note| note.to_string())
        .ok_or_else(|| Problem::internal("a text that no note can have"))
}

async fn sign(app: &App, text: &str) -> Result<(VerifierKey, [u8; 64])> {
    let (public, signed) = signature::sign_ed25519(&app.config.audit_key.0, text.as_bytes())
        .await
        .ok_or_else(|| Problem::internal("the log's key did not sign"))?;
    let key = VerifierKey::new(&origin(app), public)
        .ok_or_else(|| Problem::internal("an origin that no key can have"))?;
    Ok((key, signed))
}
