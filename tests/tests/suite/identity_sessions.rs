//! Sessions: who may use one, and how it ends.

use serde_json::{Value, json};

use super::app;

const COOKIE: &str = "__Host-balance";

#[test]
fn a_request_without_a_good_token_is_nobodys() {
    let client = app().stranger();
    let tokens = ["", "x", &"A".repeat(43), &"A".repeat(44), &"~".repeat(43)];
    for token in tokens {
        let reply = client.with_token(token).get("/v1/me");
        reply.expect_problem(401, "unauthenticated");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
    for authorization in ["Basic YTpi", "Bearer", "bearer", "Token abc"] {
        let call = client
            .call("GET", "/v1/me")
            .header("authorization", authorization);
        call.send().expect_problem(401, "unauthenticated");
    }
    for (method, path) in [
        ("GET", "/v1/me"),
        ("GET", "/v1/sessions"),
        ("DELETE", "/v1/sessions"),
        ("DELETE", "/v1/sessions/current"),
    ] {
        client
            .call(method, path)
            .send()
            .expect_problem(401, "unauthenticated");
    }
}

#[test]
fn a_cookie_reads_but_writes_only_from_our_own_site() {
    let ada = app().person();
    let cookie = format!("other=1; {COOKIE}={}; theme=dark", ada.token);
    let client = app().stranger();
    client
        .call("GET", "/v1/me")
        .header("cookie", &cookie)
        .send()
        .expect(200);

    let end = || {
        client
            .call("DELETE", "/v1/sessions/current")
            .header("cookie", &cookie)
    };
    end().send().expect_problem(403, "cross-site");
    for origin in [
        "https://evil.example",
        "null",
        "",
        &format!("{}.evil.example", client.origin()),
    ] {
        end()
            .header("origin", origin)
            .send()
            .expect_problem(403, "cross-site");
    }
    ada.get("/v1/me").expect(200);

    let ended = end().header("origin", client.origin()).send();
    ended.expect(204);
    assert_eq!(ended.cookie(COOKIE).as_deref(), Some(""));
    assert!(ended.header("set-cookie").unwrap().contains("Max-Age=0"));
    ada.get("/v1/me").expect_problem(401, "unauthenticated");
}

#[test]
fn an_authorization_header_wins_over_a_cookie() {
    let (ada, eve) = (app().person(), app().person());
    let cookie = format!("{COOKIE}={}", ada.token);
    let as_both = |path: &str| eve.call("GET", path).header("cookie", &cookie).send();
    assert_eq!(as_both("/v1/me").string("/id"), eve.id);

    let client = app().stranger();
    let call = client.call("GET", "/v1/me").header("cookie", &cookie);
    call.header("authorization", "Bearer nonsense")
        .send()
        .expect_problem(401, "unauthenticated");
    // A token needs no Origin: no browser sends it by itself.
    eve.call("DELETE", "/v1/sessions/current")
        .header("origin", "https://evil.example")
        .send()
        .expect(204);
}

#[test]
fn sessions_are_listed_newest_first_with_where_they_began() {
    let ada = app().person();
    let agent = "Ünüsual Browser/1.0";
    let call = ada
        .applicant
        .client
        .call("POST", "/v1/sessions")
        .header("user-agent", agent);
    let phone = call
        .json(&json!({"email": ada.applicant.email, "password": ada.applicant.password}))
        .send();
    phone.expect(201);

    let list = ada.get("/v1/sessions");
    let page = list.expect(200);
    assert_eq!(page["next_cursor"], json!(null));
    let sessions = page["data"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions[0]["id"], phone.value("/id"));
    assert_eq!(sessions[0]["current"], json!(false));
    assert_eq!(sessions[1]["current"], json!(true));
    for session in sessions {
        assert_eq!(session["factors"], json!(["password"]));
        assert_eq!(session["ip"], ada.applicant.client.address());
        assert!(
            session["created_at"].as_str() < session["expires_at"].as_str(),
            "{session}"
        );
    }
    assert_eq!(sessions[0]["expires_at"], phone.value("/expires_at"));
    assert!(
        sessions[0]["user_agent"]
            .as_str()
            .unwrap()
            .ends_with("sual Browser/1.0")
    );
    for hidden in ["token", &ada.token] {
        assert!(!list.text().contains(hidden), "{hidden} in {}", list.text());
    }
}

#[test]
fn a_list_of_sessions_goes_on_where_the_page_before_ended() {
    let ada = app().person();
    for _ in 0..4 {
        ada.on_another_device().get("/v1/me").expect(200);
    }
    let ids = |page: &Value| -> Vec<Value> {
        page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|session| session["id"].clone())
            .collect()
    };
    let all = ids(&ada.get("/v1/sessions").expect(200));
    assert_eq!(all.len(), 5);
    let mut paged = Vec::new();
    let mut path = String::from("/v1/sessions?limit=2");
    for pages_left in (0..3).rev() {
        let page = ada.get(&path).expect(200);
        paged.extend(ids(&page));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/v1/sessions?limit=2&cursor={cursor}"),
            None => assert_eq!(pages_left, 0, "{page}"),
        }
    }
    assert_eq!(paged, all);
    ada.get("/v1/sessions?limit=0")
        .expect_field("limit", "range");
    ada.get("/v1/sessions?limit=1001")
        .expect_field("limit", "range");
    ada.get("/v1/sessions?limit=x")
        .expect_field("limit", "type");
    ada.get("/v1/sessions?cursor=nonsense")
        .expect_field("cursor", "type");
    ada.get("/v1/sessions?colour=red")
        .expect_field("colour", "unknown");
}

#[test]
fn a_revoked_session_ends_at_once_and_the_others_stay() {
    let ada = app().person();
    let phone = ada.on_another_device();
    phone.get("/v1/me").expect(200);
    let page = ada.get("/v1/sessions").expect(200);
    let id = page["data"][0]["id"].as_str().unwrap().to_owned();
    let revoked = ada.delete(&format!("/v1/sessions/{id}"));
    revoked.expect(204);
    assert_eq!(revoked.header("set-cookie"), None);
    phone.get("/v1/me").expect_problem(401, "unauthenticated");
    ada.delete(&format!("/v1/sessions/{id}"))
        .expect_problem(404, "not-found");
    ada.get("/v1/me").expect(200);
}

#[test]
fn nobody_ends_or_sees_the_session_of_someone_else() {
    let (ada, eve) = (app().person(), app().person());
    let id = ada.get("/v1/sessions").expect(200)["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    eve.delete(&format!("/v1/sessions/{id}"))
        .expect_problem(404, "not-found");
    assert_eq!(
        eve.get("/v1/sessions")
            .value("/data")
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let page = eve.get(&format!("/v1/sessions?cursor={id}")).expect(200);
    assert!(!page.to_string().contains(&id));
    ada.get("/v1/me").expect(200);
    for nonsense in [
        "ses_",
        "ses_zz",
        "usr_00000000000000000000000000000000",
        "%00",
        "%FF",
    ] {
        ada.delete(&format!("/v1/sessions/{nonsense}"))
            .expect_problem(404, "not-found");
    }
}

#[test]
fn signing_out_everywhere_ends_every_session() {
    let ada = app().person();
    let phone = ada.on_another_device();
    phone.get("/v1/me").expect(200);
    let out = ada.delete("/v1/sessions");
    out.expect(204);
    assert_eq!(out.cookie(COOKIE).as_deref(), Some(""));
    for session in [&ada, &phone] {
        session.get("/v1/me").expect_problem(401, "unauthenticated");
    }
    let back = ada.on_another_device();
    assert_eq!(
        back.get("/v1/sessions")
            .value("/data")
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_read_costs_one_batch_once_the_isolate_knows_who_asks() {
    let ada = app().person();
    ada.get("/v1/me").expect(200);
    assert_eq!(ada.get("/v1/me").batches(), 1);
    assert_eq!(ada.get("/v1/sessions").batches(), 1);
    assert_eq!(ada.delete("/v1/sessions/current").batches(), 2);
}
