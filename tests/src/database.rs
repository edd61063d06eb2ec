//! The database, read and changed behind the Worker's back: what is left in it, and
//! what time, a crash or a thief would do to it.

mod d1;
mod planetscale;

use serde_json::{Value, json};
use stack::Stack;

use self::{d1::D1, planetscale::PlanetScale};
use crate::{Keys, TestApp};

/// The database of one instance.
pub struct Database(Engine);

enum Engine {
    D1(D1),
    PlanetScale(PlanetScale),
}

impl TestApp {
    /// Runs one statement; the rows it gives.
    pub fn sql(&self, statement: &str) -> Vec<Value> {
        self.database().sql(statement, &json!([]))
    }

    /// How many rows a table has.
    pub fn count_rows(&self, table: &str) -> u64 {
        self.count_rows_where(table, "true")
    }

    /// How many of a table's rows meet a condition.
    pub fn count_rows_where(&self, table: &str, condition: &str) -> u64 {
        let statement = format!("SELECT count(*) AS n FROM {table} WHERE {condition}");
        self.database().number(&statement, &json!([]))
    }
}

impl Database {
    pub(crate) fn of(stack: &Stack) -> Self {
        let branch = stack.branch().expect("credentials");
        Self(branch.map_or_else(
            || Engine::D1(D1::of(stack)),
            |branch| Engine::PlanetScale(PlanetScale(branch)),
        ))
    }

    /// Runs one statement with these values for its `?`; the rows it gives. Bytes are
    /// base64, as D1 has them.
    pub fn sql(&self, statement: &str, values: &Value) -> Vec<Value> {
        let values = values.as_array().expect("values");
        match &self.0 {
            Engine::D1(engine) => engine.sql(statement, values),
            Engine::PlanetScale(engine) => engine.sql(statement, values),
        }
    }

    /// The one number that a query gives.
    pub fn number(&self, query: &str, values: &Value) -> u64 {
        let rows = self.sql(query, values);
        let row = rows.first().and_then(Value::as_object).expect("a row");
        row.values()
            .next()
            .and_then(Value::as_u64)
            .expect("a number")
    }

    /// As [`Self::let_time_pass`], for one Item only, by Plaid's id: for an instance
    /// that others use.
    pub fn let_time_pass_for(&self, plaid_item: &str) {
        let subject = Keys::system(self).item(plaid_item);
        let item = "UPDATE item SET lease_until=0, retry_at=0 WHERE plaid_index=?";
        let inbox = "UPDATE inbox SET received_at=received_at-60 WHERE waiting=1 AND subject=?";
        for statement in [item, inbox] {
            self.sql(statement, &json!([subject]));
        }
    }

    /// Every lease runs out, every pause ends, every webhook that waits has waited
    /// for a minute.
    pub fn let_time_pass(&self) {
        self.sql("UPDATE item SET lease_until=0, retry_at=0", &json!([]));
        self.sql("UPDATE erasure SET retry_at=0", &json!([]));
        // Not longer ago: a bank that is heard of no more is forgotten.
        let now = crate::unix_now();
        self.sql("UPDATE breaker SET open_at=?", &json!([now - 1]));
        self.sql(
            "UPDATE inbox SET received_at=received_at-60 WHERE waiting=1",
            &json!([]),
        );
    }

    /// The tables of our own schema.
    pub fn tables(&self) -> Vec<String> {
        match &self.0 {
            Engine::D1(engine) => engine.tables(),
            Engine::PlanetScale(engine) => engine.tables(),
        }
    }
}
