//! `docs/audit/verify.py`, as a stranger runs it: it copies the log and finds it whole, and
//! names what was edited, taken out, swapped or signed by another.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use end_to_end::{Person, TestApp};
use serde_json::Value;
use stack::Workspace;

use super::installed;

/// A copy of a log of three hundred leaves, and of one a bit shorter.
struct Copy {
    folder: tempfile::TempDir,
    key: String,
    app: TestApp,
    person: Person,
}

impl Copy {
    fn make() -> Self {
        let app = TestApp::start(None);
        let person = app.person();
        let mut key = app.authenticator();
        person.enrol(&mut key);
        app.append_to_audit_log(255);
        app.sweep();
        let folder = tempfile::tempdir().expect("a folder");
        let verifier = app.stranger().get("/audit/log/key").text();
        let copy = Self {
            folder,
            key: verifier.trim_end().to_owned(),
            app,
            person,
        };
        let old = copy.app.stranger().get("/audit/log/checkpoint").text();
        copy.write("old", old.as_bytes());
        copy.app.append_to_audit_log(50);
        copy.app.sweep();
        copy.holds(&["fetch", copy.app.stack().origin().as_str(), &copy.at("log")]);
        copy
    }

    fn at(&self, name: &str) -> String {
        self.path(name).to_str().expect("a path").to_owned()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect("a file")
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).expect("it can be written");
    }

    fn run(&self, arguments: &[&str], key: &str) -> Output {
        let mut python = installed("python3", "BALANCE_PYTHON");
        python.arg(Workspace::here().path("docs/audit/verify.py"));
        python.args(arguments).args(["--key", key]);
        python.output().expect("it runs")
    }

    #[track_caller]
    fn holds(&self, arguments: &[&str]) {
        let run = self.run(arguments, &self.key);
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{arguments:?}: {said}");
    }

    /// It says what is wrong, and so does its exit status.
    #[track_caller]
    fn does_not_hold(&self, arguments: &[&str], named: &str) {
        let run = self.run(arguments, &self.key);
        let said = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains(named), "{said:?} does not name {named:?}");
    }

    /// With another file in the place of one, it does not hold; with the first again it does.
    #[track_caller]
    fn notices(&self, name: &str, change: impl FnOnce(&mut Vec<u8>), named: &str) {
        let before = self.read(name);
        let mut after = before.clone();
        change(&mut after);
        assert_ne!(before, after);
        self.write(name, &after);
        self.does_not_hold(&["log", &self.at("log")], named);
        self.write(name, &before);
    }
}

/// The place of a leaf in a bundle, behind its length.
fn leaf(bundle: &[u8], number: usize) -> std::ops::Range<usize> {
    let mut at = 0;
    for _ in 0..number {
        at += 2 + usize::from(u16::from_be_bytes([bundle[at], bundle[at + 1]]));
    }
    let length = usize::from(u16::from_be_bytes([bundle[at], bundle[at + 1]]));
    at + 2..at + 2 + length
}

fn partial(copy: &Copy, of: &str) -> String {
    let folder = copy.path(&format!("log/tile/{of}/001.p"));
    let mut files = fs::read_dir(folder).expect("a partial tile");
    let file = files.next().expect("a file").expect("its name");
    let name = file.file_name();
    format!("log/tile/{of}/001.p/{}", Path::new(&name).display())
}

#[test]
fn a_stranger_verifies_the_log_and_sees_what_was_done_to_it() {
    let copy = Copy::make();
    let whole = copy.at("log");
    copy.holds(&["log", &whole]);
    copy.holds(&[
        "consistency",
        &copy.at("old"),
        &copy.at("log/checkpoint"),
        &whole,
    ]);

    let entries = "log/tile/entries/000";
    copy.notices(
        entries,
        |bundle| {
            let at = leaf(bundle, 7).start + 40;
            bundle[at] ^= 1;
        },
        "leaf 7 ",
    );
    copy.notices(
        entries,
        |bundle| {
            let gone = leaf(bundle, 9);
            bundle.drain(gone.start - 2..gone.end);
        },
        "255 leaves and not 256",
    );
    copy.notices(
        entries,
        |bundle| {
            let (one, next) = (leaf(bundle, 3), leaf(bundle, 4));
            let mut swapped = bundle[next.start - 2..next.end].to_vec();
            swapped.extend_from_slice(&bundle[one.start - 2..one.end]);
            bundle.splice(one.start - 2..next.end, swapped);
        },
        "leaf 3 ",
    );
    copy.notices("log/tile/0/000", |tile| tile[32 * 5] ^= 1, "leaf 5 ");
    let last = partial(&copy, "0");
    copy.notices(&last, |tile| tile[0] ^= 1, "leaf 256 ");
    let above = "log/tile/1/000.p/1";
    copy.notices(above, |tile| tile[0] ^= 1, "tile/1/000");
    let longer = |note: &mut Vec<u8>| {
        let text = String::from_utf8(note.clone()).expect("text");
        let size = text.lines().nth(1).expect("a size").to_owned();
        *note = text.replacen(&size, "257", 1).into_bytes();
    };
    copy.notices("log/checkpoint", longer, "signature");

    let other = "balance.example/audit/log+00000000+AQ==";
    let refused = copy.run(&["log", &whole], other);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn what_an_access_log_shows_is_verified_and_what_was_changed_in_it_is_named() {
    let copy = Copy::make();
    let reply = copy.person.get("/v1/me/access-log");
    reply.expect(200);
    copy.write("mine", &reply.bytes().to_vec());
    let arguments = [
        "inclusion".to_owned(),
        copy.at("mine"),
        "--checkpoint".to_owned(),
        copy.at("log/checkpoint"),
    ];
    let arguments = arguments.each_ref().map(String::as_str);
    copy.holds(&arguments);
    let changed = |pointer: &str, value: Value, named: &str| {
        let mut reply = reply.json();
        *reply.pointer_mut(pointer).expect("a member") = value;
        copy.write("mine", reply.to_string().as_bytes());
        copy.does_not_hold(&arguments, named);
    };
    changed(
        "/data/0/kind",
        "key.removed".into(),
        "not what was committed",
    );
    changed("/data/0/event/key", "pk_0".into(), "not what was committed");
    changed("/data/0/index", 3.into(), "another root");
    changed("/size", 5.into(), "the proofs are for");
    let salt = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    changed("/data/0/proof/salt", salt.into(), "commits to");
    changed("/data/0/proof/inclusion/0", salt.into(), "another root");
}

/// What she can show to anybody, and every way in which somebody might change it.
#[test]
fn a_consent_is_proved_offline_and_what_was_changed_in_it_is_named() {
    let app = TestApp::start_with_console(None);
    let console = app.first_operator().log_in();
    let ada = app.key_holder();
    let whom = ada.person.id.clone();
    let consent = console.ask(&ada.person, &[&whom], &["user.email"], 2);
    ada.grant(&consent);
    app.sweep();
    let folder = tempfile::tempdir().expect("a folder");
    let key = app.stranger().get("/audit/log/key").text();
    let copy = Copy {
        folder,
        key: key.trim_end().to_owned(),
        person: ada.person.clone(),
        app,
    };
    let proof = || {
        let reply = ada.person.get(&format!("/v1/me/consents/{consent}/proof"));
        reply.expect(200)
    };
    let file = copy.at("proof");
    let shown = proof();
    copy.write("proof", shown.to_string().as_bytes());
    copy.holds(&["consent", &file]);
    let text = shown["text"].as_str().expect("text").to_owned();
    let changed = |pointer: &str, value: Value, named: &str| {
        let mut proof = shown.clone();
        *proof.pointer_mut(pointer).expect("a member") = value;
        copy.write("proof", proof.to_string().as_bytes());
        copy.does_not_hold(&["consent", &file], named);
    };
    let more = text.replace("field user.email\n", "field user.email\nfield user.name\n");
    changed("/text", more.into(), "another text");
    let longer = text.replace("uses 2", "uses 100");
    changed("/text", longer.into(), "another text");
    let another = "AAAAAAAAAAAAAAAAAAAAAA";
    changed("/credential_id", another.into(), "another key");
    let data = shown["authenticator_data"].as_str().expect("data");
    let flags = data.get(..42).expect("its beginning");
    let unverified = format!("{flags}B{}", data.get(43..).expect("its end"));
    if unverified != data {
        let mut proof = shown.clone();
        proof["authenticator_data"] = unverified.into();
        copy.write("proof", proof.to_string().as_bytes());
        let run = copy.run(&["consent", &file], &copy.key);
        assert_eq!(run.status.code(), Some(1));
    }
    changed(
        "/leaves/0/salt",
        format!("{}=", "A".repeat(43)).into(),
        "commits to",
    );
    let mut without = shown.clone();
    let leaves = without["leaves"].as_array_mut().expect("leaves");
    leaves.retain(|leaf| {
        !leaf["leaf"]
            .as_str()
            .expect("text")
            .contains("key.enrolled")
    });
    copy.write("proof", without.to_string().as_bytes());
    copy.does_not_hold(&["consent", &file], "does not know this key");
    let mut without = shown.clone();
    let leaves = without["leaves"].as_array_mut().expect("leaves");
    leaves.retain(|leaf| {
        !leaf["leaf"]
            .as_str()
            .expect("text")
            .contains("consent.granted")
    });
    copy.write("proof", without.to_string().as_bytes());
    copy.does_not_hold(&["consent", &file], "does not know this consent");
    ada.revoke(&consent);
    copy.app.sweep();
    copy.write("proof", proof().to_string().as_bytes());
    let run = copy.run(&["consent", &file], &copy.key);
    assert!(String::from_utf8_lossy(&run.stdout).contains("taken back"));
}
