//! A bank connection, from both sides: what the API shows of it, and what the bank
//! knows. The two are held against one another to the last digit.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::bank::{TrueAccount, TrueTransaction};
use crate::{BankItem, Database, Keys, Person, Reply, TestApp};

/// A person's connection to a bank.
pub struct Connection {
    pub person: Person,
    /// Our id of it.
    pub id: String,
    pub bank: BankItem,
    /// The reply that made it.
    pub made: Value,
}

impl TestApp {
    /// A person connects a bank; `details` as [`crate::Bank::link`] takes them.
    pub fn connect(&self, person: &Person, details: &Value) -> Connection {
        let (bank, reply) = self.try_to_connect(person, details);
        let made = reply.expect(201);
        Connection {
            person: person.clone(),
            id: reply.string("/id"),
            bank,
            made,
        }
    }

    /// As [`Self::connect`], with whatever came of it.
    pub fn try_to_connect(&self, person: &Person, details: &Value) -> (BankItem, Reply) {
        let token = person.post("/v1/link-tokens", &json!({}));
        token.expect(201);
        let linked = self.bank().link(&token.string("/link_token"), details);
        let reply = person.post(
            "/v1/items",
            &json!({
                "public_token": linked.public_token,
                "institution": {"institution_id": linked.metadata["institution"]["institution_id"]},
                "accounts": names_and_masks(&linked.metadata),
            }),
        );
        (linked.item, reply)
    }
}

fn names_and_masks(metadata: &Value) -> Vec<Value> {
    let accounts = metadata["accounts"].as_array().expect("accounts");
    accounts
        .iter()
        .map(|account| json!({"name": account["name"], "mask": account["mask"]}))
        .collect()
}

impl Connection {
    /// What the API says of it.
    pub fn shown(&self) -> Value {
        self.person
            .get(&format!("/v1/items/{}", self.id))
            .expect(200)
    }

    /// `preparing`, `good`, `needs_reauth`, `failing`.
    pub fn status(&self) -> String {
        self.shown()["status"]
            .as_str()
            .expect("a status")
            .to_owned()
    }

    /// Asks for a refresh.
    pub fn refresh(&self) -> Reply {
        self.person
            .post(&format!("/v1/items/{}/sync", self.id), &json!({}))
    }

    /// Its row's id in the database.
    pub fn row(&self) -> &str {
        self.id.strip_prefix("item_").expect("an Item's id")
    }
}

impl Person {
    /// Every page of `/v1/transactions` with this query, in order.
    pub fn transactions(&self, query: &str, limit: u32) -> Vec<Value> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self
                .get(&format!("/v1/transactions?limit={limit}{query}{cursor}"))
                .expect(200);
            let rows = page["data"].as_array().expect("rows");
            assert!(
                rows.len() <= limit as usize,
                "a page of {} rows",
                rows.len()
            );
            all.extend(rows.iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
            assert!(!rows.is_empty(), "an empty page that is not the last");
        }
    }
}

/// Where what a person sees differs from what her banks know. Empty: she has
/// everything, once, to the last digit, and the month directory counts it right.
pub fn differences(
    database: &Database,
    person: &Person,
    connections: &[&Connection],
) -> Vec<String> {
    let truths = connections.iter().map(|connection| connection.bank.truth());
    differences_from(
        database,
        person,
        truths.flat_map(|truth| truth.transactions),
    )
}

/// As [`differences`], where she is to see these transactions.
pub fn differences_from(
    database: &Database,
    person: &Person,
    transactions: impl IntoIterator<Item = TrueTransaction>,
) -> Vec<String> {
    let keys = Keys::of(database, &person.id);
    let mut expected = BTreeMap::new();
    let mut months: BTreeMap<String, u32> = BTreeMap::new();
    for transaction in transactions {
        *months.entry(transaction.date[..7].to_owned()).or_default() += 1;
        expected.insert(
            keys.transaction(&transaction.transaction_id),
            shown(&keys, &transaction),
        );
    }
    let mut found = Vec::new();
    for mut row in person.transactions("", 1000) {
        let id = row["id"].as_str().expect("an id").to_owned();
        // Not told by every bank, and what no bank knows: her own words.
        for other in ["original_description", "corrected_category", "note", "tags"] {
            row.as_object_mut().expect("a row").remove(other);
        }
        match expected.remove(&id) {
            Some(truth) if truth == row => {}
            Some(truth) => found.push(format!("shown {row}, the bank has {truth}")),
            None => found.push(format!("shown twice, or unknown to the bank: {row}")),
        }
    }
    found.extend(
        expected
            .into_values()
            .map(|truth| format!("not shown: {truth}")),
    );
    let counted = keys.months(database);
    if counted != months {
        found.push(format!(
            "the directory counts {counted:?}, the bank {months:?}"
        ));
    }
    found
}

/// A transaction of the bank's as the API is to show it, but for the bank's own words.
fn shown(keys: &Keys, truth: &TrueTransaction) -> Value {
    let currency = Currency::new(
        truth.iso_currency_code.as_deref(),
        truth.unofficial_currency_code.as_deref(),
    );
    let category = truth.personal_finance_category.as_ref().map(|category| {
        json!({
            "primary": category.primary,
            "detailed": category.detailed,
            "confidence": category.confidence_level,
        })
    });
    json!({
        "id": keys.transaction(&truth.transaction_id),
        "account_id": keys.account(&truth.account_id),
        "date": truth.date,
        "authorized_date": truth.authorized_date,
        "datetime": truth.datetime,
        "amount": currency.amount(truth.amount.get()),
        "name": truth.name,
        "merchant_name": truth.merchant_name,
        "pending": truth.pending,
        "payment_channel": truth.payment_channel,
        "category": category,
        "replaces": truth.pending_transaction_id.as_deref().map(|id| keys.transaction(id)),
    })
}

/// An account of the bank's as the API is to show it, but for the time.
pub fn shown_account(keys: &Keys, item: &str, truth: &TrueAccount) -> Value {
    let balances = &truth.balances;
    let currency = Currency::new(
        balances.iso_currency_code.as_deref(),
        balances.unofficial_currency_code.as_deref(),
    );
    let amount = |lexeme: &Option<Box<serde_json::value::RawValue>>| {
        lexeme.as_ref().map(|lexeme| currency.amount(lexeme.get()))
    };
    json!({
        "id": keys.account(&truth.account_id),
        "item_id": item,
        "name": truth.name,
        "official_name": truth.official_name,
        "mask": truth.mask,
        "type": truth.kind,
        "subtype": truth.subtype,
        "currency": currency.code,
        "balances": {
            "available": amount(&balances.available),
            "current": amount(&balances.current),
            "limit": amount(&balances.limit),
        },
    })
}

/// A second reading of the rules of money, on purpose not that of crate `money`.
pub(crate) struct Currency<'a> {
    code: &'a str,
    scale: usize,
}

impl<'a> Currency<'a> {
    pub(crate) fn new(iso: Option<&'a str>, unofficial: Option<&'a str>) -> Self {
        let scale = match (iso, unofficial) {
            (Some("JPY"), _) => 0,
            (Some("KWD"), _) => 3,
            (Some("USD" | "EUR" | "GBP") | None, None) => 2,
            (None, Some(_)) => 8,
            (iso, _) => panic!("teach the test the scale of {iso:?}"),
        };
        Self {
            code: iso.or(unofficial).unwrap_or("XXX"),
            scale,
        }
    }

    /// By moving characters: no arithmetic, no float.
    pub(crate) fn amount(&self, lexeme: &str) -> Value {
        let (sign, digits) = lexeme
            .strip_prefix('-')
            .map_or(("", lexeme), |digits| ("-", digits));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let decimals = decimals.trim_end_matches('0');
        let scale = self.scale.max(decimals.len());
        let text = format!(
            "{sign}{whole}{decimals}{}",
            "0".repeat(scale - decimals.len())
        );
        let minor_units: i64 = text
            .parse()
            .unwrap_or_else(|_| panic!("{lexeme} is not a plain decimal"));
        json!({"minor_units": minor_units, "currency": self.code, "scale": scale})
    }
}
