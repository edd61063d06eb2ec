//! Sign-in, and what slows a guesser down.

use end_to_end::Applicant;
use serde_json::json;

use super::{app, at_once};

#[test]
fn a_sign_in_begins_a_session_by_token_and_by_cookie() {
    let ada = app().person();
    let reply = ada.applicant.sign_in();
    reply.expect(201);
    assert_eq!(reply.value("/password_exposed"), json!(false));
    assert_eq!(reply.value("/exposed_count"), json!(null));
    assert_eq!(reply.value("/user"), ada.get("/v1/me").expect(200));

    let token = reply.string("/token");
    assert_eq!(reply.cookie("__Host-balance").as_ref(), Some(&token));
    let set = reply.header("set-cookie").unwrap();
    for attribute in [
        "Path=/",
        "Max-Age=2592000",
        "Secure",
        "HttpOnly",
        "SameSite=Lax",
    ] {
        assert!(
            set.split("; ").any(|part| part == attribute),
            "no {attribute} in {set}"
        );
    }
    assert_eq!(reply.batches(), 2);
    assert_eq!(reply.argon2id_runs(), 1);
    app()
        .stranger()
        .with_token(&token)
        .get("/v1/me")
        .expect(200);
}

#[test]
fn an_email_is_the_same_in_any_case() {
    let ada = app().person().applicant;
    let shouting = Applicant {
        email: ada.email.to_uppercase(),
        ..ada
    };
    let reply = shouting.sign_in();
    reply.expect(201);
    assert_ne!(reply.string("/user/email"), shouting.email);
}

#[test]
fn many_wrong_passwords_at_once_are_as_many_tries() {
    let ada = app().person().applicant;
    let replies = at_once(12, |number| {
        ada.sign_in_with(&format!("{} {number}", ada.password))
    });
    // On a busy machine the last ones may find the door shut already by the first.
    let (tried, shut): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status() == 401);
    for reply in &tried {
        reply.expect_problem(401, "invalid-credentials");
    }
    for reply in &shut {
        reply.expect_problem(429, "too-many-requests");
    }
    assert!(
        tried.len() > 5,
        "five are free, and the sixth begins the wait"
    );
    // The wait doubles with every try past the fifth: all have been counted, none lost.
    let refused = ada.sign_in();
    refused.expect_problem(429, "too-many-requests");
    let wait: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    let longest = 5_u32 << (tried.len() - 5);
    let waits = longest / 2 + 1..=longest;
    assert!(waits.contains(&wait), "{wait} after {} tries", tried.len());
    assert_eq!(refused.argon2id_runs(), 0);
}

#[test]
fn a_flood_of_tries_at_once_is_not_tried_at_once() {
    let ada = app().person().applicant;
    let replies = at_once(40, |number| {
        ada.sign_in_with(&format!("{} {number}", ada.password))
    });
    assert!(replies.iter().any(|reply| reply.status() == 429));
    assert!(
        replies
            .iter()
            .all(|reply| [401, 429].contains(&reply.status())),
        "{replies:?}"
    );
    let tried: u32 = replies.iter().map(end_to_end::Reply::argon2id_runs).sum();
    assert!(tried < 40, "{tried}");
}

#[test]
fn many_devices_sign_in_at_once() {
    let ada = app().person().applicant;
    for reply in at_once(12, |_| ada.sign_in()) {
        reply.expect(201);
    }
}

#[test]
fn a_stranger_who_guesses_does_not_lock_the_account_for_its_owner() {
    let ada = app().person().applicant;
    let guesser = Applicant {
        client: app().stranger(),
        ..ada.clone()
    };
    for number in 0..5 {
        guesser
            .sign_in_with(&format!("a guess {number}"))
            .expect_problem(401, "invalid-credentials");
    }
    // Where the guesses came from, not even the right password is looked at.
    let refused = guesser.sign_in();
    refused.expect_problem(429, "too-many-requests");
    let wait: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=5).contains(&wait), "{wait}");
    ada.sign_in().expect(201);
}

#[test]
fn one_subscriber_has_one_counter_whatever_address_of_hers_is_used() {
    let ada = app().person().applicant;
    for number in 0..5 {
        let client = ada
            .client
            .from_address(&format!("2001:db8:aaaa:{number}::1"));
        let there = Applicant {
            client,
            ..ada.clone()
        };
        there
            .sign_in_with("a guess")
            .expect_problem(401, "invalid-credentials");
    }
    for number in 0..5 {
        let client = ada
            .client
            .from_address(&format!("2001:db8:bbbb:1::{number}"));
        let there = Applicant {
            client,
            ..ada.clone()
        };
        there
            .sign_in_with("a guess")
            .expect_problem(401, "invalid-credentials");
    }
    let client = ada.client.from_address("2001:db8:bbbb:1::ffff");
    Applicant { client, ..ada }
        .sign_in()
        .expect_problem(429, "too-many-requests");
}

#[test]
fn the_right_password_forgets_the_wrong_ones_before_it() {
    let ada = app().person().applicant;
    for _ in 0..2 {
        for number in 0..4 {
            ada.sign_in_with(&format!("a typo {number}"))
                .expect_problem(401, "invalid-credentials");
        }
        ada.sign_in().expect(201);
    }
}

#[test]
fn the_gate_sheds_a_flood_from_one_network() {
    let flood = app().stranger();
    // The gate counts in windows of ten seconds: across two of them, three times
    // what one lets pass cannot all pass.
    let replies = at_once(6, |_| {
        let tries = (0..50).map(|_| flood.get("/v1/passwords/range/zzzzz"));
        tries
            .map(|reply| (reply.status(), reply.header("retry-after").is_some()))
            .collect::<Vec<_>>()
    });
    let replies: Vec<_> = replies.into_iter().flatten().collect();
    assert!(replies.contains(&(429, true)), "nothing was shed");
    assert!(
        replies
            .iter()
            .all(|reply| [(429, true), (422, false)].contains(reply)),
        "{replies:?}"
    );
    app()
        .stranger()
        .get("/v1/passwords/range/zzzzz")
        .expect_problem(422, "validation");
}
