//! Cash flow, as the API shows it, and added up a second time from what the bank knows.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::bank::TrueTransaction;
use crate::connection::Currency;
use crate::{Connection, Keys, Person};

/// By month, then by account, category and currency.
pub type Flows = BTreeMap<String, BTreeMap<FlowKey, Flow>>;

/// What tells one total of a month from another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct FlowKey {
    pub account: String,
    pub category: Option<String>,
    pub currency: String,
    pub scale: u64,
}

/// A total, in minor units.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Flow {
    pub into: i64,
    pub out: i64,
    pub count: u64,
}

impl Person {
    /// What `/v1/cash-flow` shows: newest month first, nothing empty, nothing twice.
    #[track_caller]
    pub fn flows(&self, query: &str) -> Flows {
        let shown = self.get(&format!("/v1/cash-flow{query}")).expect(200);
        let data = shown["data"].as_array().expect("months");
        let name = |month: &Value| month["month"].as_str().expect("a month").to_owned();
        let names: Vec<String> = data.iter().map(name).collect();
        assert!(
            names.is_sorted_by(|one, next| one > next),
            "not newest first, or one twice: {names:?}"
        );
        let flows: Flows = names.into_iter().zip(data.iter().map(month)).collect();
        assert!(
            flows.values().all(|totals| !totals.is_empty()),
            "an empty month: {shown}"
        );
        flows
    }
}

fn month(shown: &Value) -> BTreeMap<FlowKey, Flow> {
    let mut totals = BTreeMap::new();
    for total in shown["totals"].as_array().expect("totals") {
        let text = |member: &str| total[member].as_str().map(str::to_owned);
        let key = FlowKey {
            account: text("account_id").expect("an account"),
            category: text("category"),
            currency: text("currency").expect("a currency"),
            scale: total["scale"].as_u64().expect("a scale"),
        };
        let number = |member: &str| total[member].as_i64().expect("an exact integer");
        let flow = Flow {
            into: number("in_minor_units"),
            out: number("out_minor_units"),
            count: total["count"].as_u64().expect("a count"),
        };
        let twin = totals.insert(key, flow);
        assert_eq!(twin, None, "a total stands twice in {shown}");
    }
    totals
}

impl Connection {
    /// The bank's own transactions added up; `corrected` says what she calls some of them,
    /// by the API's ids.
    pub fn true_flows(&self, keys: &Keys, corrected: &BTreeMap<String, String>) -> Flows {
        flows_of(self.bank.truth().transactions, keys, corrected)
    }
}

/// These transactions of a bank's added up.
pub fn flows_of(
    transactions: impl IntoIterator<Item = TrueTransaction>,
    keys: &Keys,
    corrected: &BTreeMap<String, String>,
) -> Flows {
    let mut flows = Flows::new();
    for row in transactions {
        let currency = Currency::new(
            row.iso_currency_code.as_deref(),
            row.unofficial_currency_code.as_deref(),
        );
        let amount = currency.amount(row.amount.get());
        let of_the_bank = row.personal_finance_category;
        let hers = corrected.get(&keys.transaction(&row.transaction_id));
        let key = FlowKey {
            account: keys.account(&row.account_id),
            category: hers
                .cloned()
                .or(of_the_bank.map(|category| category.primary)),
            currency: amount["currency"].as_str().expect("a currency").to_owned(),
            scale: amount["scale"].as_u64().expect("a scale"),
        };
        let month = flows.entry(row.date[..7].to_owned()).or_default();
        let flow = month.entry(key).or_default();
        // Plaid's sign: positive when money leaves the account.
        match amount["minor_units"].as_i64().expect("an amount") {
            left @ 1.. => flow.out += left,
            came => flow.into -= came,
        }
        flow.count += 1;
    }
    flows
}
