//! P2: no banking credentials. What a person types at her bank goes to Plaid: a recorder on every
//! wire of the Worker never sees it, and neither the schema nor a single row has a place for it.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use stack::{Engine, StackOptions, TEST_KEYRING};

use super::database::Database;
use super::instance::{Applicant, Instance};
use super::opener::{self, Opened};
use super::promise::{Checks, Promise};
use super::recorder::Recorder;
use super::traces::{self, Search};
use crate::client::Client;

pub(super) const PROMISE: Promise = Promise {
    name: "P2",
    sentence: "no banking credentials stored",
    unit: "traces of a banking credential",
    prove,
};

const ADA: Applicant = Applicant {
    email: "depositor@example.com",
    name: "Depositor",
    password: "two herons and a slow canal",
};
/// What she signs in with at her banks.
const BANK_USER: &str = "planted-bank-user-ottoline-58213";
const BANK_PASSWORD: &str = "planted-bank-passphrase-vermilion-90417";

/// Parts of names of what a bank asks for at its door.
const CREDENTIALS: [&str; 10] = [
    "username",
    "password",
    "passcode",
    "passphrase",
    "pin",
    "credential",
    "credentials",
    "mfa",
    "otp",
    "secret",
];

fn prove(engine: Engine, checks: &mut Checks) -> Result<()> {
    let [to_us, to_plaid, of_link] = [
        Recorder::listen()?,
        Recorder::listen()?,
        Recorder::listen()?,
    ];
    let options = StackOptions::on(engine)
        // Keys are bound to a host by its name.
        .var("ORIGIN", &to_us.url().replace("127.0.0.1", "localhost"))
        .var("PLAID_BASE_URL", &to_plaid.url());
    let (mut instance, to_database) = Instance::overheard("p2", options)?;
    to_us.forward_to(&instance.stack.origin())?;
    to_plaid.forward_to(instance.stack.plaid_url())?;
    of_link.forward_to(instance.stack.plaid_url())?;
    instance.balance = Client::new(&to_us.url());
    instance.plaid = Client::new(&of_link.url());

    let person = instance
        .balance
        .with_token(&instance.account(&instance.balance, &ADA)?);
    by_link(&instance, &person)?;
    by_test_user(&instance, &person)?;
    let webhooks = instance
        .plaid
        .get("/_control/webhooks?idle=20")?
        .expect(200)?;
    let webhooks = crate::client::elements(&webhooks, "/deliveries").len();
    let disk = instance.stop();

    let search = Search::new(vec![
        traces::Value {
            what: "the bank's user name".into(),
            text: BANK_USER.into(),
        },
        traces::Value {
            what: "the bank's password".into(),
            text: BANK_PASSWORD.into(),
        },
    ])?;
    let wire = of_link.recorded();
    checks.none(
        "control: both are found on the wire between the person and Plaid",
        search.missing(&wire),
        format!("{} bytes", wire.len()),
    );
    let to_us_too = format!("to the Worker and back, {webhooks} webhooks among it");
    let mut wires = vec![
        (to_us_too.as_str(), &to_us),
        ("between the Worker and Plaid", &to_plaid),
    ];
    wires.extend(
        to_database
            .as_ref()
            .map(|wire| ("between the Worker and the database", wire)),
    );
    for (what, recorder) in wires {
        let wire = recorder.recorded();
        let heard = format!("{} bytes", wire.len());
        checks.holds(
            format!("control: the wire {what} was heard"),
            wire.len() > 1_000,
            heard,
        );
        checks.none(
            format!("neither is on the wire {what}"),
            search.find(&wire),
            "",
        );
    }
    let files = disk.files()?;
    let traces = files.iter().flat_map(|(_, file)| search.find(&file.bytes));
    let size: usize = files.iter().map(|(_, file)| file.bytes.len()).sum();
    checks.none(
        "neither is in any file that workerd or the database wrote",
        traces,
        format!("{} files, {size} bytes", files.len()),
    );

    let database = disk.rows()?;
    let opened = opener::open(&database, TEST_KEYRING)?;
    in_rows(&search, &database, &opened, checks)
}

/// Through Link, with a user name.
fn by_link(instance: &Instance, person: &Client) -> Result<()> {
    let link = instance.link(person, &json!({"username": BANK_USER}))?;
    let institution = link.metadata.pointer("/institution/institution_id");
    let body = json!({
        "public_token": link.public_token,
        "institution": {"institution_id": institution},
    });
    person.post("/v1/items", &body)?.expect(201)?;
    instance.book(
        &link.item,
        &json!({"add": [{"name": "A webhook came", "amount": 3.5}]}),
    )?;
    instance.until_found(person, "a webhook came")
}

/// As Plaid's own test user, whose password says what accounts she has.
fn by_test_user(instance: &Instance, person: &Client) -> Result<()> {
    let password = json!({
        "override_accounts": [{
            "type": "depository",
            "subtype": "checking",
            "starting_balance": 1200,
            "meta": {"name": "Her own account"},
        }],
        "passphrase": BANK_PASSWORD,
    });
    // The stand-in takes its keys from the body as well as from headers.
    let body = json!({
        "client_id": "sandbox-client-id",
        "secret": "sandbox-secret",
        "institution_id": "ins_109509",
        "initial_products": ["transactions"],
        "options": {"override_username": "user_custom", "override_password": password.to_string()},
    });
    let made = instance.plaid.post("/sandbox/public_token/create", &body)?;
    made.expect(200)?;
    let body = json!({"public_token": made.string("/public_token")?});
    person.post("/v1/items", &body)?.expect(201)?;
    Ok(())
}

fn in_rows(
    search: &Search,
    database: &Database,
    opened: &Opened,
    checks: &mut Checks,
) -> Result<()> {
    checks.none(
        "every sealed row could be opened",
        &opened.refused,
        format!("{} rows", opened.payloads.len()),
    );
    let text = opened.database.bytes();
    checks.none(
        "neither is in any row, sealed ones opened",
        search.find(&text),
        format!("{} bytes", text.len()),
    );
    let banking = ["item", "account"];
    let mut places: Vec<String> = Vec::new();
    for (name, table) in database
        .tables
        .iter()
        .filter(|(name, _)| banking.contains(&name.as_str()))
    {
        places.extend(
            table
                .columns
                .iter()
                .map(|column| format!("{name}.{column}")),
        );
    }
    for (table, payload) in opened
        .payloads
        .iter()
        .filter(|(table, _)| banking.contains(&table.as_str()))
    {
        let record: Value = serde_json::from_str(payload).context("a record is no JSON")?;
        let names = record
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| format!("{table}.sealed.{name}"));
        places.extend(names);
    }
    places.sort();
    places.dedup();
    let named = places.iter().filter(|place| {
        place
            .split(['.', '_'])
            .any(|part| CREDENTIALS.contains(&part))
    });
    checks.none(
        "no column and no sealed member of a bank connection is named for one",
        named,
        format!("{} names", places.len()),
    );
    Ok(())
}
