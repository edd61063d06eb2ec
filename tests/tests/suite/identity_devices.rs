//! Known devices: what a stranger does cannot make their owner wait.

use end_to_end::Applicant;
use serde_json::json;

use super::app;

fn sign_in(who: &Applicant, password: &str, device: &str) -> end_to_end::Reply {
    let body = json!({"email": who.email, "password": password});
    let call = who.client.call("POST", "/v1/sessions");
    call.header("balance-device", device).json(&body).send()
}

#[test]
fn a_known_device_passes_where_its_network_has_to_wait() {
    let ada = app().person().applicant;
    let device = ada.sign_in().string("/device_token");
    for number in 0..5 {
        ada.sign_in_with(&format!("guess {number}"))
            .expect_problem(401, "invalid-credentials");
    }
    ada.sign_in().expect_problem(429, "too-many-requests");
    sign_in(&ada, &ada.password, &device).expect(201);
    // As a cookie too.
    let body = json!({"email": ada.email, "password": ada.password});
    ada.client
        .call("POST", "/v1/sessions")
        .header("cookie", &format!("a=b; __Host-balance-device={device}"))
        .json(&body)
        .send()
        .expect(201);
}

#[test]
fn a_stolen_device_token_has_a_counter_too_and_opens_no_other_account() {
    let ada = app().person().applicant;
    let eve = app().person().applicant;
    let device = ada.sign_in().string("/device_token");
    for number in 0..5 {
        sign_in(&ada, &format!("guess {number}"), &device)
            .expect_problem(401, "invalid-credentials");
    }
    sign_in(&ada, &ada.password, &device).expect_problem(429, "too-many-requests");
    // Without it her network has not been counted.
    ada.sign_in().expect(201);

    // Eve's device is nobody to Ada's account, nor is one made up.
    let of_eve = eve.sign_in().string("/device_token");
    let guesser = Applicant {
        client: app().stranger(),
        ..ada.clone()
    };
    for device in [
        &of_eve,
        &"A".repeat(43),
        "x",
        &of_eve,
        &device.replace(|_| true, "B"),
    ] {
        sign_in(&guesser, "a guess", device).expect_problem(401, "invalid-credentials");
    }
    guesser.sign_in().expect_problem(429, "too-many-requests");
}

#[test]
fn a_device_token_is_a_cookie_that_no_script_reads() {
    let reply = app().person().applicant.sign_in();
    reply.expect(201);
    let cookies: Vec<&str> = reply.headers("set-cookie");
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    for attribute in [
        "Path=/",
        "Max-Age=34560000",
        "Secure",
        "HttpOnly",
        "SameSite=Lax",
    ] {
        assert!(
            cookies[1].split("; ").any(|part| part == attribute),
            "{}",
            cookies[1]
        );
    }
    assert!(cookies[1].starts_with("__Host-balance-device="));
}
