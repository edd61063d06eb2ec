//! Instances in the real runtime: side by side, through a crash, and gone without a trace.
//! Needs what `cargo xtask build` makes.

#![allow(
    clippy::panic,
    reason = "a failure to start is shown with its log, not with Debug"
)]

use std::net::TcpStream;

use stack::{Stack, StackError, StackOptions};

fn start(options: StackOptions) -> Stack {
    match Stack::start(options) {
        Ok(stack) => stack,
        Err(error) => panic!("{error}"),
    }
}

/// Whether somebody listens where this URL points.
fn listens(url: &str) -> bool {
    let address = url
        .trim_start_matches("http://")
        .replace("localhost", "127.0.0.1");
    TcpStream::connect(address).is_ok()
}

#[test]
fn two_instances_run_side_by_side_and_end_with_their_owner() {
    let (one, other) = (
        start(StackOptions::default()),
        start(StackOptions::default()),
    );
    assert_ne!(one.origin(), other.origin());
    let urls = [&one, &other].map(|stack| {
        [
            stack.origin(),
            stack.plaid_url().into(),
            stack.pwned_url().into(),
            stack.s3_url().into(),
            stack.mailbox_url().into(),
        ]
    });
    assert!(urls.iter().flatten().all(|url| listens(url)), "{urls:?}");
    let folder = one.persist_dir().to_owned();
    assert!(folder.join("state/v3/d1").exists());
    drop((one, other));
    assert!(!urls.iter().flatten().any(|url| listens(url)), "{urls:?}");
    assert!(!folder.exists());
}

#[test]
fn a_killed_worker_comes_back_on_the_same_address_and_state() {
    let mut stack = start(StackOptions::default());
    let (origin, mailbox) = (stack.origin(), stack.mailbox_url().to_owned());
    let marker = stack.persist_dir().join("state/marker");
    std::fs::write(&marker, "").unwrap();
    stack.kill_worker().unwrap();
    assert!(!listens(&origin));
    assert!(listens(&mailbox));
    stack.restart_worker().unwrap();
    assert_eq!(stack.origin(), origin);
    assert!(listens(&origin) && marker.exists());
}

#[test]
fn a_worker_that_refuses_its_configuration_says_so_instead_of_starting() {
    let options = StackOptions {
        sandbox: false,
        ..StackOptions::default()
    }
    .var("KEYRING", "nonsense");
    let mut stack = start(StackOptions {
        healthy: false,
        ..options
    });
    assert!(stack.ended().is_none());
    stack.wait_for_log("KEYRING:").unwrap();
    stack.set_var("KEYRING", stack::TEST_KEYRING);
    stack.restart_worker().unwrap();
}

#[test]
fn a_folder_serves_one_instance_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let options = StackOptions {
        persist: Some(folder.path().to_owned()),
        sandbox: false,
        ..StackOptions::default()
    };
    let first = start(options.clone());
    assert!(matches!(
        Stack::start(options.clone()),
        Err(StackError::Busy(_))
    ));
    first.stop();
    start(options);
}

#[test]
fn plaids_own_schema_stands_between_the_worker_and_the_stand_in() {
    let Some(vectors) = std::env::var_os("BALANCE_VECTORS") else {
        println!("skipped: BALANCE_VECTORS names no folder with plaid-openapi-slice.json");
        return;
    };
    let slice = std::path::Path::new(&vectors).join("plaid-openapi-slice.json");
    let stack = start(StackOptions {
        plaid_contract: Some(slice),
        ..StackOptions::default()
    });
    let vars = std::fs::read_to_string(stack.persist_dir().join(".dev.vars")).unwrap();
    let upstream = vars
        .lines()
        .rfind(|line| line.starts_with("PLAID_BASE_URL="))
        .unwrap();
    let upstream = upstream
        .trim_start_matches("PLAID_BASE_URL=")
        .trim_matches('\'');
    assert_ne!(upstream, stack.plaid_url());
    assert!(listens(upstream));
}
