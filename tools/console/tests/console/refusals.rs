//! Commands that the service refuses, and replies that are none.

use serde_json::json;

use crate::program::{ACCOUNT, Console, USER};
use crate::service::{Reply, Service, TOKEN};

#[test]
fn a_missing_consent_is_asked_for_by_the_line_that_is_printed() {
    let service = Service::of_commands(|request| {
        if request.json()["command"] == "consent.request" {
            return Reply::json(200, &json!({"columns": [], "rows": []}));
        }
        let members = json!({
            "fields": ["transaction.amount", "transaction.name"],
            "resources": [ACCOUNT, USER],
            "user": USER,
        });
        Reply::problem(403, "consent-required", "A consent is missing.", &members)
    });
    let console = Console::signed_in(&service);
    let ended = console.run(&[
        "transaction",
        "list",
        USER,
        ACCOUNT,
        "--reveal",
        "transaction.amount",
    ]);
    assert_eq!((ended.code, &*ended.stdout), (1, ""));
    let line = ended
        .stderr
        .lines()
        .find(|line| line.contains("balance-console consent request"))
        .expect("the line that asks");
    assert_eq!(
        line.trim(),
        format!(
            "balance-console consent request {USER} --resource {ACCOUNT} --field \
             transaction.amount --field transaction.name --purpose 'Ada'\\''s transfer of 3 \
             March' --hours 24 --uses 3"
        )
    );
    let ended = console.paste(line);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let sent = service.commands().pop().unwrap().json();
    assert_eq!(sent["arguments"]["purpose"], "Ada's transfer of 3 March");
    assert_eq!(sent["arguments"]["resources"], json!([ACCOUNT]));
}

#[test]
fn nothing_of_a_reply_gets_into_a_line_to_be_pasted_unchecked() {
    let service = Service::of_commands(|_| {
        let members = json!({
            "fields": ["transaction.amount", "$(reboot)"],
            "resources": [ACCOUNT, "item_1; reboot"],
            "user": USER,
        });
        Reply::problem(403, "consent-required", "A consent is missing.", &members)
    });
    let ended = Console::signed_in(&service).run(&["transaction", "list", USER, ACCOUNT]);
    assert!(ended.stderr.contains("consent request"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("reboot"), "{}", ended.stderr);
}

#[test]
fn each_refusal_says_what_is_missing() {
    for (slug, members, words) in [
        (
            "consent-refused",
            json!({"state": "declined"}),
            "She declined",
        ),
        (
            "consent-refused",
            json!({"state": "exhausted"}),
            "no uses left",
        ),
        ("self-service", json!({}), "another operator"),
        ("role-insufficient", json!({}), "(employee)"),
        ("reveal-suspended", json!({}), "review list --pending"),
        (
            "validation",
            json!({"errors": [{"field": "limit", "code": "range", "message": "Too many."}]}),
            "limit: Too many.",
        ),
    ] {
        let service = Service::of_commands(move |_| {
            Reply::problem(403, slug, "As it was said\u{1b}.", &members)
        });
        let console = Console::signed_in(&service);
        let ended = console.run(&["user", "show", USER]);
        assert_eq!((ended.code, &*ended.stdout), (1, ""), "{slug}");
        assert!(
            ended.stderr.contains("As it was said\\u{1b}."),
            "{slug}: {}",
            ended.stderr
        );
        assert!(ended.stderr.contains(words), "{slug}: {}", ended.stderr);
        assert_eq!(console.run(&["whoami"]).code, 0, "{slug}: still signed in");
    }
}

#[test]
fn a_session_that_is_over_is_forgotten_and_the_next_sign_in_is_named() {
    let service =
        Service::of_commands(|_| Reply::problem(401, "unauthenticated", "Sign in.", &json!({})));
    let console = Console::signed_in(&service);
    let ended = console.run(&["user", "show", USER]);
    assert_eq!(ended.code, 1);
    let line =
        r"login --reason-type support --reason 'Ada'\''s transfer of 3 March' --ticket HELP-311";
    assert!(ended.stderr.contains(line), "{}", ended.stderr);
    assert!(!console.state().join("session.json").exists());
}

#[test]
fn what_is_no_reply_of_a_command_fails() {
    for reply in [
        Reply::bytes(200, "<html>"),
        Reply::bytes(502, "\u{1b}[2Jbad gateway"),
        Reply::bytes(
            200,
            format!("{}{}", r#"{"columns":[],"rows":[]}"#, " ".repeat(8 << 20)),
        ),
    ] {
        let service = Service::of_commands(move |_| reply.clone());
        let console = Console::signed_in(&service);
        for words in [&["keys", "status"][..], &["keys", "status", "--json"]] {
            let ended = console.run(words);
            assert_eq!((ended.code, &*ended.stdout), (1, ""), "{}", ended.stderr);
            assert!(!ended.stderr.contains('\u{1b}'), "{:?}", ended.stderr);
        }
    }
}

#[test]
fn json_of_another_shape_is_no_table() {
    let service = Service::of_commands(|_| Reply::bytes(200, "{\"columns\":1}"));
    let ended = Console::signed_in(&service).run(&["keys", "status"]);
    assert_eq!((ended.code, &*ended.stdout), (1, ""), "{}", ended.stderr);
}

#[test]
fn a_token_follows_no_redirect_and_goes_to_no_other_origin() {
    for status in [302, 303, 307, 308] {
        let other = Service::start(|_| Reply::json(200, &json!({"columns": [], "rows": []})));
        let elsewhere = format!("{}/v1/operator/commands", other.origin());
        let service =
            Service::of_commands(move |_| Reply::empty(status).with("location", elsewhere.clone()));
        let console = Console::signed_in(&service);
        assert_eq!(console.run(&["keys", "status"]).code, 1);
        let ended = console.run(&["keys", "status", "--origin", &other.origin()]);
        assert_eq!(ended.code, 1);
        assert!(
            ended.stderr.contains("you are signed in at"),
            "{}",
            ended.stderr
        );
        assert!(other.requests().is_empty());
        assert_eq!(service.commands().len(), 1);
    }
}

#[test]
fn a_proxy_does_not_get_the_token_of_a_loopback_origin() {
    let proxy = Service::start(|_| Reply::empty(200));
    let service = Service::of_commands(|_| Reply::json(200, &json!({"columns": [], "rows": []})));
    let console = Console::signed_in(&service);
    let line = format!(
        "ALL_PROXY={0} HTTP_PROXY={0} http_proxy={0} balance-console keys status",
        proxy.origin()
    );
    let ended = console.paste(&line);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(proxy.requests().is_empty());
    let sent = service.commands().pop().unwrap();
    assert_eq!(
        sent.field("authorization"),
        Some(&*format!("Bearer {TOKEN}"))
    );
}
