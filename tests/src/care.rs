//! Looking after a connection as its API has it, and what Plaid says about one.

use serde_json::{Value, json};

use crate::{Client, Connection, Reply, TestApp, Watch};

/// Who we are at the stand-in.
const CLIENT_ID: &str = "sandbox-client-id";
const SECRET: &str = "sandbox-secret";

impl Connection {
    /// How it fares.
    #[track_caller]
    pub fn report(&self) -> Value {
        self.person.get(&self.path("status")).expect(200)
    }

    /// What is going to happen, or could be done.
    #[track_caller]
    pub fn warnings(&self) -> Vec<Value> {
        self.report()["warnings"]
            .as_array()
            .expect("warnings")
            .clone()
    }

    /// Link's update mode has ended.
    pub fn repair(&self) -> Reply {
        self.person.post(&self.path("repairs"), &json!({}))
    }

    /// Another access token.
    pub fn rotate_token(&self) -> Reply {
        self.person.post(&self.path("token-rotations"), &json!({}))
    }

    /// Balances as they are at this moment.
    pub fn live_balances(&self) -> Reply {
        self.person.post(&self.path("balances"), &json!({}))
    }

    /// Its accounts, as the list of all of hers has them.
    #[track_caller]
    pub fn accounts(&self) -> Vec<Value> {
        let all = self.person.get("/v1/accounts").expect(200);
        let all = all["data"].as_array().expect("accounts").iter();
        all.filter(|account| account["item_id"] == self.id.as_str())
            .cloned()
            .collect()
    }

    /// Disconnects one account, by our id of it.
    pub fn disconnect_account(&self, account: &str) -> Reply {
        self.person.delete(&format!("/v1/accounts/{account}"))
    }

    /// Goes through Link's update mode; the client does not tell.
    #[track_caller]
    pub fn go_through_link(&self, app: &TestApp, details: &Value) {
        let token = self
            .person
            .post("/v1/link-tokens", &json!({"item_id": self.id}));
        token.expect(201);
        app.bank().link(&token.string("/link_token"), details);
    }

    fn path(&self, what: &str) -> String {
        format!("/v1/items/{}/{what}", self.id)
    }
}

impl TestApp {
    /// Plaid sends a webhook with these members about a connection.
    #[track_caller]
    pub fn tell(&self, connection: &Connection, kind: &str, code: &str, more: &Value) {
        let body = webhook(&connection.bank.id, kind, code, more);
        let order = json!({"item_id": connection.bank.id, "body": body});
        assert_eq!(self.bank().fire(&order), [200], "{body}");
    }

    /// Whatever a connection began is over, its webhooks included, and no more is on its way.
    #[track_caller]
    pub fn come_to_rest(&self, connection: &Connection) {
        let plaid = Client::new(self.stack().plaid_url(), "127.0.0.1");
        self.eventually("its webhooks have come", || {
            let log = plaid.get("/_control/webhooks").expect(200);
            let sent = log["deliveries"].as_array().expect("deliveries").iter();
            let mut about = sent.filter(|one| one["item_id"] == connection.bank.id.as_str());
            about.all(|delivery| delivery["done"] == true)
        });
        if let Err(left) = Watch::over(self, connection).comes_to_rest() {
            panic!("{left}");
        }
    }

    /// What Plaid answers to whoever has this access token.
    pub fn item_by_token(&self, access_token: &str) -> Reply {
        let plaid = Client::new(self.stack().plaid_url(), "127.0.0.1");
        let asked = json!({"client_id": CLIENT_ID, "secret": SECRET, "access_token": access_token});
        plaid.post("/item/get", &asked)
    }
}

/// The body of a webhook about the Item that Plaid names so.
pub fn webhook(item: &str, kind: &str, code: &str, more: &Value) -> Value {
    let mut body = json!({
        "environment": "sandbox",
        "item_id": item,
        "webhook_type": kind,
        "webhook_code": code,
    });
    let members = body.as_object_mut().expect("an object");
    members.extend(more.as_object().expect("members").clone());
    body
}
