//! What a person says of a transaction of hers: a category, a note, tags.

use serde_json::{Value, json};

use crate::{Connection, Keys, Person, Reply, TestApp};

impl Person {
    /// Says something of a transaction.
    pub fn annotate(&self, transaction: &str, change: &Value) -> Reply {
        let path = format!("/v1/transactions/{transaction}");
        self.call("PATCH", &path).json(change).send()
    }

    /// What she has said of a transaction, as it is shown by itself.
    #[track_caller]
    pub fn own_words(&self, transaction: &str) -> Value {
        let path = format!("/v1/transactions/{transaction}");
        own_words_of(&self.get(&path).expect(200))
    }
}

/// The part of a transaction that no bank knows.
pub fn own_words_of(transaction: &Value) -> Value {
    json!({
        "corrected_category": transaction["corrected_category"],
        "note": transaction["note"],
        "tags": transaction["tags"],
    })
}

impl Connection {
    /// The bank knows these rows from now on, and so does she; how the API names them.
    /// `drafts` is JSON text, so that amounts stay the characters that were written.
    #[track_caller]
    pub fn told(&self, app: &TestApp, drafts: &str) -> Vec<String> {
        let update = format!(r#"{{"add":{drafts},"webhooks":false}}"#);
        let added = self.bank.update(&update);
        self.refresh().expect(200);
        let keys = Keys::of(app.database(), &self.person.id);
        let ids = added["added"].as_array().expect("ids").iter();
        ids.map(|id| keys.transaction(id.as_str().expect("an id")))
            .collect()
    }

    /// The bank changes something without saying so, and she asks.
    #[track_caller]
    pub fn changed(&self, update: &Value) -> Value {
        let mut update = update.clone();
        update["webhooks"] = json!(false);
        let done = self.bank.update(&update.to_string());
        self.refresh().expect(200);
        done
    }
}
