//! The command as a parent process sees it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

struct Running {
    child: Child,
    announced: Value,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

fn start(arguments: &[&str]) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sandbox"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let stdout = child.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    Running {
        child,
        announced: serde_json::from_str(&line).unwrap(),
    }
}

#[test]
fn it_announces_three_urls_and_ends_well_on_sigterm() {
    let mut running = start(&["--seed", "5", "--today", "2026-02-03"]);
    for name in ["plaid", "pwned", "mailbox"] {
        let url = running.announced[name].as_str().unwrap();
        assert!(url.starts_with("http://127.0.0.1:"));
    }
    assert_eq!(running.announced["seed"], 5);
    assert_eq!(running.announced["today"], "2026-02-03");
    let id = running.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert!(running.child.wait().unwrap().success());
}

#[test]
fn it_ends_when_its_parent_lets_go_of_stdin_if_told_to() {
    let mut running = start(&["--exit-with-parent"]);
    drop(running.child.stdin.take());
    assert!(running.child.wait().unwrap().success());
}

#[test]
fn an_unknown_option_is_refused_with_the_usage() {
    let output = Command::new(env!("CARGO_BIN_EXE_sandbox"))
        .arg("--plaid-prot=1")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("--plaid-prot") && words.contains("--plaid-port"));
}
