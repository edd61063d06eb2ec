//! What is typed wrongly is never sent; `--help` teaches.

use serde_json::json;

use crate::program::{ACCOUNT, Console, LOGIN, USER};
use crate::service::{Reply, Service};

#[test]
fn what_cannot_be_taken_exits_2_and_sends_nothing() {
    let service = Service::of_commands(|_| Reply::json(200, &json!({"columns": [], "rows": []})));
    let console = Console::signed_in(&service);
    let before = service.requests().len();
    let request = format!("consent request {USER} --resource {ACCOUNT}");
    let items: Vec<_> = (0..32)
        .map(|n| format!("--resource item_{n:032x}"))
        .collect();
    let cases = [
        "nonsense".to_owned(),
        "user".to_owned(),
        "user nonsense".to_owned(),
        "user show".to_owned(),
        "user show usr_1".to_owned(),
        format!("user show {}", USER.to_uppercase()),
        format!("user show {ACCOUNT}"),
        format!("user show {USER} {USER}"),
        format!("user show {USER} --nonsense"),
        format!("user show {USER} -x"),
        format!("user show {USER} --consent {USER}"),
        "user find ada".to_owned(),
        "user find ada@example.com --consent cns_0199c1f2b7a47d3c8e5f60718293a4b5".to_owned(),
        format!("transaction list {USER} {ACCOUNT} --limit 0"),
        format!("transaction list {USER} {ACCOUNT} --limit 101"),
        format!("transaction list {USER} {ACCOUNT} --limit -1"),
        format!("transaction list {USER} {ACCOUNT} --limit 5 --limit 6"),
        format!("transaction list {USER} {ACCOUNT} --limit"),
        format!("transaction list {USER} {ACCOUNT} --reveal=yes"),
        "session revoke ses_01a203df582374e483c2dfc7818c8ec2".to_owned(),
        "operator grant g@example.com --name G --role king".to_owned(),
        "review decide cse_0199c1f2b7a47d3c8e5f60718293a4b9 maybe".to_owned(),
        "keys status --origin http://balance.example".to_owned(),
        "audit verify --key nonsense".to_owned(),
        "audit nonsense".to_owned(),
        format!("{request} --field user.name --purpose x --hours 73 --uses 1"),
        format!("{request} --field user.name --purpose x --hours 1 --uses 0"),
        format!("{request} --field user.password --purpose x --hours 1 --uses 1"),
        format!(
            "{request} --field user.name --purpose x --hours 1 --uses 1 {}",
            items.join(" ")
        ),
        format!("{request} --purpose x --hours 1 --uses 1"),
        format!("{request} --field user.name --purpose a\u{202e}b --hours 1 --uses 1"),
        format!(
            "{request} --field user.name --purpose {} --hours 1 --uses 1",
            "x".repeat(501)
        ),
    ];
    for line in cases {
        let ended = console.paste(&format!("balance-console {line}"));
        assert_eq!(ended.code, 2, "{line}: {}", ended.stderr);
        assert_eq!(ended.stdout, "", "{line}");
        assert!(ended.stderr.contains("--help"), "{line}: {}", ended.stderr);
    }
    assert_eq!(service.requests().len(), before);
}

#[test]
fn a_sign_in_has_a_reason_a_ticket_and_an_origin_that_is_not_in_the_clear() {
    let console = Console::at("https://balance.example");
    let changed = |at: usize, value: &str| {
        let mut words = LOGIN.map(str::to_owned);
        words[at] = value.to_owned();
        words
    };
    for words in [
        changed(2, "curiosity"),
        changed(4, " "),
        changed(4, &"x".repeat(501)),
        changed(4, "two\nlines"),
        changed(6, ""),
        changed(6, "two words"),
        changed(6, "Ünicode"),
        changed(6, &"x".repeat(65)),
        changed(7, "--origin=http://balance.example"),
        changed(7, "--origin=balance.example"),
        changed(7, "--json"),
    ] {
        let words = words.each_ref().map(String::as_str);
        let ended = console.run(&words);
        assert_eq!(ended.code, 2, "{words:?}: {}", ended.stderr);
    }
}

#[test]
fn every_command_explains_itself_by_an_example_that_it_takes() {
    let service = Service::of_commands(|_| Reply::json(200, &json!({"columns": [], "rows": []})));
    let console = Console::signed_in(&service);
    let overview = console.run(&["--help"]);
    assert_eq!(overview.code, 0);
    let (_, listed) = overview.stdout.split_once("\n  user find").unwrap();
    let (listed, _) = listed.split_once("\nEvery command").unwrap();
    let listed = format!("  user find{listed}");
    let names: Vec<Vec<&str>> = listed
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.split_ascii_whitespace().take(2).collect())
        .collect();
    assert_eq!(names.len(), 23, "{names:?}");
    for pair in names {
        let [noun, verb] = pair[..] else {
            panic!("{pair:?}");
        };
        let help = console.run(&[noun, verb, "--help"]);
        assert_eq!(help.code, 0);
        for word in ["reads ", "changes ", "sensitive ", "Usage:"] {
            assert!(help.stdout.contains(word), "{}", help.stdout);
        }
        assert_eq!(console.run(&["help", noun, verb]).stdout, help.stdout);
        assert!(console.run(&[noun, "--help"]).stdout.contains(verb));
        let (_, example) = help.stdout.split_once("Example:\n").unwrap();
        let ended = console.paste(example.trim());
        assert_eq!(ended.code, 0, "{example}: {}", ended.stderr);
        let sent = service.commands().pop().unwrap().json();
        assert_eq!(sent["command"], format!("{noun}.{verb}"));
    }
    for own in ["login", "whoami", "logout"] {
        assert!(console.run(&[own, "--help"]).stdout.contains("Usage:"));
    }
}
