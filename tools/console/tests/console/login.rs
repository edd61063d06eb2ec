//! Signing in through the browser, and out.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::program::{Console, LOGIN, SigningIn, USER};
use crate::service::{Reply, Service, TOKEN, session};

fn service() -> Service {
    Service::of_commands(|_| Reply::json(200, &json!({"columns": [], "rows": []})))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_browser_carries_a_challenge_and_the_console_shows_its_verifier() {
    let service = service();
    let console = Console::of(&service);
    let waiting = console.login();
    let page = waiting.page.clone();
    let fragment = waiting.fragment();
    assert!(
        page.starts_with(&format!("{}/operator/login#", service.origin())),
        "{page}"
    );
    assert!(
        page.contains("reason=Ada%27s%20transfer%20of%203%20March"),
        "{page}"
    );
    for (name, value) in [
        ("reason_type", "support"),
        ("reason", "Ada's transfer of 3 March"),
        ("ticket", "HELP-311"),
    ] {
        assert_eq!(fragment[name], value);
    }
    let ended = waiting.come_back(|_| {}).end();
    assert_eq!((ended.code, &*ended.stdout), (0, ""), "{}", ended.stderr);

    let [exchange] = &service.requests()[..] else {
        panic!("one request: {:?}", service.requests());
    };
    let body = exchange.json();
    assert_eq!(body["code"], "the-code");
    let verifier = body["code_verifier"].as_str().unwrap();
    assert_eq!(verifier.len(), 43);
    assert_eq!(
        fragment["code_challenge"],
        URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
    );
    assert!(!page.contains(verifier), "the verifier stays here");
    assert_eq!(exchange.field("authorization"), None);
}

#[test]
fn the_token_is_in_a_file_of_the_operator_alone() {
    let console = Console::signed_in(&service());
    let file = console.state().join("session.json");
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(&console.state()), 0o700);
    assert!(fs::read_to_string(file).unwrap().contains(TOKEN));
}

#[test]
fn a_file_that_others_can_read_is_not_used() {
    let service = service();
    let console = Console::signed_in(&service);
    let file = console.state().join("session.json");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let ended = console.run(&["user", "show", USER]);
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains("others can read"), "{}", ended.stderr);
    assert!(service.commands().is_empty());
}

#[test]
fn another_state_is_refused_and_its_code_goes_nowhere() {
    let service = service();
    for change in [
        |query: &mut String| *query = query.replace("state=", "state=x"),
        |query: &mut String| *query = "code=the-code".to_owned(),
        |query: &mut String| query.push_str("&state=another"),
        |query: &mut String| {
            query.pop();
        },
    ] {
        let console = Console::of(&service);
        let ended = console.login().come_back(change).end();
        assert_eq!(ended.code, 1);
        assert!(ended.stderr.contains("refused"), "{}", ended.stderr);
        assert!(!console.state().join("session.json").exists());
    }
    assert!(service.requests().is_empty());
}

#[test]
fn what_is_no_callback_is_turned_away_and_does_not_end_the_wait() {
    let console = Console::of(&service());
    let waiting = console.login();
    // As browsers open them ahead.
    let silent = waiting.connect();
    let state = waiting.fragment().remove("state").unwrap();
    for (request, status) in [
        ("GET /favicon.ico HTTP/1.1\r\n\r\n".to_owned(), "404"),
        (
            format!("POST /callback?code=a&state={state} HTTP/1.1\r\n\r\n"),
            "404",
        ),
        (
            format!("GET /callback/?code=a&state={state} HTTP/1.1\r\n\r\n"),
            "404",
        ),
    ] {
        let reply = waiting.send(&request);
        assert!(reply.starts_with(&format!("HTTP/1.1 {status} ")), "{reply}");
    }
    let mut long = waiting.connect();
    let endless = format!("GET /callback?code=a&state={state}&x=");
    long.write_all(endless.as_bytes()).unwrap();
    // The other side ends it, with or without an answer.
    let is_ended = (0..10_000).any(|_| long.write_all(&[b'x'; 1_024]).is_err());
    assert!(is_ended, "ten megabytes were taken");
    let ended = waiting.come_back(|_| {}).end();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    drop(silent);
}

/// A folder whose `xdg-open` is this program. A link: a file that was just written cannot be
/// run while another thread, as it starts a program, has it open.
fn browser(program: impl AsRef<Path>) -> TempDir {
    let folder = TempDir::new().unwrap();
    symlink(program, folder.path().join("xdg-open")).unwrap();
    folder
}

#[test]
#[cfg(not(target_os = "macos"))]
fn the_page_is_opened_in_the_browser_and_not_printed() {
    let console = Console::of(&service());
    let noting = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/console/browser/xdg-open");
    let folder = browser(noting);
    let pipe = folder.path().join("xdg-open.page");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let mut command = console.command(env!("CARGO_BIN_EXE_balance-console"));
    command.args(&LOGIN[..7]).env("PATH", folder.path());
    let ended = SigningIn::opened(&mut command, &pipe)
        .come_back(|_| {})
        .end();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        !ended.stderr.contains("#code_challenge"),
        "{}",
        ended.stderr
    );
}

#[test]
#[cfg(not(target_os = "macos"))]
fn where_there_is_no_browser_the_page_is_printed() {
    for folder in [TempDir::new().unwrap(), browser("/bin/false")] {
        let console = Console::of(&service());
        let mut command = console.command(env!("CARGO_BIN_EXE_balance-console"));
        command.args(&LOGIN[..7]).env("PATH", folder.path());
        let ended = SigningIn::start(&mut command).come_back(|_| {}).end();
        assert_eq!(ended.code, 0, "{}", ended.stderr);
    }
}

#[test]
fn a_refused_code_is_said_and_leaves_nobody_signed_in() {
    let service = Service::start(|_| {
        let detail = "You are no operator.\u{1b}[2J";
        Reply::problem(403, "not-an-operator", detail, &json!({}))
    });
    let console = Console::of(&service);
    let ended = console.login().come_back(|_| {}).end();
    assert_eq!(ended.code, 1);
    assert!(
        ended.stderr.contains("You are no operator.\\u{1b}[2J"),
        "{}",
        ended.stderr
    );
    assert!(!console.state().join("session.json").exists());
}

#[test]
fn a_reply_without_a_proper_token_is_no_session() {
    let service = Service::start(|_| {
        let mut reply = session();
        reply["token"] = "opc_short\r\nx: y".into();
        Reply::json(201, &reply)
    });
    let console = Console::of(&service);
    let ended = console.login().come_back(|_| {}).end();
    assert_eq!(ended.code, 1);
    assert!(!console.state().join("session.json").exists());
}

#[test]
fn whoami_says_who_and_why_until_it_is_over() {
    let console = Console::signed_in(&service());
    let ended = console.run(&["whoami"]);
    assert_eq!(ended.code, 0);
    for word in [
        "Grace Hopper",
        "employee",
        "Ada's transfer",
        "HELP-311",
        "left",
    ] {
        assert!(ended.stdout.contains(word), "{}", ended.stdout);
    }
    let over = Service::start(|_| {
        let mut reply = session();
        reply["expires_at"] = "2001-01-01T00:00:00Z".into();
        Reply::json(201, &reply)
    });
    let ended = Console::signed_in(&over).run(&["whoami"]);
    assert_eq!(ended.code, 1);
    assert!(ended.stdout.contains("over"), "{}", ended.stdout);
    assert_eq!(Console::of(&over).run(&["whoami"]).code, 1);
}

#[test]
fn logout_ends_the_session_there_and_here() {
    let service = service();
    let console = Console::signed_in(&service);
    assert_eq!(console.run(&["logout"]).code, 0);
    let last = service.requests().pop().unwrap();
    assert_eq!(
        (&*last.method, &*last.path),
        ("DELETE", "/v1/operator/sessions/current")
    );
    assert_eq!(
        last.field("authorization"),
        Some(&*format!("Bearer {TOKEN}"))
    );
    assert!(!console.state().join("session.json").exists());
    assert_eq!(console.run(&["user", "show", USER]).code, 1);
    assert!(service.commands().is_empty());
}

#[test]
fn logout_forgets_the_token_even_where_the_service_fails() {
    let service = Service::start(|request| match &*request.method {
        "POST" => Reply::json(201, &session()),
        _ => Reply::empty(500),
    });
    let console = Console::signed_in(&service);
    let ended = console.run(&["logout"]);
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains("forgotten"), "{}", ended.stderr);
    assert!(!console.state().join("session.json").exists());
}

#[test]
fn a_new_sign_in_ends_the_earlier_session() {
    let service = service();
    let console = Console::signed_in(&service);
    let ended = console.login().come_back(|_| {}).end();
    assert_eq!(ended.code, 0);
    let last = service.requests().pop().unwrap();
    assert_eq!(last.method, "DELETE");
}

#[test]
fn an_auditor_from_outside_signs_in_with_what_was_handed_over() {
    let service = service();
    let console = Console::of(&service);
    let ended = console.invited(&format!("  {TOKEN}\n"));
    assert_eq!((ended.code, &*ended.stdout), (0, ""), "{}", ended.stderr);
    assert!(ended.stderr.contains("auditor"), "{}", ended.stderr);
    assert_eq!(mode(&console.state().join("session.json")), 0o600);
    let ended = console.run(&["review", "list"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let sent = service.commands().pop().unwrap();
    assert_eq!(
        sent.field("authorization"),
        Some(&*format!("Bearer {TOKEN}"))
    );
}

#[test]
fn a_token_that_was_handed_over_outlives_the_console_s_forgetting_it() {
    let service = service();
    let console = Console::of(&service);
    console.invited(TOKEN);
    let ended = console.run(&["logout"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("stays good until"),
        "{}",
        ended.stderr
    );
    assert!(!console.state().join("session.json").exists());
    console.invited(TOKEN);
    let ended = console.login().come_back(|_| {}).end();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let ends = service.requests();
    assert!(ends.iter().all(|request| request.method != "DELETE"));
}

#[test]
fn what_is_no_token_or_comes_with_a_reason_is_not_sent() {
    let service = service();
    let console = Console::of(&service);
    for typed in ["", "opc_short", &TOKEN[4..], &format!("{TOKEN}x")] {
        assert_eq!(console.invited(typed).code, 2, "{typed}");
    }
    let ended = console.run(&["login", "--invited", "--ticket", "HELP-311"]);
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(service.requests().is_empty());
    let another = TOKEN.replace('A', "B");
    let ended = console.invited(&another);
    assert_eq!(ended.code, 1);
    assert!(
        ended.stderr.contains("its week is over"),
        "{}",
        ended.stderr
    );
    assert!(!console.state().join("session.json").exists());
}
