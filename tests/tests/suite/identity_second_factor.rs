//! The second factor: a key, an app, a recovery code; and a passkey in the place of
//! the password.

use end_to_end::{Authenticator, Person, Reply, unix_now};
use serde_json::{Value, json};

use super::{app, at_once};

/// Someone with a key that is asked for at every sign-in.
fn person_with_a_key() -> (Person, Authenticator, String) {
    let ada = app().person();
    let mut key = app().authenticator();
    let id = ada.enrol(&mut key);
    (ada, key, id)
}

/// The password is right: what is asked for next.
fn asked_for(person: &Person) -> Value {
    person.applicant.sign_in().expect(202)
}

fn prove(person: &Person, asked: &Value, mut proof: Value) -> Reply {
    proof["challenge"] = asked["challenge"].clone();
    let stranger = &person.applicant.client;
    stranger.post("/v1/sessions/second-factor", &proof)
}

/// The code that an app shows now, and the one after it.
fn codes(secret: &str) -> [String; 2] {
    let secret = totp::Secret::from_base32(secret).unwrap();
    let step = u64::try_from(unix_now() / 30).unwrap();
    [step, step + 1].map(|step| String::from_utf8(secret.code(step).to_vec()).unwrap())
}

fn enrol_totp(person: &Person, begun: &Value, code: &str) -> Reply {
    let body = json!({"challenge": begun["challenge"], "code": code});
    person.post("/v1/me/totp/confirm", &body)
}

#[test]
fn once_a_key_is_enrolled_a_password_alone_signs_nobody_in() {
    let (ada, mut key, id) = person_with_a_key();
    let asked = asked_for(&ada);
    assert_eq!(asked["status"], "second_factor_required");
    assert_eq!(asked["methods"], json!(["passkey"]));
    assert_eq!(asked["token"], json!(null));
    assert_eq!(
        asked["options"]["allowCredentials"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    let reply = prove(
        &ada,
        &asked,
        json!({"credential": key.get(&asked["options"])}),
    );
    reply.expect(201);
    let signed_in = app().stranger().with_token(&reply.string("/token"));
    let session = &signed_in.get("/v1/sessions").expect(200)["data"][0];
    assert_eq!(session["factors"], json!(["password", "passkey"]));
    assert_eq!(session["user_verified"], json!(true));
    let shown = signed_in.get(&format!("/v1/me/passkeys/{id}")).expect(200);
    assert!(shown["last_used_at"].is_string(), "{shown}");
    assert_eq!(shown["algorithm"], "ES256");
    let me = signed_in.get("/v1/me").expect(200);
    assert_eq!(
        me["second_factor"],
        json!({"enrolled": true, "passkeys": 1, "totp": false, "recovery_codes": 0})
    );
    let subjects: Vec<String> = app()
        .mailbox()
        .wait_for(&ada.applicant.email, 2)
        .into_iter()
        .map(|mail| mail.subject)
        .collect();
    assert!(
        subjects.contains(&"A key was added".to_owned()),
        "{subjects:?}"
    );
}

#[test]
fn a_passkey_signs_in_alone() {
    let (ada, mut key, _) = person_with_a_key();
    let stranger = app().stranger();
    let begun = stranger
        .post("/v1/passkey-challenges", &json!({"purpose": "sign_in"}))
        .expect(201);
    assert_eq!(begun["options"]["userVerification"], "required");
    let body = json!({"challenge": begun["challenge"], "credential": key.get(&begun["options"])});
    let reply = stranger.post("/v1/sessions/passkey", &body);
    reply.expect(201);
    assert_eq!(reply.string("/user/id"), ada.id);

    // Neither the challenge nor the answer is good again.
    stranger
        .post("/v1/sessions/passkey", &body)
        .expect_problem(401, "second-factor-refused");
    // Nor without the person having been verified.
    key.user_verified = false;
    let begun = stranger
        .post("/v1/passkey-challenges", &json!({"purpose": "sign_in"}))
        .expect(201);
    let body = json!({"challenge": begun["challenge"], "credential": key.get(&begun["options"])});
    stranger
        .post("/v1/sessions/passkey", &body)
        .expect_problem(401, "second-factor-refused");
}

#[test]
fn a_key_that_verifies_nobody_is_a_second_factor_and_says_so() {
    let ada = app().person();
    let mut key = app().authenticator();
    key.user_verified = false;
    key.counter = 0;
    ada.enrol(&mut key);
    for _ in 0..2 {
        let asked = asked_for(&ada);
        let reply = prove(
            &ada,
            &asked,
            json!({"credential": key.get(&asked["options"])}),
        );
        reply.expect(201);
        let signed_in = app().stranger().with_token(&reply.string("/token"));
        let session = &signed_in.get("/v1/sessions").expect(200)["data"][0];
        assert_eq!(session["user_verified"], json!(false));
    }
}

#[test]
fn an_app_shows_codes_that_are_good_once() {
    let ada = app().person();
    let begun = ada.by_password("POST", "/v1/me/totp", None).expect(201);
    let secret = begun["secret"].as_str().unwrap();
    assert!(
        begun["uri"]
            .as_str()
            .unwrap()
            .starts_with("otpauth://totp/Balance:")
    );
    enrol_totp(&ada, &begun, "000000x").expect_problem(401, "second-factor-refused");
    let [now, next] = codes(secret);
    enrol_totp(&ada, &begun, &now).expect(200);

    let asked = asked_for(&ada);
    assert_eq!(asked["methods"], json!(["totp"]));
    assert_eq!(asked["options"], json!(null));
    // The code that enrolled it was used.
    prove(&ada, &asked, json!({"totp": now})).expect_problem(401, "second-factor-refused");
    prove(&ada, &asked, json!({"totp": next})).expect(201);
    let asked = asked_for(&ada);
    prove(&ada, &asked, json!({"totp": next})).expect_problem(401, "second-factor-refused");
}

#[test]
fn codes_cannot_be_guessed_and_a_key_opens_all_the_while() {
    let (ada, mut key, _) = person_with_a_key();
    let begun = ada
        .by_key(&mut key, "POST", "/v1/me/totp", None)
        .expect(201);
    let [now, next] = codes(begun["secret"].as_str().unwrap());
    enrol_totp(&ada, &begun, &now).expect(200);

    let asked = asked_for(&ada);
    for guess in 0..5 {
        // From another network each time: it is the account that counts.
        let wrong = json!({"challenge": asked["challenge"], "totp": format!("{guess:05}x")});
        app()
            .stranger()
            .post("/v1/sessions/second-factor", &wrong)
            .expect_problem(401, "second-factor-refused");
    }
    prove(&ada, &asked, json!({"totp": next})).expect_problem(429, "too-many-requests");
    prove(
        &ada,
        &asked,
        json!({"recovery_code": "AAAA-AAAA-AAAA-AAAA"}),
    )
    .expect_problem(429, "too-many-requests");
    prove(
        &ada,
        &asked,
        json!({"credential": key.get(&asked["options"])}),
    )
    .expect(201);
}

#[test]
fn a_recovery_code_is_good_once_and_new_ones_end_the_old() {
    let (ada, mut key, _) = person_with_a_key();
    let draw = |key: &mut Authenticator| -> Vec<String> {
        let drawn = ada
            .by_key(key, "POST", "/v1/me/recovery-codes", None)
            .expect(201);
        let codes = drawn["codes"].as_array().unwrap();
        codes
            .iter()
            .map(|code| code.as_str().unwrap().to_owned())
            .collect()
    };
    let old = draw(&mut key);
    assert_eq!(old.len(), 10);
    let asked = asked_for(&ada);
    assert_eq!(asked["methods"], json!(["passkey", "recovery_code"]));
    // As a person types it.
    let typed = old[0].to_lowercase().replace('-', " ");
    prove(&ada, &asked, json!({"recovery_code": typed})).expect(201);
    assert_eq!(
        ada.get("/v1/me/recovery-codes").expect(200),
        json!({"remaining": 9})
    );
    let asked = asked_for(&ada);
    prove(&ada, &asked, json!({"recovery_code": old[0]}))
        .expect_problem(401, "second-factor-refused");

    let new = draw(&mut key);
    prove(&ada, &asked, json!({"recovery_code": old[1]}))
        .expect_problem(401, "second-factor-refused");
    prove(&ada, &asked, json!({"recovery_code": new[1]})).expect(201);
}

#[test]
fn one_code_at_once_from_many_sides_opens_once() {
    let (ada, mut key, _) = person_with_a_key();
    let drawn = ada
        .by_key(&mut key, "POST", "/v1/me/recovery-codes", None)
        .expect(201);
    let challenges: Vec<Value> = (0..4).map(|_| asked_for(&ada)).collect();
    let replies = at_once(4, |number| {
        prove(
            &ada,
            &challenges[number],
            json!({"recovery_code": drawn["codes"][0]}),
        )
    });
    let opened = replies.iter().filter(|reply| reply.status() == 201).count();
    assert_eq!(opened, 1, "{replies:?}");
}

#[test]
fn recovery_codes_need_something_to_recover() {
    let ada = app().person();
    ada.call("POST", "/v1/me/recovery-codes")
        .send()
        .expect_problem(409, "no-second-factor");
}

#[test]
fn keys_have_names_and_can_be_renamed_and_removed() {
    let (ada, mut key, id) = person_with_a_key();
    let mut spare = app().authenticator();
    let body = ada.new_key(&mut spare);
    let added = ada
        .by_key(&mut key, "POST", "/v1/me/passkeys", Some(&body))
        .expect(201);
    let path = format!("/v1/me/passkeys/{id}");
    let renamed = ada
        .call("PATCH", &path)
        .json(&json!({"name": "Old laptop"}))
        .send()
        .expect(200);
    assert_eq!(renamed["name"], "Old laptop");
    assert_eq!(ada.get(&path).expect(200), renamed);
    let listed = ada.get("/v1/me/passkeys").expect(200);
    assert_eq!(listed["data"], json!([renamed, added]));

    ada.by_key(&mut spare, "DELETE", &path, None).expect(204);
    ada.get(&path).expect_problem(404, "not-found");
    let asked = asked_for(&ada);
    prove(
        &ada,
        &asked,
        json!({"credential": key.get(&asked["options"])}),
    )
    .expect_problem(401, "second-factor-refused");
    let spare_id = added["id"].as_str().unwrap();
    ada.by_key(
        &mut spare,
        "DELETE",
        &format!("/v1/me/passkeys/{spare_id}"),
        None,
    )
    .expect(204);
    // Without a factor the password is enough again.
    ada.applicant.sign_in().expect(201);
}

#[test]
fn a_key_of_someone_elses_is_neither_seen_nor_touched() {
    let (_, _, id) = person_with_a_key();
    let (eve, mut key, _) = person_with_a_key();
    let path = format!("/v1/me/passkeys/{id}");
    eve.get(&path).expect_problem(404, "not-found");
    eve.call("PATCH", &path)
        .json(&json!({"name": "mine"}))
        .send()
        .expect_problem(404, "not-found");
    eve.call("DELETE", &path)
        .send()
        .expect_problem(404, "not-found");
    let asked = asked_for(&eve);
    prove(
        &eve,
        &asked,
        json!({"credential": key.get(&asked["options"])}),
    )
    .expect(201);
}

#[test]
fn the_last_factor_goes_only_where_the_password_can_stand_alone() {
    let (ada, mut key, id) = person_with_a_key();
    let short = json!({"password": "ten chars!"});
    ada.by_key(&mut key, "PUT", "/v1/me/password", Some(&short))
        .expect(200);
    let path = format!("/v1/me/passkeys/{id}");
    let refused = ada.refused("DELETE", &path, None);
    let approval = refused.approve(|begun| json!({"credential": key.get(&begun["options"])}));
    refused
        .again(&approval)
        .expect_problem(409, "password-too-short");
    assert_eq!(
        ada.get("/v1/me/passkeys").expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    let long = json!({"password": format!("{} anew", ada.applicant.password)});
    ada.by_key(&mut key, "PUT", "/v1/me/password", Some(&long))
        .expect(200);
    ada.by_key(&mut key, "DELETE", &path, None).expect(204);
}
