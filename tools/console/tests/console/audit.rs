//! The public log, verified: each way in which it could be falsified is found and named.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tlog::Checkpoint;

use crate::log::{Files, Published, entries, files, key, signed};
use crate::program::{Console, Ended};
use crate::service::{Reply, Service};

const SEED: u8 = 7;

fn verify(console: &Console) -> Ended {
    console.run(&["audit", "verify"])
}

/// A console that has seen 300 leaves of a log that holds.
fn seen() -> (Published, Console) {
    let log = Published::new(files(&entries(300), SEED));
    let console = Console::of(&log.service);
    let ended = verify(&console);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    (log, console)
}

/// What a look says of these files, after one at the log that holds; and that it keeps nothing
/// of them.
#[track_caller]
fn found(falsified: Files) -> String {
    let (log, console) = seen();
    log.publish(falsified);
    let ended = verify(&console);
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    assert!(!ended.stdout.contains("holds"), "{}", ended.stdout);
    log.publish(files(&entries(300), SEED));
    assert_eq!(verify(&console).code, 0, "what was kept is as it was");
    format!("{}{}", ended.stdout, ended.stderr)
}

fn edited(size: u64, index: usize) -> Vec<Vec<u8>> {
    let mut entries = entries(size);
    // The header's last letter.
    entries[index][15] ^= 1;
    entries
}

#[test]
fn a_log_that_grows_holds() {
    let (log, console) = seen();
    for size in [300, 301, 512, 65_537] {
        log.publish(files(&entries(size), SEED));
        let ended = verify(&console);
        assert_eq!(ended.code, 0, "{size}: {}", ended.stderr);
        assert!(
            ended.stdout.contains(&format!("{size} leaves")),
            "{}",
            ended.stdout
        );
        assert!(ended.stdout.contains("It begins with"), "{}", ended.stdout);
    }
}

#[test]
fn an_empty_log_holds() {
    let log = Published::new(files(&[], SEED));
    let console = Console::of(&log.service);
    assert_eq!(verify(&console).code, 0);
    log.publish(files(&entries(3), SEED));
    let ended = verify(&console);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
}

#[test]
fn the_first_look_names_the_key_and_one_from_elsewhere_is_held_to() {
    let log = Published::new(files(&entries(3), SEED));
    let console = Console::of(&log.service);
    let other = key(8).to_string();
    let ended = console.run(&["audit", "verify", "--key", &other]);
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains("wrong key"), "{}", ended.stderr);
    let ended = verify(&console);
    assert_eq!(ended.code, 0);
    assert!(
        ended.stderr.contains(&key(SEED).to_string()),
        "{}",
        ended.stderr
    );
    let ended = console.run(&["audit", "verify", "--key", &key(SEED).to_string()]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
}

#[test]
fn an_edited_entry_is_named_at_the_first_look_already() {
    let mut falsified = files(&entries(300), SEED);
    let bundle = files(&edited(300, 260), SEED)["tile/entries/001.p/44"].clone();
    falsified.insert("tile/entries/001.p/44".to_owned(), bundle);
    let log = Published::new(falsified.clone());
    let ended = verify(&Console::of(&log.service));
    assert_eq!(ended.code, 1);
    let words = "leaf 260: the entry is another than the one that was signed";
    assert!(ended.stdout.contains(words), "{}", ended.stdout);
    let said = found(falsified);
    assert!(
        said.contains("leaf 260 is another than the last time"),
        "{said}"
    );
}

#[test]
fn an_edited_entry_with_its_tile_is_named_by_what_was_seen() {
    let other = files(&edited(300, 5), SEED);
    let mut falsified = files(&entries(300), SEED);
    for path in ["tile/entries/000", "tile/0/000"] {
        falsified.insert(path.to_owned(), other[path].clone());
    }
    let said = found(falsified);
    assert!(
        said.contains("leaf 5 is another than the last time"),
        "{said}"
    );
    assert!(said.contains("leaves 0 to 255"), "{said}");
    assert!(said.contains("another root"), "{said}");
}

#[test]
fn a_tile_that_is_not_that_of_its_entries_is_named() {
    let mut falsified = files(&entries(300), SEED);
    falsified.get_mut("tile/0/000").unwrap()[32 * 9] ^= 1;
    let said = found(falsified);
    assert!(
        said.contains("leaf 9: the stored tile has another hash"),
        "{said}"
    );
}

#[test]
fn a_forked_checkpoint_of_the_same_size_is_found() {
    let said = found(files(&edited(300, 17), SEED));
    assert!(
        said.contains("a fork: two checkpoints of 300 leaves"),
        "{said}"
    );
    assert!(
        said.contains("leaf 17 is another than the last time"),
        "{said}"
    );
    assert_eq!(
        said.matches("balance.example/audit/log\n").count(),
        2,
        "both are shown: {said}"
    );
}

#[test]
fn a_fork_that_grew_since_is_found() {
    let said = found(files(&edited(400, 17), SEED));
    assert!(
        said.contains("a fork: the log of 400 leaves does not begin with the 300"),
        "{said}"
    );
    assert!(
        said.contains("leaf 17 is another than the last time"),
        "{said}"
    );
}

#[test]
fn a_removed_and_a_moved_entry_are_found() {
    let mut removed = entries(301);
    removed.remove(40);
    let said = found(files(&removed, SEED));
    assert!(
        said.contains("leaf 40 is another than the last time"),
        "{said}"
    );
    assert!(said.contains("… and 250 more"), "{said}");
    let mut moved = entries(300);
    moved.swap(40, 41);
    let said = found(files(&moved, SEED));
    assert!(
        said.contains("leaf 40 is") && said.contains("leaf 41 is"),
        "{said}"
    );
}

#[test]
fn a_shrunken_log_is_found() {
    let said = found(files(&entries(299), SEED));
    assert!(
        said.contains("the log shrank: it has 299 leaves, and had 300"),
        "{said}"
    );
    let said = found(files(&[], SEED));
    assert!(said.contains("the log shrank: it has 0 leaves"), "{said}");
}

#[test]
fn another_key_is_refused() {
    let said = found(files(&entries(300), 8));
    assert!(said.contains("wrong key"), "{said}");
    let mut falsified = files(&entries(300), 8);
    let own = files(&entries(300), SEED)["key"].clone();
    falsified.insert("key".to_owned(), own);
    let said = found(falsified);
    assert!(said.contains("not signed with the log's key"), "{said}");
}

#[test]
fn a_signature_of_another_text_does_not_hold() {
    let mut falsified = files(&entries(300), SEED);
    let note = String::from_utf8(falsified["checkpoint"].clone()).unwrap();
    let other = note.replacen("\n300\n", "\n301\n", 1);
    assert_ne!(note, other);
    falsified.insert("checkpoint".to_owned(), other.into_bytes());
    let said = found(falsified);
    assert!(said.contains("signature does not hold"), "{said}");
}

#[test]
fn a_checkpoint_of_another_log_is_refused() {
    let mut falsified = files(&entries(300), SEED);
    let note = String::from_utf8(falsified["checkpoint"].clone()).unwrap();
    let (text, _) = note.split_once("\n\n").unwrap();
    let mut checkpoint = Checkpoint::parse(&format!("{text}\n")).unwrap();
    checkpoint.origin = "balance.example/another".to_owned();
    falsified.insert("checkpoint".to_owned(), signed(&checkpoint, SEED));
    let said = found(falsified);
    assert!(said.contains("of another log"), "{said}");
}

#[test]
fn what_is_missing_or_cut_off_is_named() {
    for path in [
        "tile/entries/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "key",
    ] {
        let mut falsified = files(&entries(300), SEED);
        falsified.remove(path);
        let said = found(falsified);
        assert!(said.contains(path), "{path}: {said}");
    }
    for path in ["tile/entries/000", "tile/0/001.p/44"] {
        let mut falsified = files(&entries(300), SEED);
        falsified.get_mut(path).unwrap().pop();
        let said = found(falsified);
        assert!(said.contains(path), "{path}: {said}");
    }
}

#[test]
fn what_is_kept_is_kept_for_each_origin() {
    let (_, console) = seen();
    let other = Published::new(files(&edited(300, 0), 8));
    let origin = other.service.origin();
    let ended = console.run(&["audit", "verify", "--origin", &origin]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(verify(&console).code, 0);
}

#[test]
fn a_reader_that_is_too_fast_waits_as_it_is_told() {
    let log = files(&entries(3), SEED);
    let asked = AtomicUsize::new(0);
    let service = Service::start(move |request| {
        if asked.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) {
            return Reply::empty(429).with("retry-after", "0");
        }
        let path = request.path.strip_prefix("/audit/log/").unwrap();
        Reply::bytes(200, log[path].clone())
    });
    let ended = verify(&Console::of(&service));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
}

#[test]
fn the_status_is_shown_and_its_json_passed_on() {
    let body = json!({
        "sessions": 12,
        "unreviewed": 1,
        "oldest_unreviewed_at": null,
        "overdue": false,
        "reveal": "on\u{1b}",
        "checkpoint_size": 99,
    });
    let reply = body.to_string();
    let service = Service::start(move |_| Reply::json(200, &body));
    let console = Console::of(&service);
    let ended = console.run(&["audit", "status"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        ended.stdout.contains("not reviewed yet               1\n"),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.contains("on\\u{1b}\n"), "{}", ended.stdout);
    let ended = console.run(&["audit", "status", "--json"]);
    assert_eq!(ended.stdout, format!("{reply}\n"));
    let asked = service.requests();
    assert!(
        asked
            .iter()
            .all(|it| it.path == "/audit/status" && it.field("authorization").is_none())
    );
}
