//! A sensitive request, as a client goes about it: refused, approved by password, sent again.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::client::{Client, Reply, Request, string};

/// Sends it, approved by the password of someone without a second factor.
pub(super) fn stepped_up(person: &Client, request: &Request, password: &str) -> Result<Reply> {
    let refused = person.send(request)?.expect(403)?;
    let action = refused.get("action").context("no action to approve")?;
    let begun = person
        .post("/v1/me/step-ups", &json!({"action": action}))?
        .expect(201)?;
    let challenge = begun.get("challenge").unwrap_or(&Value::Null);
    let proof = json!({"challenge": challenge, "password": password});
    let approved = person
        .post("/v1/me/step-ups/confirm", &proof)?
        .expect(201)?;
    let approval = string(&approved, "/step_up")?;
    person.send(&request.clone().field("step-up", &approval))
}
