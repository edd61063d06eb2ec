//! Balance on plain workerd, as `deploy/hetzner` has it: what is not the platform's any more. The
//! suites of all instances run on it too (`BALANCE_RUNTIME=workerd`).

// A test that finds what it did not expect is to stop there.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs
)]

use end_to_end::{Client, TestApp};
use serde_json::json;
use stack::{Engine, Runtime, StackOptions, Workspace};

fn options() -> StackOptions {
    StackOptions {
        runtime: Runtime::Workerd,
        ..StackOptions::on(Engine::D1)
    }
}

#[test]
fn what_was_answered_survives_kill_9_and_a_restart() {
    let mut app = TestApp::start_with(options());
    let ada = app.person();
    ada.call("PATCH", "/v1/me")
        .json(&json!({"name": "Ada Lovelace"}))
        .send()
        .expect(200);
    app.stack_mut().kill_worker().unwrap();
    app.stack_mut().restart_worker().unwrap();
    assert_eq!(ada.get("/v1/me").expect(200)["name"], "Ada Lovelace");
    app.stack_mut().restart_worker().unwrap();
    assert_eq!(ada.get("/v1/me").expect(200)["name"], "Ada Lovelace");
    let migrations = stack::migrations(&Workspace::here().path("migrations")).unwrap();
    let applied = app.count_rows("d1_migrations");
    assert_eq!(applied, migrations.len() as u64, "each once");
}

#[test]
fn kill_9_amid_sign_ups_leaves_a_sound_file_and_everybody_can_go_on() {
    let mut app = TestApp::start_with(options());
    for round in 0..5 {
        let people: Vec<_> = (0..6).map(|_| app.applicant()).collect();
        std::thread::scope(|scope| {
            let run = |person: &end_to_end::Applicant| {
                let call = person.client.call("POST", "/v1/users");
                let body = json!({"email": person.email, "name": "A", "password": person.password});
                // Some are cut off: that is the point.
                let _ = call.json(&body).try_send();
            };
            for person in &people {
                scope.spawn(move || run(person));
            }
            app.eventually("somebody's mail is under way", || {
                app.count_rows("pending_sign_up") > round
            });
        });
        app.stack_mut().kill_worker().unwrap();
        // While nobody runs it, the file itself is looked at.
        let sound = app.sql("PRAGMA integrity_check");
        assert_eq!(sound[0]["integrity_check"], "ok");
        app.stack_mut().restart_worker().unwrap();
        // Who was told that a mail is sent can go on; the others begin anew.
        let last = people.last().unwrap();
        last.sign_up().expect(202);
    }
}

#[test]
fn plain_http_is_sent_on_and_the_proxys_word_for_https_is_believed() {
    let options = options().production("https://balance.test", "https://provider.test");
    let app = TestApp::start_with(options);
    let client = app.stranger();
    let plain = client.get("/healthz");
    assert_eq!(plain.status(), 308);
    assert_eq!(
        plain.header("location"),
        Some("https://balance.test/healthz")
    );
    let call = client.call("GET", "/healthz");
    let secure = call.header("x-forwarded-proto", "https").send();
    assert_eq!(secure.status(), 200, "{}", secure.text());
    assert!(secure.header("strict-transport-security").is_some());
    let page = client
        .call("GET", "/")
        .header("x-forwarded-proto", "https")
        .send();
    assert!(
        page.header("content-security-policy")
            .is_some_and(|policy| policy.contains("script-src 'self'"))
    );
}

#[test]
fn a_mail_that_the_mail_server_refuses_is_told_and_the_next_one_goes() {
    let app = TestApp::start_with(options());
    for domain in ["refused.example", "busy.example"] {
        let body = json!({"email": format!("ada@{domain}"), "name": "Ada", "password": "seven quiet herons at dusk"});
        app.stranger()
            .post("/v1/users", &body)
            .expect_problem(502, "upstream");
    }
    app.person().get("/v1/me").expect(200);
}

#[test]
fn the_operators_socket_is_not_on_the_public_port() {
    let app = TestApp::start_with(options());
    for path in ["/sql", "/scheduled"] {
        let reply = app.stranger().post(path, &json!({"sql": "SELECT 1"}));
        assert_eq!(reply.status(), 404, "{path}");
    }
    let operator = Client::new(&app.stack().operator_url(), "127.0.0.1");
    let one = operator.post("/sql", &json!({"sql": "SELECT 1 AS one"}));
    assert_eq!(one.json(), json!([{"one": 1}]));
    assert_eq!(
        operator.post("/sql", &json!({"sql": "SELEC"})).status(),
        400
    );
}
