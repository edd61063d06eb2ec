//! P1: read-only. All that Plaid was ever asked is within the calls that read, no Link token asked
//! for more than reading, and a bank connection that comes with more is refused and removed before
//! a row of it is read.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use stack::{Engine, StackOptions};

use super::instance::{Applicant, Instance};
use super::promise::{Checks, Promise};
use crate::client::{Client, elements, string};

pub(super) const PROMISE: Promise = Promise {
    name: "P1",
    sentence: "read-only: cannot debit, credit or transfer",
    unit: "calls, requests or connections beyond reading",
    prove,
};

/// Every call of Plaid's that only reads, or that begins or ends the reading. Written down here
/// once more: the list that the code has is not its own witness.
const READING: [&str; 17] = [
    "/accounts/balance/get",
    "/accounts/get",
    "/institutions/get_by_id",
    "/investments/holdings/get",
    "/investments/transactions/get",
    "/item/access_token/invalidate",
    "/item/get",
    "/item/public_token/exchange",
    "/item/remove",
    "/item/webhook/update",
    "/liabilities/get",
    "/link/token/create",
    "/link/token/get",
    "/transactions/recurring/get",
    "/transactions/refresh",
    "/transactions/sync",
    "/webhook_verification_key/get",
];

/// What a Link token may ask for.
const ASKED: [&str; 3] = ["transactions", "investments", "liabilities"];

/// Where a Link token says what it asks for.
const ASKING: [&str; 5] = [
    "products",
    "additional_consented_products",
    "optional_products",
    "required_if_supported_products",
    "consented_products",
];

/// What a bank may grant beyond reading, and what nobody has heard of yet.
const BEYOND: [(&str, &str); 9] = [
    ("products", "transfer"),
    ("consented_products", "transfer"),
    ("products", "auth"),
    ("consented_products", "auth"),
    ("consented_products", "payment_initiation"),
    ("consented_products", "identity"),
    ("consented_products", "signal"),
    ("consented_products", "processor_payments"),
    ("consented_products", "balance_transfer_next"),
];

const ADA: Applicant = Applicant {
    email: "reader@example.com",
    name: "Reader",
    password: "nine lanterns under a bridge",
};

fn prove(engine: Engine, checks: &mut Checks) -> Result<()> {
    let mut instance = Instance::start("p1", StackOptions::on(engine))?;
    let person = instance
        .balance
        .with_token(&instance.account(&instance.balance, &ADA)?);

    whole_life(&instance, &person)?;
    let refused: Vec<Refused> = BEYOND
        .iter()
        .map(|(member, product)| try_beyond(&instance, &person, member, product))
        .collect::<Result<_>>()?;
    asked(&instance, checks)?;

    checks.none(
        "a connection that comes with more is refused as not-read-only",
        refused
            .iter()
            .filter(|refused| !refused.told)
            .map(|refused| &refused.granted),
        format!("{} kinds of grants", refused.len()),
    );
    checks.none(
        "it is removed at Plaid",
        refused
            .iter()
            .filter(|refused| !refused.removed)
            .map(|refused| &refused.granted),
        format!(
            "{} Items, all known to the stand-in as removed",
            refused.len()
        ),
    );
    checks.none(
        "no transaction of it was fetched",
        refused
            .iter()
            .filter(|refused| refused.synced)
            .map(|refused| &refused.granted),
        format!("{} Items", refused.len()),
    );
    let database = instance.database()?;
    let banking = ["item", "account", "txn", "txn_stage", "sync_attempt"];
    let counts = database.counts();
    let left = banking.iter().filter_map(|table| {
        let rows = counts.get(table).copied().unwrap_or_default();
        (rows > 0).then(|| format!("{table}: {rows} rows"))
    });
    checks.none(
        "nothing of any of them is in the database",
        left,
        format!("tables {}", banking.join(", ")),
    );
    instance.stop();
    Ok(())
}

/// Link, several syncs, a webhook, a repair in update mode, unlink.
fn whole_life(instance: &Instance, person: &Client) -> Result<()> {
    let link = instance.link(person, &json!({"institution_id": "ins_109508"}))?;
    let made = person.post("/v1/items", &json!({"public_token": link.public_token}))?;
    made.expect(201)?;
    let id = made.string("/id")?;
    for path in ["/v1/items", "/v1/accounts", "/v1/transactions"] {
        person.get(path)?.expect(200)?;
    }
    for _ in 0..3 {
        person
            .post(&format!("/v1/items/{id}/sync"), &json!({}))?
            .expect(200)?;
    }
    instance.book(
        &link.item,
        &json!({"add": [{"name": "Booked meanwhile", "amount": 12.5}]}),
    )?;
    instance.until_found(person, "booked meanwhile")?;
    let repair = person.post("/v1/link-tokens", &json!({"item_id": id}))?;
    repair.expect(201)?;
    let update = json!({"link_token": repair.string("/link_token")?});
    instance
        .plaid
        .post("/_control/link", &update)?
        .expect(200)?;
    person.delete(&format!("/v1/items/{id}"))?.expect(204)?;
    Ok(())
}

/// What became of a connection that came with more than reading.
struct Refused {
    granted: String,
    told: bool,
    removed: bool,
    synced: bool,
}

fn try_beyond(
    instance: &Instance,
    person: &Client,
    member: &str,
    product: &str,
) -> Result<Refused> {
    let mut item = json!({"products": ["transactions"], "consented_products": ["transactions"]});
    if let Some(Value::Array(products)) = item.get_mut(member) {
        products.push(product.into());
    }
    let item = instance.plaid.post("/_control/items", &item)?.expect(200)?;
    let token = string(&item, "/public_token")?;
    let reply = person.post("/v1/items", &json!({"public_token": token}))?;
    let left = instance.item(&string(&item, "/item_id")?)?;
    let flag = |name| left.get(name).and_then(Value::as_bool);
    Ok(Refused {
        granted: format!("{product} in {member}"),
        told: reply.status == 422 && reply.problem().as_deref() == Some("not-read-only"),
        removed: flag("removed").context("the stand-in does not say")?,
        synced: flag("sync_called").context("the stand-in does not say")?,
    })
}

/// All that Plaid was asked in this run.
fn asked(instance: &Instance, checks: &mut Checks) -> Result<()> {
    let log = instance.plaid.get("/_control/requests")?.expect(200)?;
    let requests = elements(&log, "/requests");
    let paths: BTreeSet<&str> = requests
        .iter()
        .filter_map(|request| request.get("path")?.as_str())
        .collect();
    checks.none(
        "every call to Plaid is one that reads",
        paths.iter().filter(|path| !READING.contains(path)),
        format!("{} calls of {} kinds", requests.len(), paths.len()),
    );
    checks.holds(
        "the run made the calls that it is about",
        [
            "/link/token/create",
            "/item/public_token/exchange",
            "/transactions/sync",
            "/item/remove",
        ]
        .iter()
        .all(|path| paths.contains(path)),
        paths.iter().copied().collect::<Vec<_>>().join(" "),
    );
    let links: Vec<&Value> = requests
        .iter()
        .filter(|request| {
            request
                .get("path")
                .is_some_and(|path| path == "/link/token/create")
        })
        .filter_map(|request| request.get("body"))
        .collect();
    let products = links.iter().flat_map(|body| {
        let lists = ASKING
            .iter()
            .flat_map(move |member| elements_of(body, member));
        lists
            .filter(|product| !ASKED.contains(product))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    checks.none(
        "no Link token asks for a product beyond reading",
        products,
        format!(
            "{} Link tokens, {} of them to repair",
            links.len(),
            links
                .iter()
                .filter(|body| body.get("access_token").is_some())
                .count()
        ),
    );
    // A member named after a product carries its settings, and asks for it.
    let members = links.iter().flat_map(|body| {
        let names = body
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone());
        names.filter(|name| {
            let name = name.as_str();
            [
                "transfer",
                "auth",
                "payment",
                "income",
                "employment",
                "identity",
                "cra_",
                "deposit_switch",
            ]
            .iter()
            .any(|product| name.starts_with(product))
        })
    });
    checks.none("none has settings of such a product", members, "");
    Ok(())
}

fn elements_of<'a>(body: &'a Value, member: &str) -> impl Iterator<Item = &'a str> {
    let list = body.get(member).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}
