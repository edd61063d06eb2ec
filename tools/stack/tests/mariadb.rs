//! The private database server, started and restarted.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

use std::io::Read as _;
use std::os::unix::net::UnixStream;

use stack::MariaDb;

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
