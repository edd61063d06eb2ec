//! Sign-up: the form's rules, the mail, and nothing before it is confirmed.

use serde_json::json;

use super::app;

#[test]
fn an_account_begins_when_the_mailed_code_comes_with_the_password() {
    let ada = app().applicant();
    let reply = ada.sign_up();
    assert_eq!(
        reply.expect(202),
        json!({"status": "mailed", "expires_in": 86_400})
    );
    assert_eq!(reply.header("set-cookie"), None);
    ada.sign_in().expect_problem(401, "invalid-credentials");

    let token = app().mailbox().token_for(&ada.email);
    let confirmed = ada.confirm(&token);
    confirmed.expect(201);
    assert_eq!(confirmed.string("/user/email"), ada.email);
    assert_eq!(confirmed.value("/user/name"), json!(null));
    assert_eq!(confirmed.value("/user/password/exposed"), json!(false));
    assert!(confirmed.string("/user/id").starts_with("usr_"));
    assert!(confirmed.string("/session/id").starts_with("ses_"));

    let session = ada.client.with_token(&confirmed.string("/session/token"));
    assert_eq!(session.get("/v1/me").expect(200), confirmed.value("/user"));
    ada.sign_in().expect(201);
}

#[test]
fn the_mail_holds_the_code_as_text_and_nothing_that_a_stranger_typed() {
    let ada = app().applicant();
    let body =
        json!({"email": ada.email, "password": ada.password, "name": "Visit evil.example now"});
    ada.client.post("/v1/users", &body).expect(202);
    let mails = app().mailbox().wait_for(&ada.email, 1);
    let mail = &mails[0];
    assert!(mail.token().is_some(), "{mail:?}");
    for hidden in ["http", "evil", &ada.password, &ada.email] {
        assert!(
            !mail.text.contains(hidden) && !mail.subject.contains(hidden),
            "{hidden} in {mail:?}"
        );
    }
}

#[test]
fn the_name_is_kept_and_shown() {
    let ada = app().applicant();
    let body = json!({"email": ada.email, "password": ada.password, "name": "  Ada Lovelace "});
    ada.client.post("/v1/users", &body).expect(202);
    let confirmed = ada.confirm(&app().mailbox().token_for(&ada.email));
    confirmed.expect(201);
    assert_eq!(confirmed.string("/user/name"), "Ada Lovelace");
}

#[test]
fn every_field_that_breaks_a_rule_is_named_at_once() {
    let stranger = app().stranger();
    let body = json!({"email": "nowhere", "password": "balance", "name": "\u{7}"});
    let reply = stranger.post("/v1/users", &body);
    reply.expect_field("email", "email_invalid");
    reply.expect_field("password", "password_too_short");
    reply.expect_field("password", "password_personal");
    reply.expect_field("name", "name_invalid");
    assert_eq!(reply.batches(), 0);
}

#[test]
fn a_password_is_measured_in_characters_after_normalisation() {
    let ada = app().applicant();
    let sign_up = |password: &str| {
        ada.client.post(
            "/v1/users",
            &json!({"email": ada.email, "password": password}),
        )
    };
    sign_up("fourteen chars").expect_field("password", "password_too_short");
    // 14 letters, one of them in two code points that NFC makes one.
    sign_up("fourtee\u{301}n chars").expect_field("password", "password_too_short");
    sign_up(&"é".repeat(513)).expect_field("password", "password_too_long");
    sign_up("qwertyuiopasdfghjklzxcvbnm").expect_field("password", "password_common");
    sign_up(&ada.email).expect_field("password", "password_personal");
}

#[test]
fn both_unicode_forms_of_a_password_are_one_password() {
    let mut ada = app().applicant();
    ada.password = format!("{} sie\u{301}ste", ada.password);
    ada.sign_up().expect(202);
    let token = app().mailbox().token_for(&ada.email);
    ada.password = ada.password.replace("e\u{301}", "é");
    ada.confirm(&token).expect(201);
    ada.sign_in().expect(201);
    ada.sign_in_with(&ada.password.replace('é', "e"))
        .expect_problem(401, "invalid-credentials");
}

#[test]
fn a_password_from_a_leak_is_refused_with_its_count_and_nothing_is_mailed() {
    let ada = app().applicant();
    app().pwned().leak(&ada.password, 3_861_493);
    let problem = ada.sign_up().expect_problem(422, "password-exposed");
    assert_eq!(problem["exposed_count"], 3_861_493);

    // Another password of hers is mailed for: the first mail she gets.
    let mut next = ada.clone();
    next.password.push_str(", and more");
    next.sign_up().expect(202);
    app().mailbox().wait_for(&ada.email, 1);
    assert_eq!(app().mailbox().to(&ada.email).len(), 1);
}

#[test]
fn what_leaves_for_the_look_up_is_five_digits_with_padding_and_a_name() {
    let ada = app().applicant();
    ada.sign_up().expect(202);
    let requests = app().pwned().requests_for(&ada.password);
    assert_eq!(requests.len(), 1, "{requests:?}");
    let request = &requests[0];
    assert_eq!(
        request["target"],
        format!("/range/{}", end_to_end::prefix(&ada.password))
    );
    assert_eq!(request["body"], "");
    let headers = request["headers"].as_array().unwrap();
    let value = |name: &str| {
        let mut named = headers.iter().filter(|pair| {
            pair[0]
                .as_str()
                .is_some_and(|present| present.eq_ignore_ascii_case(name))
        });
        named
            .next()
            .map(|pair| pair[1].as_str().unwrap().to_owned())
    };
    assert_eq!(value("add-padding").as_deref(), Some("true"));
    assert!(value("user-agent").is_some_and(|agent| agent.starts_with("Balance")));
    assert_eq!(value("cookie"), None);
    assert_eq!(value("authorization"), None);
}

#[test]
fn twenty_mails_to_one_address_from_one_network_are_enough_for_now() {
    let ada = app().applicant();
    let replies: Vec<_> = (0..21).map(|_| ada.sign_up()).collect();
    let (mailed, refused): (Vec<_>, Vec<_>) =
        replies.iter().partition(|reply| reply.status() == 202);
    assert_eq!((mailed.len(), refused.len()), (20, 1));
    refused[0].expect_problem(429, "too-many-requests");
    assert!(refused[0].header("retry-after").is_some());
    // Not a lock on the address: from elsewhere it goes on.
    let mut elsewhere = ada.clone();
    elsewhere.client = app().stranger();
    elsewhere.sign_up().expect(202);
}
