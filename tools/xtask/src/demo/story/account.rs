//! From sign-up to session, and out of every session.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::ADA;
use crate::client::{Reply, Request, elements, escaped, string};
use crate::demo::stage::{Stage, To};

/// In known leaks, and too odd for a local list of common passwords.
const LEAKED: &str = "correct horse battery staple";
const PASSWORD: &str = "seven quiet herons at dusk";

pub(super) fn begin(stage: &mut Stage, email: &str) -> Result<()> {
    stage.step(
        "Health",
        "The database answers, and the keyring is in order.",
    );
    stage.ask(To::Balance, Request::get("/healthz"), 200)?;

    stage.step(
        "A password that has leaked",
        "Five hex digits of its SHA-1 leave the service, hidden among padding. It is refused, and \
         how often it was seen is told.",
    );
    let sign_up = |password| {
        let body = json!({"email": email, "name": "Ada Lovelace", "password": password});
        Request::post("/v1/users", &body)
    };
    let reply = stage.ask_in_vain(To::Balance, sign_up(LEAKED), 422, "password-exposed")?;
    let count = reply.json().get("exposed_count").and_then(Value::as_u64);
    ensure!(count > Some(0), "the count of leaks is missing");

    stage.step(
        "Sign up",
        "Accepted, in the same words whether or not the address has an account.",
    );
    stage.ask(To::Balance, sign_up(PASSWORD), 202)?;

    stage.step(
        "The mail",
        "Without a link: the code is worth nothing without the password of that sign-up.",
    );
    let mails = Request::get(&format!("/messages?to={}&wait=20", escaped(email)));
    stage.ask_for("CODE", To::Mailbox, mails, 200, code)?;

    stage.step(
        "Confirm",
        "Code and password together make the account, and sign in.",
    );
    let body = json!({"token": stage.secret("CODE")?, "password": PASSWORD});
    let confirm = Request::post("/v1/email-verifications", &body);
    let confirm = confirm.field("user-agent", "Ada on her laptop");
    stage.ask_for("FIRST_TOKEN", To::Balance, confirm, 201, |reply| {
        reply.string("/session/token")
    })?;

    stage.step(
        "A wrong password",
        "Neither the reply nor its time tells whether the address is known.",
    );
    let wrong = sign_in(email, "eight quiet herons at dusk");
    stage.ask_in_vain(To::Balance, wrong, 401, "invalid-credentials")?;

    stage.step(
        "Sign in",
        "A second session, with the leaks looked up once more.",
    );
    let right = sign_in(email, PASSWORD).field("user-agent", "Ada on her phone");
    let reply = stage.ask_for("TOKEN", To::Balance, right, 201, |reply| {
        reply.string("/token")
    })?;
    let exposed = reply
        .json()
        .get("password_exposed")
        .and_then(Value::as_bool);
    ensure!(exposed == Some(false), "the password counts as exposed");
    Ok(())
}

pub(super) fn sign_out(stage: &mut Stage) -> Result<()> {
    stage.step(
        "Sessions",
        "Where Ada is signed in: from the confirmation, and from the sign-in.",
    );
    let reply = stage.ask(ADA, Request::get("/v1/sessions"), 200)?;
    ensure!(
        elements(&reply.json(), "/data").len() == 2,
        "they are not two"
    );

    stage.step(
        "Sign out everywhere",
        "Every session ends at once, this one too.",
    );
    stage.ask(ADA, Request::delete("/v1/sessions"), 204)?;

    stage.step(
        "An ended session",
        "Whoever still has its token has nothing.",
    );
    let ended = To::BalanceWith("FIRST_TOKEN");
    stage.ask_in_vain(ended, Request::get("/v1/accounts"), 401, "unauthenticated")?;
    Ok(())
}

pub(super) fn sign_in_again(stage: &mut Stage, email: &str) -> Result<()> {
    stage.step("Back again", "For what is left to do, a new session.");
    let again = sign_in(email, PASSWORD);
    stage.ask_for("TOKEN", To::Balance, again, 201, |reply| {
        reply.string("/token")
    })?;
    Ok(())
}

fn sign_in(email: &str, password: &str) -> Request {
    Request::post(
        "/v1/sessions",
        &json!({"email": email, "password": password}),
    )
}

/// The code in the newest mail.
fn code(mails: &Reply) -> Result<String> {
    let mails = mails.json();
    let mail = elements(&mails, "/messages")
        .last()
        .context("no mail came")?;
    let text = string(mail, "/text")?;
    let code = text.split_whitespace().find(|word| word.len() == 43);
    Ok(code.context("there is no code in the mail")?.to_owned())
}
