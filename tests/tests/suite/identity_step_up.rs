//! Stepping up: an approval is for one request of one session, once.

use end_to_end::{Keys, Person};
use serde_json::{Value, json};

use super::{app, at_once};

const TOKEN: &str = "/v1/me/tokens";

fn token_request(name: &str) -> Value {
    json!({"name": name, "scopes": ["profile:read"], "expires_in_days": 30})
}

fn by_her_password(person: &Person) -> impl FnOnce(&Value) -> Value {
    let password = person.applicant.password.clone();
    move |_| json!({"password": password})
}

#[test]
fn every_sensitive_request_is_refused_without_an_approval() {
    let ada = app().person();
    let mut key = app().authenticator();
    let enrolment = ada.new_key(&mut key);
    let cases = [
        (
            "PUT",
            "/v1/me/password",
            Some(json!({"password": "a long enough new one"})),
        ),
        (
            "POST",
            "/v1/me/email-changes",
            Some(json!({"email": "new@example.com"})),
        ),
        ("POST", "/v1/me/passkeys", Some(enrolment)),
        ("POST", "/v1/me/totp", None),
        ("POST", TOKEN, Some(token_request("a"))),
    ];
    let before = ada.get("/v1/me").expect(200);
    for (method, path, body) in cases {
        let refused = ada.refused(method, path, body.as_ref());
        assert_eq!(refused.action["method"], method);
        assert_eq!(refused.action["path"], path);
        assert_eq!(refused.action["body_sha256"].is_null(), body.is_none());
        // What was made up is no better than nothing.
        for approval in ["x", "", &"A".repeat(4097)] {
            refused
                .again(approval)
                .expect_problem(403, "step-up-required");
        }
    }
    assert_eq!(ada.get("/v1/me").expect(200), before);
}

#[test]
fn an_approval_is_for_that_very_request() {
    let ada = app().person();
    let (first, other) = (token_request("first"), token_request("other"));
    let refused = ada.refused("POST", TOKEN, Some(&first));
    let approval = refused.approve(by_her_password(&ada));
    // Another body, another path, another method.
    ada.refused("POST", TOKEN, Some(&other))
        .again(&approval)
        .expect_problem(403, "step-up-required");
    ada.refused("POST", "/v1/me/tokens?a=1", Some(&first))
        .again(&approval)
        .expect_problem(403, "step-up-required");
    ada.refused("POST", "/v1/me/totp", None)
        .again(&approval)
        .expect_problem(403, "step-up-required");
    // Once.
    refused.again(&approval).expect(201);
    refused
        .again(&approval)
        .expect_problem(403, "step-up-required");
    assert_eq!(
        ada.get(TOKEN).expect(200)["data"].as_array().unwrap().len(),
        1
    );
}

#[test]
fn an_approval_used_by_many_at_once_is_used_once() {
    let ada = app().person();
    let body = token_request("one");
    let refused = ada.refused("POST", TOKEN, Some(&body));
    let approval = refused.approve(by_her_password(&ada));
    let replies = at_once(6, |_| {
        ada.call("POST", TOKEN)
            .json(&body)
            .header("step-up", &approval)
            .send()
    });
    let made = replies.iter().filter(|reply| reply.status() == 201).count();
    assert_eq!(made, 1, "{replies:?}");
    assert_eq!(
        ada.get(TOKEN).expect(200)["data"].as_array().unwrap().len(),
        1
    );
}

#[test]
fn an_approval_is_no_other_sessions_and_no_other_persons() {
    let ada = app().person();
    let elsewhere = ada.on_another_device();
    let eve = app().person();
    let body = token_request("mine");
    let refused = ada.refused("POST", TOKEN, Some(&body));
    let approval = refused.approve(by_her_password(&ada));
    for person in [&elsewhere, &eve] {
        person
            .refused("POST", TOKEN, Some(&body))
            .again(&approval)
            .expect_problem(403, "step-up-required");
    }
    // Nor can the challenge be answered from there.
    let begun = refused.begin();
    for person in [&elsewhere, &eve] {
        let proof = json!({"challenge": begun["challenge"], "password": person.applicant.password});
        person
            .post("/v1/me/step-ups/confirm", &proof)
            .expect_problem(401, "second-factor-refused");
    }
    refused.again(&approval).expect(201);
}

#[test]
fn an_approval_is_good_for_five_minutes() {
    let ada = app().person();
    let keys = Keys::system(app().database());
    let body = token_request("late");
    let refused = ada.refused("POST", TOKEN, Some(&body));
    let approval = refused.approve(by_her_password(&ada));
    let again = |seconds: i64| refused.again(&keys.aged(&approval, seconds));
    again(300).expect_problem(403, "step-up-required");
    again(240).expect(201);
}

#[test]
fn no_other_site_steps_up_with_her_cookie() {
    let ada = app().person();
    let cookie = format!("__Host-balance={}", ada.token);
    let begun = ada.refused("POST", "/v1/me/totp", None).begin();
    let proof = json!({"challenge": begun["challenge"], "password": ada.applicant.password});
    for origin in [None, Some("https://example.net"), Some("null")] {
        let stranger = app().stranger();
        let mut call = stranger
            .call("POST", "/v1/me/step-ups/confirm")
            .header("cookie", &cookie)
            .json(&proof);
        if let Some(origin) = origin {
            call = call.header("origin", origin);
        }
        call.send().expect_problem(403, "cross-site");
    }
}

#[test]
fn a_challenge_is_no_approval_and_is_good_once() {
    let ada = app().person();
    let body = token_request("mine");
    let refused = ada.refused("POST", TOKEN, Some(&body));
    let begun = refused.begin();
    let challenge = begun["challenge"].as_str().unwrap();
    refused
        .again(challenge)
        .expect_problem(403, "step-up-required");
    let proof = json!({"challenge": challenge, "password": ada.applicant.password});
    let confirm = || ada.post("/v1/me/step-ups/confirm", &proof);
    confirm().expect(201);
    confirm().expect_problem(401, "second-factor-refused");
}

#[test]
fn a_password_does_not_stand_in_for_a_factor() {
    let ada = app().person();
    let mut key = app().authenticator();
    ada.enrol(&mut key);
    let refused = ada.refused("POST", "/v1/me/totp", None);
    assert_eq!(refused.methods, json!(["passkey"]));
    let begun = refused.begin();
    let proof = json!({"challenge": begun["challenge"], "password": ada.applicant.password});
    ada.post("/v1/me/step-ups/confirm", &proof)
        .expect_problem(401, "invalid-credentials");
}

#[test]
fn a_stolen_session_cannot_guess_the_password() {
    let ada = app().person();
    let begun = ada.refused("POST", "/v1/me/totp", None).begin();
    let guess = |password: &str| {
        let proof = json!({"challenge": begun["challenge"], "password": password});
        ada.post("/v1/me/step-ups/confirm", &proof)
    };
    for number in 0..5 {
        guess(&format!("guess number {number}")).expect_problem(401, "invalid-credentials");
    }
    let refused = guess(&ada.applicant.password);
    refused.expect_problem(429, "too-many-requests");
    assert_eq!(refused.argon2id_runs(), 0);
    // Her sign-in elsewhere does not wait for it.
    ada.applicant.sign_in().expect(201);
}

#[test]
fn a_session_shows_when_it_stepped_up() {
    let ada = app().person();
    let shown = || ada.get("/v1/sessions").expect(200)["data"][0]["stepped_up_at"].clone();
    assert_eq!(shown(), json!(null));
    ada.by_password("POST", TOKEN, Some(&token_request("a")))
        .expect(201);
    assert!(shown().is_string());
}

#[test]
fn an_action_that_is_none_is_refused() {
    let ada = app().person();
    let digest = "0".repeat(64);
    for (field, action) in [
        (
            "action.method",
            json!({"method": "get", "path": "/", "body_sha256": null}),
        ),
        (
            "action.path",
            json!({"method": "GET", "path": "x", "body_sha256": null}),
        ),
        (
            "action.path",
            json!({"method": "GET", "path": format!("/{}", "x".repeat(1024)), "body_sha256": null}),
        ),
        (
            "action.body_sha256",
            json!({"method": "GET", "path": "/", "body_sha256": &digest[1..]}),
        ),
        (
            "action.body_sha256",
            json!({"method": "GET", "path": "/", "body_sha256": digest.replace('0', "A")}),
        ),
    ] {
        ada.post("/v1/me/step-ups", &json!({"action": action}))
            .expect_field(field, "action_invalid");
    }
}
