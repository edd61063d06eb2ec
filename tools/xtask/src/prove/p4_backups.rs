//! P4: backups that only administrators can open. A service backs up somebody's rows; everything
//! that the service has is tried on what it stored, and opens nothing; an administrator's identity
//! opens all of it, and what comes back is served as it was.

use age::Identity;
use anyhow::{Context as _, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use stack::{Engine, StackOptions, TEST_AUDIT_KEY, TEST_IDENTITY, TEST_KEYRING, TEST_RECIPIENT};

use super::instance::{Applicant, Instance};
use super::promise::{Checks, Promise};
use super::stories;
use super::traces::{Search, Value as Planted};
use crate::client::{Client, elements, string};

pub(super) const PROMISE: Promise = Promise {
    name: "P4",
    sentence: "backups only administrators can open",
    unit: "ways in for others, or rows that do not come back",
    prove,
};

const ADA: Applicant = Applicant {
    email: "archivist@example.com",
    name: "Archivist of Backups",
    password: "two herons on a cold pier",
};
const SHOP: &str = "Bookbinder under the arches";

fn prove(engine: Engine, checks: &mut Checks) -> Result<()> {
    let options = StackOptions {
        backups_to: Some(TEST_RECIPIENT),
        ..StackOptions::on(engine)
    };
    let instance = Instance::start("p4", options)?;
    let token = instance.account(&instance.balance, &ADA)?;
    let ada = instance.balance.with_token(&token);
    let link = instance.link(&ada, &json!({"transactions": 40}))?;
    ada.post("/v1/items", &json!({"public_token": link.public_token}))?
        .expect(201)?;
    instance.book(&link.item, &json!({"add": [{"name": SHOP, "amount": 17}]}))?;
    instance.until_found(&ada, SHOP)?;
    instance.eventually("the backup", || {
        instance.stack.trigger_cron("* * * * *")?;
        let health = instance.balance.get("/healthz")?.expect(200)?;
        Ok(health
            .pointer("/backup/finished_at")
            .is_some_and(Value::is_string))
    })?;
    let objects = objects(&Client::new(instance.stack.s3_url()))?;
    closed(&objects, checks)?;
    open(&objects, checks)?;
    instance.stop();
    let name = match engine {
        Engine::D1 => "what_d1_had_comes_back",
        Engine::PlanetScale => "what_planetscale_had_comes_back",
    };
    stories::play(
        engine,
        "moving",
        &[name, "what_was_changed_or_is_gone_is_named"],
        "what is restored is served as it was, in either database; what is changed is named",
        checks,
    )
}

/// What is stored, by name; but for the note that signs a manifest's digest, in the open.
fn objects(bucket: &Client) -> Result<Vec<(String, Vec<u8>)>> {
    let told = bucket.get("/_control/objects")?.expect(200)?;
    let mut objects = Vec::new();
    for object in elements(&told, "/objects") {
        let name = string(object, "/key")?;
        if name.strip_suffix(".note").is_some() {
            continue;
        }
        let raw = bucket.get(&format!("/_control/objects/{name}"))?;
        objects.push((name, raw.body));
    }
    Ok(objects)
}

/// Nobody opens it with what the service has, and it shows nothing.
fn closed(objects: &[(String, Vec<u8>)], checks: &mut Checks) -> Result<()> {
    let is_there = |folder: &str| objects.iter().any(|(name, _)| name.starts_with(folder));
    checks.holds(
        "keys, rows and a manifest are stored, each as an age file",
        ["keys/", "segments/", "manifests/"]
            .into_iter()
            .all(is_there)
            && objects
                .iter()
                .all(|(_, raw)| raw.starts_with(b"age-encryption.org/v1\n")),
        format!("{} objects", objects.len()),
    );
    // Whatever of 32 bytes the service has, or can make of its secrets, as an identity.
    let keyring: Value = serde_json::from_str(TEST_KEYRING)?;
    let keys = keyring
        .get("keys")
        .and_then(Value::as_object)
        .context("no keys")?;
    let mut secrets: Vec<Vec<u8>> = vec![STANDARD.decode(TEST_AUDIT_KEY)?];
    for key in keys.values() {
        secrets.push(STANDARD.decode(key.as_str().context("no key")?)?);
    }
    for text in [TEST_KEYRING, TEST_AUDIT_KEY, TEST_RECIPIENT] {
        secrets.push(Sha256::digest(text).to_vec());
    }
    let identity = |secret: &Vec<u8>| {
        Identity::generate(&mut |bytes| {
            for (byte, of) in bytes.iter_mut().zip(secret) {
                *byte = *of;
            }
        })
    };
    let theirs: Vec<Identity> = secrets.iter().map(identity).collect();
    let opened = objects
        .iter()
        .filter(|(_, raw)| age::decrypt(&theirs, raw).is_ok());
    checks.none(
        "no secret of the service opens any",
        opened.map(|(name, _)| name.clone()),
        format!("{} secrets, {} objects", theirs.len(), objects.len()),
    );
    let planted = [ADA.email, ADA.name, ADA.password, SHOP].map(|text| Planted {
        what: format!("{text:?}"),
        text: text.to_owned(),
    });
    let search = Search::new(planted.to_vec())?;
    let found = objects.iter().flat_map(|(name, raw)| {
        let traces = search.find(raw);
        traces
            .into_iter()
            .map(move |trace| format!("{} in {name}", trace.what))
    });
    checks.none(
        "nothing of hers is in them",
        found.collect::<Vec<_>>(),
        search.patterns(),
    );
    Ok(())
}

/// An administrator opens all of it; her rows are there, and they are sealed.
fn open(objects: &[(String, Vec<u8>)], checks: &mut Checks) -> Result<()> {
    let mine = [Identity::parse(TEST_IDENTITY)?];
    let (mut opened, mut rows, mut plain) = (0, 0, 0);
    for (_, raw) in objects {
        let Ok(text) = age::decrypt(&mine, raw) else {
            continue;
        };
        opened += 1;
        plain += usize::from(String::from_utf8_lossy(&text).contains(SHOP));
        for line in text
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            let line: Value = serde_json::from_slice(line)?;
            if line.get("table") == Some(&json!("txn")) {
                rows += elements(&line, "/rows").len();
            }
        }
    }
    checks.holds(
        "control: an administrator's identity opens all of them",
        opened == objects.len(),
        format!("{opened} of {}", objects.len()),
    );
    checks.holds(
        "all of her transactions are in them, and still sealed",
        rows == 41 && plain == 0,
        format!("{rows} rows"),
    );
    Ok(())
}
