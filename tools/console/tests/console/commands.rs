//! Commands of the closed set that run: what is sent, and what is shown.

use serde_json::{Value, json};

use crate::program::{ACCOUNT, Console, USER};
use crate::service::{Reply, Service, TOKEN};

fn nothing() -> Value {
    json!({"columns": [{"name": "id", "field": null}], "rows": [], "masked": [], "next_cursor": null, "leaf": 41})
}

#[test]
#[allow(clippy::too_many_lines)] // a case for each command
fn each_command_sends_its_name_and_its_arguments() {
    let service = Service::of_commands(|_| Reply::json(200, &nothing()));
    let console = Console::signed_in(&service);
    let item = "item_01a203df58237212995e612c1c533cad";
    let consent = "cns_0199c1f2b7a47d3c8e5f60718293a4b5";
    let operator = "opr_0199c1f2b7a47d3c8e5f60718293a4b7";
    let session = "ses_01a203df582374e483c2dfc7818c8ec2";
    let reviewed = "cse_0199c1f2b7a47d3c8e5f60718293a4b9";
    let cases = [
        (
            "user find ada@example.com".to_owned(),
            json!({"email": "ada@example.com"}),
        ),
        (format!("user show {USER}"), json!({"user": USER})),
        (format!("user delete {USER}"), json!({"user": USER})),
        (
            format!("user delete {USER} --proposal prp_1"),
            json!({"user": USER, "proposal": "prp_1"}),
        ),
        (format!("item list {USER}"), json!({"user": USER})),
        (format!("item status {item}"), json!({"item": item})),
        (format!("item resync {item}"), json!({"item": item})),
        (
            format!("transaction list {USER} {ACCOUNT} --limit 7"),
            json!({"user": USER, "account": ACCOUNT, "limit": 7}),
        ),
        (format!("subscription show {USER}"), json!({"user": USER})),
        (format!("session list {USER}"), json!({"user": USER})),
        (
            format!("session revoke {session} --user {USER}"),
            json!({"session": session, "user": USER}),
        ),
        (
            format!(
                "consent request {USER} --resource {ACCOUNT} --field transaction.amount --resource {item} \
                 --field transaction.date --purpose ' We look for it. ' --hours 24 --uses 3"
            ),
            json!({
                "user": USER,
                "resources": [ACCOUNT, item],
                "fields": ["transaction.amount", "transaction.date"],
                "purpose": "We look for it.",
                "hours": 24,
                "uses": 3,
            }),
        ),
        (
            format!("consent show {consent}"),
            json!({"consent": consent}),
        ),
        ("operator list".to_owned(), json!({})),
        (
            "operator grant g@example.com --name 'Grace H' --role auditor".to_owned(),
            json!({"email": "g@example.com", "name": "Grace H", "role": "auditor"}),
        ),
        (
            format!("operator revoke {operator}"),
            json!({"operator": operator}),
        ),
        ("review list".to_owned(), json!({})),
        (
            "review list --sensitive --pending --cursor=abc".to_owned(),
            json!({"sensitive": true, "pending": true, "cursor": "abc"}),
        ),
        (
            format!("review show {reviewed}"),
            json!({"session": reviewed}),
        ),
        (
            format!("review decide {reviewed} flagged --note why"),
            json!({"session": reviewed, "decision": "flagged", "note": "why"}),
        ),
        ("review changes".to_owned(), json!({})),
        (
            "review changes --week 2026-11-16 --cursor 311".to_owned(),
            json!({"week": "2026-11-16", "cursor": "311"}),
        ),
        (
            "auditor invite 'J. Doe'".to_owned(),
            json!({"name": "J. Doe"}),
        ),
        ("keys status".to_owned(), json!({})),
        (format!("keys rotate {USER}"), json!({"user": USER})),
        (
            format!("keys rotate {USER} --cursor txn:0199c1f2b7a47d3c8e5f60718293a4b9"),
            json!({"user": USER, "cursor": "txn:0199c1f2b7a47d3c8e5f60718293a4b9"}),
        ),
        (
            "keys rewrap --cursor abc".to_owned(),
            json!({"cursor": "abc"}),
        ),
    ];
    for (line, arguments) in cases {
        let ended = console.paste(&format!("balance-console {line}"));
        assert_eq!(ended.code, 0, "{line}: {}", ended.stderr);
        let sent = service.commands().pop().unwrap();
        let words: Vec<_> = line.split(' ').take(2).collect();
        let expected = json!({"command": words.join("."), "arguments": arguments});
        assert_eq!(sent.json(), expected, "{line}");
        assert_eq!(
            sent.field("authorization"),
            Some(&*format!("Bearer {TOKEN}"))
        );
        assert_eq!(sent.field("content-type"), Some("application/json"));
    }
}

#[test]
fn a_consent_goes_with_the_commands_that_show_sensitive_fields() {
    let service = Service::of_commands(|_| Reply::json(200, &nothing()));
    let console = Console::signed_in(&service);
    let consent = "cns_0199c1f2b7a47d3c8e5f60718293a4b5";
    for words in [
        &["user", "show", USER][..],
        &["session", "list", USER],
        &["item", "list", USER],
        &["transaction", "list", USER, ACCOUNT],
        &["subscription", "show", USER],
    ] {
        let reveal = ["--consent", consent, "--reveal", "user.email"];
        let ended = console.run(&[words, &reveal].concat());
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        let sent = service.commands().pop().unwrap().json();
        assert_eq!(sent["consent"], consent);
        assert_eq!(sent["reveal"], json!(["user.email"]));
    }
}

#[test]
fn rows_are_a_table_on_standard_output_and_notes_are_not() {
    let service = Service::of_commands(|_| {
        Reply::json(
            200,
            &json!({
                "command": "transaction.list",
                "columns": [
                    {"name": "id", "field": null},
                    {"name": "amount", "field": "transaction.amount"},
                    {"name": "pending", "field": null},
                ],
                "rows": [
                    {"id": "txn_1", "amount": "••••", "pending": false},
                    {"id": "txn_22", "amount": null, "pending": true},
                ],
                "masked": ["transaction.amount"],
                "next_cursor": "it's \u{1b}more",
                "leaf": 41,
            }),
        )
    });
    let ended = Console::signed_in(&service).run(&["transaction", "list", USER, ACCOUNT]);
    assert_eq!(ended.code, 0);
    let table = "\
ID      AMOUNT  PENDING
txn_1   ••••    false
txn_22  –       true
";
    assert_eq!(ended.stdout, table);
    for note in [
        "2 rows",
        "leaf 41",
        "transaction.amount",
        r"--cursor 'it'\''s \u{1b}more'",
    ] {
        assert!(ended.stderr.contains(note), "{note}: {}", ended.stderr);
    }
}

#[test]
fn a_transaction_cannot_write_on_the_terminal() {
    let hostile = "Rent\r\u{1b}[1A\u{1b}[2K\u{9b}31m\u{202e}\n\u{7}$0.00";
    let service = Service::of_commands(move |_| {
        Reply::json(
            200,
            &json!({
                "columns": [{"name": "id"}, {"name": "name"}],
                "rows": [{"id": "txn_1", "name": hostile}],
                "masked": [hostile],
                "next_cursor": hostile,
            }),
        )
    });
    let ended = Console::signed_in(&service).run(&["transaction", "list", USER, ACCOUNT]);
    assert_eq!(ended.code, 0);
    assert_eq!(ended.stdout.lines().count(), 2, "{:?}", ended.stdout);
    let harmless = |c: char| c == '\n' || !(c.is_control() || c == '\u{202e}');
    assert!(ended.stdout.chars().all(harmless), "{:?}", ended.stdout);
    assert!(ended.stderr.chars().all(harmless), "{:?}", ended.stderr);
    assert!(
        ended.stdout.contains(r"Rent\r\u{1b}[1A"),
        "{}",
        ended.stdout
    );
}

#[test]
fn json_is_the_reply_byte_for_byte() {
    let body = "{ \"rows\":[{\"b\":1.50,  \"a\":\"\\u00e9 東\u{202e}\"}],\n\"columns\":[] }";
    let service = Service::of_commands(move |_| Reply::bytes(200, body));
    let ended = Console::signed_in(&service).run(&["user", "show", USER, "--json"]);
    assert_eq!((ended.code, ended.stdout), (0, format!("{body}\n")));
    let refused = r#"{"type":"/problems/self-service","status":403}"#;
    let service = Service::of_commands(move |_| Reply::bytes(403, refused));
    let ended = Console::signed_in(&service).run(&["user", "show", USER, "--json"]);
    assert_eq!((ended.code, ended.stdout), (1, format!("{refused}\n")));
}

#[test]
fn a_proposal_names_the_line_that_confirms_it() {
    let service = Service::of_commands(|_| {
        let columns = json!([{"name": "proposal"}]);
        Reply::json(
            200,
            &json!({"columns": columns, "rows": [{"proposal": "prp_42"}]}),
        )
    });
    let console = Console::signed_in(&service);
    let ended = console.run(&["user", "delete", USER]);
    let line = format!("balance-console user delete {USER} --proposal prp_42");
    assert!(ended.stderr.contains(&line), "{}", ended.stderr);
    let ended = console.paste(&line);
    assert!(!ended.stderr.contains("--proposal"), "{}", ended.stderr);
    let sent = service.commands().pop().unwrap().json();
    assert_eq!(sent["arguments"]["proposal"], "prp_42");
}
