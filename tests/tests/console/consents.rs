//! A consent, from the request to its end: what she reads is what she signs, what she signed
//! is what is shown, and all of it is in the log.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use end_to_end::Person;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{app, console, customer};

fn shown(person: &Person, consent: &str) -> Value {
    person
        .get(&format!("/v1/me/consents/{consent}"))
        .expect(200)
}

#[test]
fn what_she_signed_is_what_is_shown() {
    let customer = customer();
    let person = &customer.holder.person;
    let console = console();
    let fields = ["transaction.amount", "transaction.name"];
    let consent = console.ask(person, &[&customer.account], &fields, 3);
    let asked = shown(person, &consent);
    assert_eq!(asked["state"], "requested");
    assert_eq!(asked["operator"]["id"], console.operator.as_str());
    assert_eq!(asked["text"], Value::Null);

    let opened = customer.holder.open(&consent);
    let text = opened["text"].as_str().unwrap();
    assert!(text.starts_with("balance-consent/v1\n"), "{text}");
    for line in [
        format!("person {}", person.id),
        format!("operator {}", console.operator),
        format!("resource {}", customer.account),
        "field transaction.amount".to_owned(),
        "purpose We look for a transfer".to_owned(),
        "uses 3".to_owned(),
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(text));
    assert_eq!(opened["options"]["challenge"], challenge.as_str());
    assert_eq!(opened["options"]["userVerification"], "required");
    let granted = customer.holder.sign(&consent, &opened).expect(200);
    assert_eq!(granted["state"], "granted");
    assert_eq!(granted["text"], text);

    let reply = console
        .give_under(&consent, "transaction.list", &customer.transactions())
        .expect(200);
    assert_eq!(reply["revealed"], json!(fields));
    let truth = person.transactions(&format!("&account={}", customer.account), 20);
    let rows = reply["rows"].as_array().unwrap();
    assert_eq!(rows.len(), truth.len().min(20));
    for (row, own) in rows.iter().zip(&truth) {
        assert_eq!(row["id"], own["id"]);
        assert_eq!(row["name"], own["name"]);
        assert_eq!(row["date"], "••••");
        assert_eq!(row["category"], "••••");
        let minor = own["amount"]["minor_units"].as_i64().unwrap();
        let amount = row["amount"].as_str().unwrap();
        let digits: String = amount
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '-')
            .collect();
        assert_eq!(digits.parse::<i64>().unwrap(), minor, "{amount}");
    }
    assert_eq!(shown(person, &consent)["uses_left"], 2);
    let done = customer.newest();
    assert_eq!(done["event"]["fields"], json!(fields));
    assert_eq!(done["event"]["consent"], consent.as_str());
}

#[test]
fn an_operator_may_ask_to_see_less() {
    let customer = customer();
    let user = customer.holder.person.id.clone();
    let console = console();
    let consent = console.ask(
        &customer.holder.person,
        &[&user],
        &["user.email", "user.name"],
        3,
    );
    customer.holder.grant(&consent);
    let order = json!({"command": "user.show", "arguments": {"user": user}, "consent": consent, "reveal": ["user.email"]});
    let reply = console.send(&order).expect(200);
    assert_eq!(reply["revealed"], json!(["user.email"]));
    assert_eq!(reply["masked"], json!(["user.name"]));
    assert_eq!(
        reply["rows"][0]["email"],
        customer.holder.person.applicant.email.as_str()
    );
    assert_eq!(customer.newest()["event"]["fields"], json!(["user.email"]));
}

#[test]
fn a_consent_for_one_connection_shows_its_bank_and_no_balance() {
    let customer = customer();
    let person = &customer.holder.person;
    let console = console();
    let item = customer.connection.id.as_str();
    let consent = console.ask(person, &[item], &["item.institution"], 1);
    customer.holder.grant(&consent);
    let reply = console
        .give_under(&consent, "item.list", &json!({"user": person.id}))
        .expect(200);
    assert_eq!(reply["revealed"], json!(["item.institution"]));
    assert_eq!(reply["masked"], json!(["account.name", "account.balance"]));
    let bank = customer.connection.shown()["institution"]["name"].clone();
    assert_eq!(reply["rows"][0]["institution"], bank);
}

#[test]
fn declined_is_declined() {
    let customer = customer();
    let person = &customer.holder.person;
    let console = console();
    let consent = console.ask(person, &[&person.id], &["user.email"], 1);
    let opened = customer.holder.open(&consent);
    let path = format!("/v1/me/consents/{consent}/decline");
    assert_eq!(
        person.post(&path, &json!({})).expect(200)["state"],
        "declined"
    );
    person
        .post(&path, &json!({}))
        .expect_problem(409, "conflict");
    customer
        .holder
        .sign(&consent, &opened)
        .expect_problem(409, "conflict");
    let refused = console.give_under(&consent, "user.show", &json!({"user": person.id}));
    let problem = refused.expect_problem(403, "consent-refused");
    assert_eq!(problem["state"], "declined");
}

#[test]
fn the_log_has_every_step() {
    let customer = customer();
    let person = &customer.holder.person;
    let console = console();
    let consent = console.ask(person, &[&person.id], &["user.email"], 2);
    customer.holder.grant(&consent);
    console
        .give_under(&consent, "user.show", &json!({"user": person.id}))
        .expect(200);
    customer.holder.revoke(&consent);
    assert_eq!(shown(person, &consent)["state"], "revoked");
    let log = customer.holder.access_log();
    let steps: Vec<&str> = log
        .iter()
        .rev()
        .filter(|leaf| leaf["event"]["event"] == "consent")
        .map(|leaf| leaf["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        steps,
        [
            "consent.requested",
            "consent.granted",
            "consent.used",
            "consent.revoked"
        ]
    );
    let mails = app().mailbox().wait_for(&person.applicant.email, 5);
    let told: Vec<&str> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(
        told[2..],
        [
            "Somebody at Balance asks for your consent",
            "Your consent was used for the first time",
            "Your consent is over",
        ]
    );
    for mail in &mails[2..] {
        assert!(
            mail.text.contains("/audit/log\n"),
            "the log's head: {}",
            mail.text
        );
    }
}

#[test]
fn a_request_is_held_to_the_bounds_of_a_text() {
    let customer = customer();
    let person = &customer.holder.person;
    let other = app().person();
    let console = console();
    let right = json!({
        "user": person.id, "resources": [person.id], "fields": ["user.email"],
        "purpose": "Why", "hours": 1, "uses": 1,
    });
    for (member, value) in [
        ("resources", json!([])),
        ("resources", json!([other.id])),
        (
            "resources",
            json!(["item_00000000000000000000000000000007"]),
        ),
        ("resources", json!(["anything"])),
        ("fields", json!([])),
        ("fields", json!(["user.password"])),
        ("purpose", json!("")),
        ("purpose", json!("one\nfield user.name")),
        ("hours", json!(0)),
        ("hours", json!(73)),
        ("uses", json!(0)),
        ("uses", json!(101)),
    ] {
        let mut arguments = right.clone();
        arguments[member] = value;
        console
            .give("consent.request", &arguments)
            .expect_problem(422, "validation");
    }
    let list = person.get("/v1/me/consents").expect(200);
    assert_eq!(list["data"], json!([]));
}

#[test]
fn nobody_sees_or_signs_what_another_was_asked() {
    let customer = customer();
    let console = console();
    let person = &customer.holder.person;
    let consent = console.ask(person, &[&person.id], &["user.email"], 1);
    let mallory = app().key_holder();
    for path in ["", "/proof"] {
        mallory
            .person
            .get(&format!("/v1/me/consents/{consent}{path}"))
            .expect_problem(404, "not-found");
    }
    for (path, body) in [
        ("/openings", json!({"passkey": mallory.key})),
        ("/decline", json!({})),
        ("/revoke", json!({})),
        ("/grant", json!({"challenge": "x", "credential": {}})),
    ] {
        mallory
            .person
            .post(&format!("/v1/me/consents/{consent}{path}"), &body)
            .expect_problem(404, "not-found");
    }
    assert_eq!(shown(person, &consent)["state"], "requested");
    let other = super::stage().first.log_in();
    other
        .give("consent.show", &json!({"consent": consent}))
        .expect_problem(404, "not-found");
    let own = console.rows("consent.show", &json!({"consent": consent}));
    assert_eq!(own[0]["state"], "requested");
}

#[test]
fn consents_come_page_by_page() {
    let customer = customer();
    let person = &customer.holder.person;
    let console = console();
    let mut asked: Vec<String> = (0..3)
        .map(|_| console.ask(person, &[&person.id], &["user.email"], 1))
        .collect();
    asked.reverse();
    let mut paged = Vec::new();
    let mut path = "/v1/me/consents?limit=2".to_owned();
    loop {
        let page = person.get(&path).expect(200);
        let data = page["data"].as_array().unwrap();
        paged.extend(
            data.iter()
                .map(|one| one["id"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/v1/me/consents?limit=2&cursor={cursor}");
    }
    assert_eq!(paged, asked);
    for query in ["limit=0", "limit=101", "cursor=x", "more=1"] {
        person
            .get(&format!("/v1/me/consents?{query}"))
            .expect_problem(422, "validation");
    }
}

#[test]
fn what_she_signed_is_in_her_export() {
    let customer = customer();
    let person = &customer.holder.person;
    let consent = console().ask(person, &[&person.id], &["user.email"], 1);
    let granted = customer.holder.grant(&consent);
    let export = customer
        .holder
        .with_key(|key| person.by_key(key, "GET", "/v1/me/export", None))
        .expect(200);
    let exported = &export["consents"][0];
    assert_eq!(exported["id"], consent.as_str());
    assert_eq!(exported["text"], granted["text"]);
    assert_eq!(exported["key"], customer.holder.key.as_str());
    let entries = export["audit_entries"].as_array().unwrap();
    assert_eq!(entries.len(), customer.holder.access_log().len());
}
