//! Without a consent operators see that there is something, and nothing of it.

use serde_json::{Value, json};

use super::{app, console, customer};

/// Everything of hers that is private, as it could stand in a reply.
fn secrets(person: &end_to_end::Person) -> Vec<String> {
    let mut secrets = vec![person.applicant.email.clone()];
    for row in person.transactions("", 100) {
        for member in ["name", "merchant_name", "original_description"] {
            secrets.extend(row[member].as_str().map(str::to_owned));
        }
    }
    let accounts = person.get("/v1/accounts").expect(200);
    for account in accounts["data"].as_array().unwrap() {
        secrets.extend(account["name"].as_str().map(str::to_owned));
    }
    secrets
}

#[test]
fn every_command_masks_what_is_hidden() {
    let customer = customer();
    let user = &customer.holder.person.id;
    customer.connection.person.annotate(
        customer.holder.person.transactions("", 1)[0]["id"]
            .as_str()
            .unwrap(),
        &json!({"note": "between us two"}),
    );
    let mut secrets = secrets(&customer.holder.person);
    secrets.push("between us two".to_owned());
    let console = console();
    for (command, arguments, masked) in [
        (
            "user.show",
            json!({"user": user}),
            vec!["user.email", "user.name"],
        ),
        (
            "item.list",
            json!({"user": user}),
            vec!["item.institution", "account.name", "account.balance"],
        ),
        (
            "item.status",
            json!({"item": customer.connection.id}),
            vec![],
        ),
        (
            "transaction.list",
            customer.transactions(),
            vec![
                "transaction.date",
                "transaction.amount",
                "transaction.name",
                "transaction.category",
                "transaction.note",
            ],
        ),
        ("subscription.show", json!({"user": user}), vec![]),
        (
            "session.list",
            json!({"user": user}),
            vec!["session.origin"],
        ),
    ] {
        let reply = console.give(command, &arguments);
        let shown = reply.expect(200);
        assert_eq!(shown["masked"], json!(masked), "{command}");
        assert_eq!(shown["revealed"], json!([]), "{command}");
        assert_ne!(shown["rows"], json!([]), "{command}");
        for secret in &secrets {
            assert!(
                !reply.text().contains(secret.as_str()),
                "{command}: {secret}"
            );
        }
        for column in shown["columns"].as_array().unwrap() {
            if column["field"].is_null() {
                continue;
            }
            for row in shown["rows"].as_array().unwrap() {
                let cell = &row[column["name"].as_str().unwrap()];
                assert!(*cell == "••••" || cell.is_null(), "{command}: {cell}");
            }
        }
    }
}

#[test]
fn an_accounts_last_digits_are_seen() {
    let customer = customer();
    let rows = console().rows("item.list", &json!({"user": customer.holder.person.id}));
    let accounts = customer.holder.person.get("/v1/accounts").expect(200);
    let mask = |row: &Value| row["number"].as_str().unwrap().to_owned();
    for account in accounts["data"].as_array().unwrap() {
        let row = rows
            .iter()
            .find(|row| row["account"] == account["id"])
            .unwrap();
        assert_eq!(
            mask(row),
            format!("•••• {}", account["mask"].as_str().unwrap())
        );
    }
}

#[test]
fn an_email_finds_an_account_and_is_not_written_down() {
    let customer = customer();
    let email = customer.holder.person.applicant.email.to_uppercase();
    let console = console();
    let rows = console.rows("user.find", &json!({"email": email}));
    assert_eq!(rows, [json!({"user": customer.holder.person.id})]);
    let seen = customer.newest();
    assert_eq!(seen["event"]["command"], "user.find");
    assert_eq!(seen["event"]["arguments"], Value::Null);
    let nobody = console.rows("user.find", &json!({"email": "nobody@example.com"}));
    assert_eq!(nobody, Vec::<Value>::new());
    let lower = email.to_lowercase();
    assert_eq!(app().database().traces_of(&lower), Vec::<String>::new());
}
