//! Backups: what the service wrote and cannot read, an administrator brings back.

use std::path::{Path, PathBuf};
use std::process::Command;

use end_to_end::{Bucket, Connection, Person, TestApp, differences};
use serde_json::{Value, json};
use stack::{Engine, StackOptions, TEST_IDENTITY, TEST_RECIPIENT};

use super::command::{wrangler_d1, xtask};
use super::{connect, everything, signed_in};

/// Another administrator's than the stack's, as public as his.
const ANOTHER: (&str, &str) = (
    "AGE-SECRET-KEY-1V9HX7ARGV4EZQUR4VFKXJCEQD9JX2MN5D968JGR0VCS8GETNW3ESJ84FYE",
    "age1wceas96jvp8hzrhpn8jj5m4jgy2araxg0pv8nzvpl4yp6jjcgppqxzdk90",
);

/// What is in no backup: good for hours only, made anew, or a right that may have been taken away.
const LEFT_OUT: &[&str] = &[
    "api_token",
    "backup",
    "backup_person",
    "backup_segment",
    "breaker",
    "email_change",
    "idempotent_reply",
    "inbox",
    "month_text",
    "month_total",
    "password_reset",
    "pending_sign_up",
    "schema_migration",
    "session",
    "spent_ticket",
    "sync_attempt",
    "throttle",
    "txn_stage",
];

fn backed_up(engine: Engine) -> TestApp {
    TestApp::start_with(StackOptions {
        engine,
        explorer: true,
        backups_to: Some(TEST_RECIPIENT),
        ..StackOptions::default()
    })
}

/// An empty instance, whose bank is another's.
fn empty(engine: Engine, bank: &TestApp) -> TestApp {
    let mut app = super::start(engine);
    let plaid = bank.stack().plaid_url().to_owned();
    app.stack_mut().set_var("PLAID_BASE_URL", &plaid);
    app
}

/// Has a backup made, to its end. How many there are then.
fn back_up(app: &TestApp) -> u64 {
    let nothing = json!([]);
    let database = app.database();
    database.sql("UPDATE backup SET started_at=started_at-86400", &nothing);
    let finished = "SELECT COUNT(*) FROM backup WHERE finished_at IS NOT NULL";
    let before = database.number(finished, &nothing);
    app.eventually("the backup comes to its end", || {
        // Only where nobody goes on with it: the table is the Worker's own otherwise.
        let waits = "SELECT COUNT(*) FROM backup WHERE retry_at>0 AND lease_until=0";
        if database.number(waits, &nothing) > 0 {
            database.sql("UPDATE backup SET retry_at=0", &nothing);
        }
        app.sweep();
        database.number(finished, &nothing) > before
    });
    before + 1
}

/// `cargo xtask restore`.
struct Restore {
    folder: tempfile::TempDir,
    identity: PathBuf,
    /// Of the log of the instance that was backed up.
    key: String,
}

impl Restore {
    /// From a copy of an instance's bucket.
    fn of(app: &TestApp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        app.bucket().copy_to(&folder.path().join("bucket"));
        let identity = folder.path().join("identity.txt");
        std::fs::write(
            &identity,
            format!("# an administrator's\n{TEST_IDENTITY}\n"),
        )
        .unwrap();
        let key = String::from_utf8(app.audit_log().file("key")).unwrap();
        Self {
            folder,
            identity,
            key,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, to: &Path) -> Command {
        let mut command = xtask();
        command.arg("restore").arg("--identity").arg(&self.identity);
        command.arg("--log-key").arg(&self.key);
        command.arg("--from").arg(self.path("bucket"));
        command.arg("--to").arg(to);
        command
    }

    /// What it says, and that it is an error.
    fn refused(&self) -> String {
        let output = self.command(&self.path("refused.sql")).output().unwrap();
        assert!(!output.status.success());
        assert!(!self.path("refused.sql").exists());
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Into a D1 that has the migrations and nothing else, by wrangler.
    fn to_d1(&self, app: &mut TestApp, arguments: &[&str]) -> String {
        let file = self.path("restored.sql");
        let told = done(self.command(&file).args(arguments));
        app.stack_mut().kill_worker().unwrap();
        wrangler_d1(app, &["execute", "DB", "--file", file.to_str().unwrap()]);
        app.stack_mut().restart_worker().unwrap();
        told
    }

    /// Into a PlanetScale of which that is true.
    fn to_planetscale(&self, app: &mut TestApp) -> String {
        let mut command = self.command(Path::new("planetscale"));
        command.env("PLANETSCALE_URL", app.stack().planetscale_url());
        command.env("PLANETSCALE_USERNAME", "sandbox-username");
        command.env("PLANETSCALE_PASSWORD", "sandbox-password");
        let told = done(&mut command);
        app.stack_mut().restart_worker().unwrap();
        told
    }
}

fn done(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn serves(app: &TestApp, person: &Person, before: &Value) {
    assert_eq!(&everything(&signed_in(app, person)), before);
}

fn bytes_of(bucket: &Bucket, folder: &str) -> u64 {
    let objects = bucket.objects().into_iter();
    let hers = objects.filter(|(name, _)| name.starts_with(folder));
    hers.map(|(_, bytes)| bytes).sum()
}

/// From one engine into both: a whole backup and two that build on it.
fn comes_back(from: Engine) {
    let app = backed_up(from);
    let connections = [connect(&app, 300), connect(&app, 40)];
    let people: Vec<&Person> = connections.iter().map(|c| &c.person).collect();
    assert_eq!(back_up(&app), 1);
    let bucket = app.bucket();
    let whole = bytes_of(&bucket, "segments/00000001/");

    // One transaction more, a word about another, and nothing for the second person.
    let [hers, another] = &connections;
    hers.bank
        .update(r#"{"add":[{"name":"after the backup","amount":5}],"webhooks":false}"#);
    hers.refresh().expect(200);
    app.eventually("it is read", || {
        differences(app.database(), &hers.person, &[hers]).is_empty()
    });
    let first = hers.person.transactions("", 10)[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let note = json!({"note": "an umbrella"});
    let path = format!("/v1/transactions/{first}");
    hers.person
        .call("PATCH", &path)
        .json(&note)
        .send()
        .expect(200);
    assert_eq!(back_up(&app), 2);
    let increment = bytes_of(&bucket, "segments/00000002/");
    assert!(increment * 2 < whole, "{increment} of {whole} bytes");
    let before: Vec<Value> = people.iter().map(|person| everything(person)).collect();

    // It is in the second backup that she leaves, and in the third that she has left.
    let eve = connect(&app, 30).person;
    assert_eq!(back_up(&app), 3);
    eve.by_password("DELETE", "/v1/me", None).expect(202);
    app.eventually("nothing is left of her", || {
        app.database().let_time_pass();
        app.sweep();
        app.count_rows("person") == 2
    });
    assert_eq!(back_up(&app), 4);

    let restore = Restore::of(&app);
    let mut d1 = empty(Engine::D1, &app);
    let told = restore.to_d1(&mut d1, &["--backup", "3"]);
    assert!(told.contains("1 who have left are left out"), "{told}");
    let mut planetscale = empty(Engine::PlanetScale, &app);
    let told = restore.to_planetscale(&mut planetscale);
    // What the administrator is told stands in the log.
    let digest = sha256(&bucket.raw("manifests/00000004.age"));
    assert!(told.contains(&digest), "{told}");
    for there in [&d1, &planetscale] {
        for (person, before) in people.iter().zip(&before) {
            serves(there, person, before);
        }
        // Nobody's session came back, and nobody who has left.
        assert_eq!(there.count_rows("person"), 2);
        assert_eq!(
            there.count_rows_where("user_key", &format!("user_id='{}'", row(&eve))),
            0
        );
        let stranger = there.stranger().with_token(&another.person.token);
        stranger
            .get("/v1/me")
            .expect_problem(401, "unauthenticated");
        super::goes_on_from_its_cursor(there, hers);
        there.sweep();
        there.audit_log().verified().unwrap();
    }
}

/// The key of a log that is not ours.
fn another_log() -> String {
    let public = ed25519_dalek::SigningKey::from_bytes(&[9; 32]).verifying_key();
    let key = tlog::VerifierKey::new("another.test/audit/log", public.to_bytes()).unwrap();
    key.to_string()
}

fn row(person: &Person) -> &str {
    person.id.strip_prefix("usr_").unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::digest(bytes);
    digest
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[test]
fn what_d1_had_comes_back_in_either_database_without_those_who_have_left() {
    comes_back(Engine::D1);
}

#[test]
fn what_planetscale_had_comes_back_in_either_database_without_those_who_have_left() {
    comes_back(Engine::PlanetScale);
}

#[test]
fn every_table_is_in_a_backup_row_by_row_or_left_out_by_name() {
    let app = backed_up(Engine::D1);
    let hers = connect(&app, 60);
    app.sweep();
    back_up(&app);
    let restore = Restore::of(&app);
    let folder = restore.path("tables");
    done(&mut restore.command(&folder));
    for table in app.database().tables() {
        let file = std::fs::read_to_string(folder.join(format!("{table}.ndjson")));
        if LEFT_OUT.contains(&table.as_str()) {
            assert!(file.is_err(), "{table} is in the backup");
            continue;
        }
        let lines: Vec<Value> = file
            .unwrap_or_default()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        // The log went on: the backup itself is in it.
        if table.starts_with("audit_") {
            assert!(lines.len() as u64 <= app.count_rows(&table), "{table}");
            continue;
        }
        let rows = app.sql(&format!("SELECT * FROM {table}"));
        assert_eq!(lines.len(), rows.len(), "{table}");
        for row in rows {
            assert!(lines.contains(&row), "{table}: {row}");
        }
    }
    // Nothing of it can be read before an administrator opens it.
    let named = hers.person.transactions("", 10)[0]["name"].to_string();
    for (name, _) in app.bucket().objects() {
        let raw = app.bucket().raw(&name);
        let is_note = name.ends_with(".note") && raw.starts_with(b"balance-backup/v1\n");
        assert!(
            is_note || raw.starts_with(b"age-encryption.org/v1\n"),
            "{name}"
        );
        let text = String::from_utf8_lossy(&raw);
        assert!(
            !text.contains(&named) && !text.contains(row(&hers.person)),
            "{name}"
        );
    }
}

#[test]
fn what_was_changed_or_is_gone_is_named_and_a_stranger_opens_nothing() {
    let app = backed_up(Engine::D1);
    connect(&app, 30);
    back_up(&app);
    let bucket = app.bucket();
    let mut restore = Restore::of(&app);

    let segment = bucket.names("segments/").remove(0);
    let file = restore.path("bucket").join(&segment);
    let sound = std::fs::read(&file).unwrap();
    let mut rotten = sound.clone();
    let middle = rotten.len() / 2;
    rotten[middle] ^= 1;
    std::fs::write(&file, rotten).unwrap();
    let told = restore.refused();
    assert!(
        told.contains(&format!("{segment} is not what its manifest tells of")),
        "{told}"
    );
    std::fs::remove_file(&file).unwrap();
    let told = restore.refused();
    assert!(told.contains(&format!("{segment} is not there")), "{told}");
    // Another segment in its place opens, and is not the one.
    std::fs::copy(
        restore.path("bucket").join(&bucket.names("keys/")[0]),
        &file,
    )
    .unwrap();
    assert!(restore.refused().contains(&segment));
    std::fs::write(&file, sound).unwrap();

    let others = restore.path("another.txt");
    let mine = std::mem::replace(&mut restore.identity, others);
    std::fs::write(&restore.identity, ANOTHER.0).unwrap();
    let told = restore.refused();
    assert!(
        told.contains("none of the identities opens this file"),
        "{told}"
    );
    restore.identity = mine;

    // Nobody else makes a backup of ours, whom it is for is no secret.
    let ours = std::mem::replace(&mut restore.key, another_log());
    assert!(restore.refused().contains("not signed by the service"));
    restore.key = ours;
    let manifest = restore.path("bucket/manifests/00000001.age");
    let sound = std::fs::read(&manifest).unwrap();
    let recipient = age::Recipient::parse(TEST_RECIPIENT).unwrap();
    let forged = age::encrypt(&[recipient], b"{}", &mut |bytes| bytes.fill(3)).unwrap();
    std::fs::write(&manifest, forged).unwrap();
    assert!(restore.refused().contains("not signed by the service"));
    std::fs::write(&manifest, sound).unwrap();

    // It is put into nothing that has rows.
    let used = empty(Engine::PlanetScale, &app);
    used.person();
    let mut command = restore.command(Path::new("planetscale"));
    command.env("PLANETSCALE_URL", used.stack().planetscale_url());
    command.env("PLANETSCALE_USERNAME", "sandbox-username");
    command.env("PLANETSCALE_PASSWORD", "sandbox-password");
    let output = command.output().unwrap();
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("has rows already"), "{told}");
    let mut unused = empty(Engine::D1, &app);
    restore.to_d1(&mut unused, &[]);
}

#[test]
fn a_bucket_that_fails_delays_a_backup_and_loses_nothing() {
    let mut app = backed_up(Engine::D1);
    let connection = connect(&app, 120);
    let before = everything(&connection.person);
    let bucket = app.bucket();
    let database = app.database();
    let failures = || database.number("SELECT COALESCE(SUM(failures),0) FROM backup", &json!([]));
    for mode in [
        "refused", "full", "busy", "error", "html", "reset", "lost", "half",
    ] {
        bucket.fail(&json!({"mode": mode, "on": "put"}));
        database.sql("UPDATE backup SET retry_at=0", &json!([]));
        let known = failures();
        app.eventually(&format!("{mode} is counted"), || {
            app.sweep();
            failures() == known + 1
        });
        // It waits: the next tick asks nothing of the bucket.
        let asked = bucket.requests();
        app.sweep();
        assert_eq!(bucket.requests(), asked, "{mode}");
        bucket.heal();
    }
    let unfinished = "SELECT COUNT(*) FROM backup WHERE finished_at IS NULL";
    assert_eq!(database.number(unfinished, &json!([])), 1);
    let health = app.stranger().get("/healthz").expect(200);
    assert_eq!(
        health["backup"],
        json!({"configured": true, "finished_at": null})
    );

    // The process dies while an object is on its way.
    database.sql("UPDATE backup SET retry_at=0", &json!([]));
    bucket.fail(&json!({"mode": "hang", "on": "put", "after": 1}));
    let asked = bucket.requests();
    let tick = app.stack().cron_trigger();
    let ticking = std::thread::spawn(move || tick.run("* * * * *").is_ok());
    app.eventually("the bucket is asked", || bucket.requests() > asked);
    app.stack_mut().kill_worker().unwrap();
    assert!(!ticking.join().unwrap(), "it died with the Worker");
    app.bucket().heal();
    app.stack_mut().restart_worker().unwrap();
    app.database()
        .sql("UPDATE backup SET lease_until=0", &json!([]));
    back_up(&app);
    let restore = Restore::of(&app);
    let mut there = empty(Engine::D1, &app);
    restore.to_d1(&mut there, &[]);
    serves(&there, &connection.person, &before);
    let health = app.stranger().get("/healthz").expect(200);
    let at = health["backup"]["finished_at"].as_str().unwrap();
    assert!(at.starts_with("20") && at.ends_with('Z'), "{at}");
}

#[test]
fn one_backup_is_made_however_many_ticks_come_at_once() {
    let app = backed_up(Engine::D1);
    connect(&app, 30);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| app.sweep());
        }
    });
    app.eventually("it comes to its end", || {
        app.sweep();
        app.count_rows_where("backup", "finished_at IS NOT NULL") == 1
    });
    app.sweep();
    assert_eq!(app.count_rows("backup"), 1);
    let manifest = ["manifests/00000001.age", "manifests/00000001.note"];
    assert_eq!(app.bucket().names("manifests/"), manifest);
    app.sweep();
    let log = app.audit_log().verified().unwrap();
    let kinds = (0..log.checkpoint.size).map(|at| log.entry(at).kind);
    assert_eq!(
        kinds
            .filter(|kind| kind.name() == "backup.finished")
            .count(),
        1
    );
}

#[test]
fn new_administrators_open_all_of_the_next_backup() {
    let mut app = backed_up(Engine::D1);
    let hers: Connection = connect(&app, 30);
    back_up(&app);
    let whole = bytes_of(&app.bucket(), "segments/00000001/");
    app.stack_mut().set_var("BACKUP_RECIPIENTS", ANOTHER.1);
    app.stack_mut().restart_worker().unwrap();
    assert_eq!(back_up(&app), 2);
    let again = bytes_of(&app.bucket(), "segments/00000002/");
    assert!(again * 10 > whole * 9, "{again} of {whole} bytes");
    let restore = Restore::of(&app);
    assert!(restore.refused().contains("none of the identities opens"));
    std::fs::write(&restore.identity, ANOTHER.0).unwrap();
    let mut there = empty(Engine::D1, &app);
    restore.to_d1(&mut there, &[]);
    serves(&there, &hers.person, &everything(&hers.person));
}
