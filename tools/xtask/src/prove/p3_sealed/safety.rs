//! What people keep their accounts safe with, and someone who leaves while her bank's side is
//! down: a row in each table that has any for that.

use anyhow::{Context as _, Result};
use serde_json::json;

use super::super::browser;
use super::super::instance::{Applicant, Instance};
use super::super::step_up::stepped_up;
use super::plants::{NEW_EMAIL, Plants, TOKEN_NAME};
use crate::client::{Client, Request, string};

const LEAVER: Applicant = Applicant {
    email: "Feldspar.Goosander@Planted-Mail.example",
    name: "Ottoline Plantagenet",
    password: "a planted Utrecht canticle 3391",
};

/// An API token, another email asked for, a reset asked for, and an authenticator app.
pub(super) fn of_ada(
    instance: &Instance,
    person: &Client,
    ada: &Applicant,
    plants: &mut Plants,
) -> Result<()> {
    let body = json!({"name": TOKEN_NAME, "scopes": ["profile:read"], "expires_in_days": 30});
    let made = stepped_up(person, &Request::post("/v1/me/tokens", &body), ada.password)?;
    made.expect(201)?;
    plants.seal("an API token's name", TOKEN_NAME);
    plants.pass("an API token", &made.string("/token")?);

    let body = json!({"email": NEW_EMAIL});
    let request = Request::post("/v1/me/email-changes", &body);
    stepped_up(person, &request, ada.password)?.expect(202)?;
    plants.seal("an email asked for", NEW_EMAIL);
    plants.pass("a mailed code", &instance.code(NEW_EMAIL)?);
    let body = json!({"email": ada.email});
    instance
        .balance
        .post("/v1/password-resets", &body)?
        .expect(202)?;

    // Last: from now on a password approves nothing.
    let request = Request {
        body: None,
        ..Request::post("/v1/me/totp", &json!({}))
    };
    let begun = stepped_up(person, &request, ada.password)?.expect(201)?;
    let secret = string(&begun, "/secret")?;
    plants.seal("an authenticator app's secret", &secret);
    let app = totp::Secret::from_base32(&secret).context("no secret")?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let code = String::from_utf8(app.code(now.as_secs() / 30).to_vec())?;
    let challenge = string(&begun, "/challenge")?;
    person
        .post(
            "/v1/me/totp/confirm",
            &json!({"challenge": challenge, "code": code}),
        )?
        .expect(200)?;
    Ok(())
}

/// Keys, enrolled by a real browser for people of its own; and an operator who asks for a
/// consent.
pub(super) fn of_a_browser(instance: &Instance) -> Result<()> {
    browser::played(instance, &["keys.test.mjs"])?;
    let asked = Some("a consent is declined");
    browser::played_by_name(instance, &["consents.test.mjs"], asked).map(drop)
}

/// Someone leaves, and Plaid does not answer: what it has to be told waits, sealed.
pub(super) fn leave(instance: &Instance, plants: &mut Plants) -> Result<()> {
    let token = instance.account(&instance.balance, &LEAVER)?;
    let leaver = instance.balance.with_token(&token);
    let link = instance.link(&leaver, &json!({"transactions": 10}))?;
    let body = json!({"public_token": link.public_token});
    leaver.post("/v1/items", &body)?.expect(201)?;
    let item = instance.item(&link.item)?;
    plants.seal(
        "an access token of who leaves",
        &string(&item, "/access_token")?,
    );
    plants.seal("the email of who leaves", LEAVER.email);
    plants.pass("a password", LEAVER.password);
    let fails =
        json!({"endpoint": "/item/remove", "item_id": link.item, "mode": "html", "times": null});
    instance.plaid.post("/_control/fail", &fails)?.expect(200)?;
    stepped_up(&leaver, &Request::delete("/v1/me"), LEAVER.password)?.expect(202)?;
    Ok(())
}
