//! What a person has and owes: what Plaid itself would say, and days gone by.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use stack::Engine;
use vault::{ColumnId, Place, TableId};

use crate::{BankItem, Connection, Database, Keys, Person, TestApp, days_before};

/// The Worker's number (src/store/table.rs); it never changes.
pub(crate) const BALANCE_YEAR: TableId = TableId(24);

impl TestApp {
    /// What Plaid answers about an Item, asked directly.
    pub fn plaid_says(&self, item: &BankItem, endpoint: &str) -> Value {
        let plaid = crate::Client::new(self.stack().plaid_url(), "127.0.0.1");
        let token = item.state()["access_token"].clone();
        let call = plaid.call("POST", endpoint);
        call.header("plaid-client-id", "sandbox-client-id")
            .header("plaid-secret", "sandbox-secret")
            .json(&json!({"access_token": token}))
            .send()
            .expect(200)
    }
}

impl Database {
    /// So many days pass: what was noted of her balances was noted as many days earlier.
    pub fn age_balances(&self, person: &Person, days: u64) {
        let hex = person.id.strip_prefix("usr_").expect("a person's id");
        let keys = Keys::of(self, &person.id);
        let query = "SELECT id, rev, sealed FROM balance_year WHERE user_id=?";
        let rows = self.sql(query, &json!([hex]));
        assert!(!rows.is_empty(), "no balances to age");
        let update = match Engine::of_environment() {
            Engine::D1 => "UPDATE balance_year SET sealed=? WHERE user_id=? AND id=?",
            // Bytes there, not text.
            Engine::PlanetScale => {
                "UPDATE balance_year SET sealed=FROM_BASE64(?) WHERE user_id=? AND id=?"
            }
        };
        for row in rows {
            let id = row["id"].as_str().expect("an id");
            let rev = row["rev"].as_u64().expect("a revision");
            let place = Place {
                table: BALANCE_YEAR,
                column: ColumnId::ROW,
                row_id: u128::from_str_radix(id, 16).expect("hex").to_be_bytes(),
                rev: u32::try_from(rev).expect("a revision"),
            };
            let sealed = STANDARD.decode(row["sealed"].as_str().expect("base64"));
            let aged = keys.balances_resealed(&place, sealed.expect("base64"), |year| {
                for point in year["points"].as_array_mut().expect("points") {
                    let day = point[0].as_str().expect("a day");
                    point[0] = json!(days_before(day, days));
                }
            });
            self.sql(update, &json!([STANDARD.encode(aged), hex, id]));
        }
    }
}

impl BankItem {
    /// What Plaid says of its `holdings`, `securities` and `liabilities` from now on; JSON
    /// text, so that numbers stay as they are written.
    pub fn set_wealth(&self, wealth: &str) {
        self.control_text("wealth", wealth);
    }
}

impl Connection {
    /// How one of its products fares: `transactions`, `holdings`, `liabilities`, `recurring`.
    #[track_caller]
    pub fn product(&self, name: &str) -> Value {
        let path = format!("/v1/items/{}/status", self.id);
        let status = self.person.get(&path).expect(200);
        let products = status["products"].as_array().expect("products");
        let product = products.iter().find(|product| product["product"] == name);
        product.expect("the product").clone()
    }
}
