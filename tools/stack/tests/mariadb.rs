//! The private database server, started and restarted.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

use std::io::Read as _;
use std::os::unix::net::UnixStream;
use std::path::Path;

use stack::{MariaDb, OfflineMariaDb};

/// The first packet of a connection.
fn greeting(server: &MariaDb) -> Vec<u8> {
    let mut stream = UnixStream::connect(server.socket()).unwrap();
    let mut header = [0; 4];
    stream.read_exact(&mut header).unwrap();
    let mut packet = vec![0; usize::from(header[0])];
    stream.read_exact(&mut packet).unwrap();
    packet
}

#[test]
fn it_comes_up_on_an_empty_folder_and_again_on_what_a_crash_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = MariaDb::start(folder.path()).unwrap();
    assert!(greeting(&server).starts_with(&[10]));
    server.kill();
    assert!(UnixStream::connect(server.socket()).is_err());
    let again = MariaDb::start(folder.path()).unwrap();
    assert!(greeting(&again).starts_with(&[10]));
    again.stop();
}

#[test]
fn two_of_them_do_not_meet_and_the_socket_is_short_however_deep_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("d".repeat(100)).join("e".repeat(100));
    let first = MariaDb::start(&deep).unwrap();
    let second = MariaDb::start(&folder.path().join("other")).unwrap();
    assert_ne!(first.socket(), second.socket());
    assert!(first.socket().as_os_str().len() <= 107);
}

/// What is in the one file that a statement wrote.
fn selected(server: &OfflineMariaDb, folder: &Path, sql: &str) -> String {
    let file = folder.join("selected");
    let statement = format!("{sql} INTO OUTFILE '{}'", file.display());
    server.run(&[statement]).unwrap();
    std::fs::read_to_string(&file).unwrap()
}

#[test]
fn what_was_written_offline_is_in_a_copy_of_the_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let schema = ["CREATE DATABASE d", "CREATE TABLE d.t (a VARBINARY(9))"].map(String::from);
    let offline = OfflineMariaDb::at(&data).unwrap();
    offline.run(&schema).unwrap();
    offline
        .run(&["INSERT INTO d.t VALUES ('kept')".into()])
        .unwrap();

    let running = MariaDb::start(folder.path()).unwrap();
    let copy = tempfile::tempdir().unwrap();
    running.copy_to(copy.path()).unwrap();
    // Held only as long as that.
    assert!(greeting(&running).starts_with(&[10]));
    let copied = OfflineMariaDb::at(&copy.path().join("data")).unwrap();
    assert_eq!(
        selected(&copied, copy.path(), "SELECT a FROM d.t"),
        "kept\n"
    );
    running.stop();
}

#[test]
fn a_statement_that_is_refused_offline_is_told() {
    let data = tempfile::tempdir().unwrap();
    let server = OfflineMariaDb::at(data.path()).unwrap();
    let refused = server
        .run(&["SELECT absent FROM nowhere.t".into()])
        .unwrap_err();
    assert!(refused.to_string().contains("nowhere"), "{refused}");
}
