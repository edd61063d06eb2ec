//! One Item as its row and its webhooks stand in the database, on an instance that others use
//! as well: what is left to do about it, and what time and bad luck do to it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{Connection, Keys, TestApp, unix_now};

/// How long whatever is under way may take.
const PATIENCE: Duration = Duration::from_mins(4);
/// A message is delivered within this.
const DELIVERY: Duration = Duration::from_millis(1_500);

/// A watch over one Item.
pub struct Watch<'a> {
    app: &'a TestApp,
    /// Its row's id.
    item: String,
    /// What the inbox's rows about it have in common.
    subject: String,
}

impl<'a> Watch<'a> {
    pub fn over(app: &'a TestApp, connection: &Connection) -> Self {
        Self {
            app,
            item: connection.row().to_owned(),
            subject: Keys::system(app.database()).item(&connection.bank.id),
        }
    }

    fn sql(&self, statement: &str, values: &Value) {
        self.app.database().sql(statement, values);
    }

    /// Its lease runs out, its pause ends, its webhooks have waited for a minute.
    pub fn let_time_pass(&self) {
        self.sql(
            "UPDATE item SET lease_until=0, retry_at=0 WHERE id=?",
            &json!([self.item]),
        );
        self.sql(
            "UPDATE inbox SET received_at=received_at-60 WHERE waiting=1 AND subject=?",
            &json!([self.subject]),
        );
    }

    /// Somebody began to read it and died.
    pub fn kill_holder(&self) {
        self.sql(
            "UPDATE item SET attempt=attempt+1, lease_holder=?, lease_until=? WHERE id=?",
            &json!([some_id(), unix_now() + 120, self.item]),
        );
    }

    /// A webhook of this kind is written down and its message never sent.
    pub fn write_down_unsaid(&self, kind: &str) {
        let database = self.app.database();
        let known = "SELECT count(*) AS n FROM item WHERE id=?";
        // One that waits already does.
        let waits = "SELECT count(*) AS n FROM inbox WHERE subject=? AND kind=? AND waiting=1";
        if database.number(known, &json!([self.item])) == 0
            || database.number(waits, &json!([self.subject, kind])) > 0
        {
            return;
        }
        self.sql(
            "INSERT INTO inbox (id,source,subject,kind,received_at,waiting) VALUES (?,'plaid',?,?,?,1)",
            &json!([some_id(), self.subject, kind, unix_now()]),
        );
    }

    /// Whether nobody has it or has anything to do about it.
    pub fn is_at_rest(&self) -> bool {
        let item =
            "SELECT count(*) AS n FROM item WHERE id=? AND (lease_until>? OR wanted<>synced)";
        let inbox = "SELECT count(*) AS n FROM inbox WHERE subject=? AND waiting=1";
        let database = self.app.database();
        database.number(item, &json!([self.item, unix_now()])) == 0
            && database.number(inbox, &json!([self.subject])) == 0
    }

    /// Minutes pass, with a sweep each, until nobody has anything to do about it.
    ///
    /// # Errors
    /// What is left to do after four minutes.
    pub fn comes_to_rest(&self) -> Result<(), String> {
        let began = Instant::now();
        let mut swept = began;
        while !self.is_at_rest() {
            if began.elapsed() > PATIENCE {
                return Err(format!("never at rest: {}", self.what_is_left()));
            }
            // Not while messages may be on their way: a long sync would lose its lease
            // again and again on a slow machine.
            if swept.elapsed() > DELIVERY {
                if !self.is_held() {
                    self.let_time_pass();
                    self.app.sweep();
                }
                swept = Instant::now();
            }
            std::thread::sleep(Duration::from_millis(40));
        }
        Ok(())
    }

    fn is_held(&self) -> bool {
        let held = "SELECT count(*) AS n FROM item WHERE id=? AND lease_until>?";
        self.app
            .database()
            .number(held, &json!([self.item, unix_now()]))
            > 0
    }

    fn what_is_left(&self) -> String {
        let database = self.app.database();
        let item =
            "SELECT state,wanted,synced,attempt,failures,retry_at,lease_until FROM item WHERE id=?";
        let item = database.sql(item, &json!([self.item]));
        let inbox = "SELECT kind,received_at FROM inbox WHERE subject=? AND waiting=1";
        let inbox = database.sql(inbox, &json!([self.subject]));
        format!("{item:?}, {inbox:?}")
    }
}

fn some_id() -> String {
    format!("{:032x}", fastrand::u128(..))
}
