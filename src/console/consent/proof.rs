//! What anybody may check offline (`docs/audit/verify.py consent`).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::answer::Hers;
use crate::{
    app::App,
    audit::{self, ProvenLeaf},
    id::ConsentId,
    identity::Caller,
    problem::{Kind, Problem, Result},
};

/// All that anybody needs to check it offline: the text, what her key signed, and the leaves
/// by which the log knows the key and the grant. Four batches.
pub(crate) async fn proof(app: &App, caller: Caller, id: ConsentId) -> Result<Value> {
    let hers = Hers::find(app, caller, id).await?;
    let Some(grant) = &hers.record.grant else {
        return Err(Problem::new(
            Kind::Conflict,
            "There is nothing to prove: it was never signed.",
        ));
    };
    let response: Value = serde_json::from_str(&grant.response)
        .map_err(|_| Problem::internal("a kept signature that is none"))?;
    let said = |member: &str| response.get("response").and_then(|said| said.get(member));
    let wanted = URL_SAFE_NO_PAD.encode(grant.credential.id.as_bytes());
    let (head, leaves) = audit::proven_leaves(app, &hers.signed, &[id.0, grant.key.0]).await?;
    let leaf = |leaf: &ProvenLeaf| {
        json!({
            "index": leaf.index,
            "leaf": leaf.leaf,
            "salt": leaf.part.salt,
            "body": leaf.part.body,
            "inclusion": leaf.proof.as_ref().map(|proof| {
                proof.iter().map(tlog::Hash::base64).collect::<Vec<_>>()
            }),
        })
    };
    Ok(json!({
        "format": "balance-consent-proof/v1",
        "text": grant.text,
        "credential_id": wanted,
        "public_key": grant.credential.public_key,
        "authenticator_data": said("authenticatorData"),
        "client_data_json": said("clientDataJSON"),
        "signature": said("signature"),
        "checkpoint": head,
        "leaves": leaves.iter().map(leaf).collect::<Vec<_>>(),
    }))
}
