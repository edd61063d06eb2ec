//! The audit log: a stranger verifies it from its public files alone; the person it is
//! about sees what it says of her, with proofs.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use end_to_end::{Mirror, Person};
use serde_json::{Value, json};
use tlog::{Hash, Part, consistency_proof, leaf_hash, verify_consistency, verify_inclusion};

use super::{app, at_once};

const PATH: &str = "/v1/me/access-log";

/// What she sees, each with the head that its proof leads to.
fn entries(person: &Person) -> Vec<Value> {
    let list = person.get(PATH).expect(200);
    let mut entries = list["data"].as_array().unwrap().clone();
    for entry in &mut entries {
        entry["head"] = json!({"size": list["size"], "root": list["root"]});
    }
    entries
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap()
}

/// What everyone can read once the minute is over.
fn mirror() -> Mirror {
    app().sweep();
    app().audit_log().verified().unwrap()
}

/// Holds an entry of hers to the log as a stranger has it, which others may have made
/// longer since.
fn assert_proven(entry: &Value, mirror: &Mirror) {
    let index = entry["index"].as_u64().unwrap();
    let proof = &entry["proof"];
    let leaf = &mirror.leaves[usize::try_from(index).unwrap()];
    assert_eq!(text(proof, "leaf").as_bytes(), leaf);
    let said = mirror.entry(index);
    assert_eq!(entry["kind"], said.kind.name());
    let salt: [u8; 32] = STANDARD
        .decode(text(proof, "salt"))
        .unwrap()
        .try_into()
        .unwrap();
    let body = text(proof, "body");
    assert!(said.holds(Part::Person, &salt, body.as_bytes()));
    assert_eq!(entry["event"], serde_json::from_str::<Value>(body).unwrap());
    let hashes = proof["inclusion"].as_array().unwrap().iter();
    let hashes: Vec<Hash> = hashes
        .map(|hash| Hash::from_base64(hash.as_str().unwrap()).unwrap())
        .collect();
    let size = entry["head"]["size"].as_u64().unwrap();
    let root = Hash::from_base64(text(&entry["head"], "root")).unwrap();
    assert_eq!(mirror.tiles.root(size), Some(root));
    verify_inclusion(leaf_hash(leaf), index, size, &hashes, root).unwrap();
}

#[test]
fn a_key_that_comes_and_one_that_goes_are_leaves_that_she_can_prove() {
    let ada = app().person();
    let mut key = app().authenticator();
    let id = ada.enrol(&mut key);
    let path = format!("/v1/me/passkeys/{id}");
    ada.by_key(&mut key, "DELETE", &path, None).expect(204);
    app().sweep();
    let entries = entries(&ada);
    let mirror = mirror();
    let kinds: Vec<&str> = entries.iter().map(|entry| text(entry, "kind")).collect();
    assert_eq!(kinds, ["key.removed", "key.enrolled"]);
    for entry in &entries {
        assert_proven(entry, &mirror);
        assert_eq!(entry["event"]["event"], "key");
        assert_eq!(entry["event"]["person"], ada.id.as_str());
        assert_eq!(entry["event"]["key"], id.as_str());
        assert_eq!(
            entry["event"]["public_key"],
            entries[0]["event"]["public_key"]
        );
    }
}

#[test]
fn what_was_refused_is_no_leaf() {
    let ada = app().person();
    let mut key = app().authenticator();
    ada.enrol(&mut key);
    let body = ada.new_key(&mut app().authenticator());
    let refused = ada.call("POST", "/v1/me/passkeys").json(&body).send();
    refused.expect_problem(403, "step-up-required");
    assert_eq!(entries(&ada).len(), 1);
}

#[test]
fn nobody_sees_what_is_said_of_another() {
    let (ada, bob) = (app().person(), app().person());
    ada.enrol(&mut app().authenticator());
    assert_eq!(entries(&bob), Vec::<Value>::new());
    app()
        .stranger()
        .get(PATH)
        .expect_problem(401, "unauthenticated");
    let program = app().program_of(&bob, &["profile:read"]);
    program.get(PATH).expect_problem(403, "session-required");
}

#[test]
fn the_log_names_nobody() {
    let ada = app().person();
    let id = ada.enrol(&mut app().authenticator());
    let mirror = mirror();
    let all = mirror.leaves.concat();
    let all = String::from_utf8(all).unwrap();
    for secret in [&ada.id, &id, &ada.applicant.email] {
        let bare = secret.rsplit('_').next().unwrap();
        assert!(!all.contains(bare), "{secret}");
    }
}

#[test]
fn entries_come_page_by_page_and_each_once() {
    let ada = app().person();
    let mut first = app().authenticator();
    ada.enrol(&mut first);
    for _ in 0..2 {
        let body = ada.new_key(&mut app().authenticator());
        ada.by_key(&mut first, "POST", "/v1/me/passkeys", Some(&body))
            .expect(201);
    }
    app().sweep();
    let all = entries(&ada);
    assert_eq!(all.len(), 3);
    let mut paged = Vec::new();
    let mut path = format!("{PATH}?limit=1");
    loop {
        let page = ada.get(&path).expect(200);
        paged.extend(page["data"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("{PATH}?limit=1&cursor={cursor}");
    }
    let indexes = |entries: &[Value]| -> Vec<Value> {
        entries.iter().map(|entry| entry["index"].clone()).collect()
    };
    assert_eq!(indexes(&paged), indexes(&all));
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=9007199254740993", "cursor"),
    ] {
        let refused = ada.get(&format!("{PATH}?{query}"));
        refused.expect_problem(422, "validation");
        assert!(refused.text().contains(field), "{query}");
    }
}

#[test]
fn a_later_head_begins_with_an_earlier_one() {
    app().person().enrol(&mut app().authenticator());
    let before = mirror().checkpoint;
    app().person().enrol(&mut app().authenticator());
    let after = mirror();
    let (size, root) = (after.checkpoint.size, after.checkpoint.root);
    assert!(size > before.size);
    let proof = consistency_proof(&after.tiles, before.size, size).unwrap();
    verify_consistency(before.size, before.root, size, root, &proof).unwrap();
}

#[test]
fn only_what_was_signed_is_served_and_only_under_its_name() {
    app().person().enrol(&mut app().authenticator());
    let size = mirror().checkpoint.size;
    let stranger = app().stranger();
    let beyond = tlog::Tile::of_tree(0, size / 256, (size / 256 + 1) * 256).unwrap();
    for path in [
        beyond.path().as_str(),
        beyond.entries_path().as_str(),
        "tile/0/0",
        "tile/0/000.p/0",
        "tile/9/000",
        "tile/entries/../0/000",
        "tile/0/x999/x999/999",
        "tile/",
    ] {
        let reply = stranger.get(&format!("/audit/log/{path}"));
        reply.expect_problem(404, "not-found");
    }
    let tile = tlog::Tile::of_tree(0, 0, size).unwrap();
    let reply = stranger.get(&format!("/audit/log/{}", tile.path()));
    assert_eq!(
        reply.header("cache-control"),
        Some("public, max-age=31536000, immutable")
    );
    assert_eq!(
        reply.header("content-type"),
        Some("application/octet-stream")
    );
}

#[test]
fn appends_at_once_leave_no_gap_and_no_fork() {
    let people: Vec<Person> = (0..8).map(|_| app().person()).collect();
    at_once(people.len(), |number| {
        for _ in 0..2 {
            let person = &people[number];
            let mut key = app().authenticator();
            let id = person.enrol(&mut key);
            let path = format!("/v1/me/passkeys/{id}");
            person.by_key(&mut key, "DELETE", &path, None).expect(204);
        }
    });
    app().sweep();
    let seen: Vec<Vec<Value>> = people.iter().map(entries).collect();
    let mirror = mirror();
    for entries in &seen {
        assert_eq!(entries.len(), 4);
        for entry in entries {
            assert_proven(entry, &mirror);
        }
    }
    let rows = app()
        .database()
        .number("SELECT COUNT(*) AS n FROM audit_leaf", &json!([]));
    let head = app()
        .database()
        .number("SELECT size AS n FROM audit_head", &json!([]));
    assert!(head >= mirror.checkpoint.size);
    assert!(rows >= mirror.checkpoint.size);
}

#[test]
fn who_leaves_takes_her_part_along_and_the_log_holds() {
    let ada = app().person();
    let mut key = app().authenticator();
    ada.enrol(&mut key);
    let before = mirror();
    let gone = ada.by_key(&mut key, "DELETE", "/v1/me", None);
    gone.expect(202);
    let row = ada.id.strip_prefix("usr_").unwrap().to_owned();
    app().eventually("her part is gone", || {
        app().sweep();
        let parts = "SELECT COUNT(*) AS n FROM audit_part WHERE user_id=?";
        app().database().number(parts, &json!([row])) == 0
    });
    let after = mirror();
    let kept = after.leaves.iter().take(before.leaves.len());
    assert!(kept.eq(before.leaves.iter()), "the leaves are as they were");
}
