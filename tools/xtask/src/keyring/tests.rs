use super::*;

fn administrator(number: u8) -> Identity {
    Identity::generate(&mut |bytes| bytes.fill(number))
}

fn place(folder: &tempfile::TempDir) -> Place {
    Place::within(folder.path().join("escrow"), "production")
}

fn health(current: u16, versions: &[u16]) -> String {
    serde_json::json!({"status": "ok", "keyring": {"current": current, "versions": versions}})
        .to_string()
}

/// As `/audit/log/key` shows the key of these secrets.
fn log_key(secrets: &Secrets) -> String {
    let seed: [u8; 32] = STANDARD
        .decode(&*secrets.audit_key)
        .unwrap()
        .try_into()
        .unwrap();
    let key = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
    let bytes = [&[1][..], key.as_bytes()].concat();
    format!(
        "balance.test/audit/log+00000000+{}\n",
        STANDARD.encode(bytes)
    )
}

#[test]
fn each_administrator_opens_the_escrow_and_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(&folder);
    let recipients = [1, 2].map(|number| administrator(number).recipient());
    let made = make(&place, &recipients).unwrap();
    for number in [1, 2] {
        let opened = place.unseal(&administrator(number)).unwrap();
        assert!(opened.keyring == made.keyring && opened.audit_key == made.audit_key);
    }
    let Err(refused) = place.unseal(&administrator(3)) else {
        panic!("a stranger opened it");
    };
    assert!(refused.to_string().contains("none of the identities"));
    let sealed = fs::read(place.sealed()).unwrap();
    let open = fs::read_to_string(place.open()).unwrap();
    for secret in [&made.audit_key, &made.keyring] {
        assert!(
            !sealed
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        );
        assert!(!open.contains(secret.as_str()));
    }
}

#[test]
fn an_escrow_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(&folder);
    let recipients = [administrator(1).recipient()];
    make(&place, &recipients).unwrap();
    let before = fs::read(place.sealed()).unwrap();
    let Err(refused) = make(&place, &recipients) else {
        panic!("it was written over");
    };
    assert!(refused.to_string().contains("would be lost"));
    assert!(fs::read(place.sealed()).unwrap() == before);
}

#[test]
fn one_more_key_is_the_current_one_and_the_older_stay() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(&folder);
    let first = make(&place, &[administrator(1).recipient()]).unwrap();
    let second = add(&place, &administrator(1)).unwrap();
    let escrow = Escrow::read(&place).unwrap();
    assert_eq!(escrow.newest(), 2);
    escrow
        .matches(&health(2, &[2, 1]), &log_key(&first))
        .unwrap();
    assert!(first.audit_key == second.audit_key);
    let (before, after): (Value, Value) = (
        serde_json::from_str(&first.keyring).unwrap(),
        serde_json::from_str(&second.keyring).unwrap(),
    );
    assert_eq!(before["keys"]["1"], after["keys"]["1"]);
    assert_ne!(after["keys"]["2"], after["keys"]["1"]);
    assert!(add(&place, &administrator(2)).is_err());
}

#[test]
fn a_service_with_other_keys_does_not_match() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(&folder);
    let secrets = make(&place, &[administrator(1).recipient()]).unwrap();
    let escrow = Escrow::read(&place).unwrap();
    escrow
        .matches(&health(1, &[1]), &log_key(&secrets))
        .unwrap();
    let other = Secrets {
        keyring: secrets.keyring.clone(),
        audit_key: key().unwrap(),
    };
    for (health, log_key, words) in [
        (health(2, &[2, 1]), log_key(&secrets), "versions [2, 1]"),
        (health(1, &[]), log_key(&secrets), "versions []"),
        ("{}".to_owned(), log_key(&secrets), "versions []"),
        (health(1, &[1]), log_key(&other), "another key"),
        (health(1, &[1]), String::new(), "another key"),
    ] {
        let refused = escrow.matches(&health, &log_key).unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}");
    }
}

#[test]
fn an_escrow_that_is_not_whole_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(&folder);
    let missing = Escrow::read(&place).unwrap_err();
    assert!(format!("{missing:#}").contains("there is no escrow"));
    make(&place, &[administrator(1).recipient()]).unwrap();
    let mut sealed = fs::read(place.sealed()).unwrap();
    sealed.push(b'!');
    fs::write(place.sealed(), sealed).unwrap();
    let changed = Escrow::read(&place).unwrap_err();
    assert!(format!("{changed:#}").contains("is not what"));
    fs::remove_file(place.sealed()).unwrap();
    assert!(Escrow::read(&place).is_err());
}

#[test]
fn what_is_no_order_is_refused() {
    let recipient = administrator(1).recipient().to_string();
    let taken = |words: &[&str]| parse(lexopt::Parser::from_args(words)).is_ok();
    assert!(taken(&[
        "--recipient",
        &recipient,
        "--recipient",
        &recipient,
        "--put"
    ]));
    assert!(taken(&["--check", "--env", "production"]));
    assert!(taken(&["--add", "--identity", "key.txt"]));
    for refused in [
        &[][..],
        &["--recipient", "age1nobody"],
        &["--check", "--recipient", &recipient],
        &["--open"],
        &["--check", "--identity", "key.txt"],
        &["--check", "--env", "../etc"],
        &["now"],
    ] {
        assert!(!taken(refused), "{refused:?}");
    }
}
