//! What she is to see: the bank's truth without the accounts that are disconnected, and her
//! own words beside it.

use std::collections::{BTreeMap, BTreeSet};

use end_to_end::{
    Connection, Database, Keys, Truth, days_before, in_days, own_words_of, shown_account,
};
use serde_json::{Value, json};

use super::event::Word;

/// What no bank knows.
pub(super) struct Model {
    keys: Keys,
    /// Accounts that were disconnected, by the bank's ids.
    left: BTreeSet<String>,
    /// Her own words, by our ids of transactions, each with the account's.
    words: BTreeMap<String, (String, Value)>,
}

impl Model {
    pub(super) fn new(keys: Keys) -> Self {
        Self {
            keys,
            left: BTreeSet::new(),
            words: BTreeMap::new(),
        }
    }

    /// The bank's truth as far as it is hers to see.
    pub(super) fn truth(&self, connection: &Connection) -> Truth {
        let mut truth = connection.bank.truth();
        let stays = |account: &String| !self.left.contains(account);
        truth.accounts.retain(|one| stays(&one.account_id));
        truth.transactions.retain(|one| stays(&one.account_id));
        truth
    }

    pub(super) fn account(&self, plaid: &str) -> String {
        self.keys.account(plaid)
    }

    /// Whether an account, as the API shows it, was disconnected.
    pub(super) fn has_left(&self, shown: &Value) -> bool {
        let mut left = self.left.iter();
        left.any(|plaid| shown["id"] == self.keys.account(plaid).as_str())
    }

    pub(super) fn leaves(&mut self, account: String) {
        self.left.insert(account);
    }

    /// In Link she has chosen anew what to share: all of it. What she said of what was gone
    /// went with it, also what she said before it was.
    pub(super) fn shares_again(&mut self) {
        for plaid in std::mem::take(&mut self.left) {
            let account = self.keys.account(&plaid);
            self.words.retain(|_, (of, _)| *of != account);
        }
    }

    /// What is said of a transaction, by the API's form of it: its own words, else those of
    /// the pending one that it replaced.
    fn words_of(&self, shown: &Value) -> Value {
        let said = |member: &str| self.words.get(shown[member].as_str()?);
        let nothing = json!({"corrected_category": null, "note": null, "tags": []});
        let words = said("id").or_else(|| said("replaces"));
        words.map_or(nothing, |(_, words)| words.clone())
    }

    /// The change that says this, and the words as they are then.
    pub(super) fn say(&self, shown: &Value, word: Word, what: Option<u8>) -> (Value, Value) {
        let mut words = self.words_of(shown);
        let (member, kept, value) = match word {
            Word::Category => ("category", "corrected_category", json!(what)),
            Word::Note => ("note", "note", json!(what)),
            Word::Tag => ("tags", "tags", json!([])),
        };
        let text = what.map(|what| format!("own {what}"));
        let value = match (word, text) {
            (Word::Tag, Some(text)) => json!([text]),
            (_, Some(text)) => json!(text),
            (_, None) => value,
        };
        words[kept] = value.clone();
        (json!({member: value}), words)
    }

    pub(super) fn said(&mut self, shown: &Value, words: Value) {
        let text = |member: &str| shown[member].as_str().expect("an id").to_owned();
        self.words.insert(text("id"), (text("account_id"), words));
    }

    /// Where accounts, words and sums are others than they are to be.
    pub(super) fn differences(&self, connection: &Connection) -> Vec<String> {
        let truth = self.truth(connection);
        let mut found = Vec::new();
        let mut accounts: Vec<Value> = connection.accounts();
        for account in &mut accounts {
            account.as_object_mut().expect("one").remove("updated_at");
        }
        let expected = truth.accounts.iter();
        let mut expected: Vec<Value> = expected
            .map(|account| shown_account(&self.keys, &connection.id, account))
            .collect();
        let by_id = |account: &Value| account["id"].as_str().map(str::to_owned);
        accounts.sort_by_key(by_id);
        expected.sort_by_key(by_id);
        if accounts != expected {
            found.push(format!("accounts are {accounts:?}, not {expected:?}"));
        }
        let mut corrected = BTreeMap::new();
        for row in connection.person.transactions("", 1_000) {
            let (seen, words) = (own_words_of(&row), self.words_of(&row));
            if seen != words {
                found.push(format!("of {row} she said {words}"));
            }
            if let (Some(id), Some(category)) =
                (row["id"].as_str(), words["corrected_category"].as_str())
            {
                corrected.insert(id.to_owned(), category.to_owned());
            }
        }
        // As much as can be asked for at once: more than the bank tells of.
        let (today, to) = (in_days(0), in_days(31));
        let from = days_before(&today[..10], 1_000);
        let range = format!("?from={}&to={}", &from[..7], &to[..7]);
        let flows = connection.person.flows(&range);
        let sums = end_to_end::flows_of(truth.transactions, &self.keys, &corrected);
        if flows != sums {
            found.push(format!("the sums are {flows:?}, not {sums:?}"));
        }
        found
    }
}

/// The model of someone who has said nothing yet.
pub(super) fn model(database: &Database, connection: &Connection) -> Model {
    Model::new(Keys::of(database, &connection.person.id))
}
