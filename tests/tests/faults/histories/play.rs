//! One person who plays histories: she connects a bank, things happen, they end, and she
//! looks. Each history begins with nothing and ends with nothing.

use std::cell::Cell;

use end_to_end::{Connection, Person, TestApp, Watch, differences, differences_from, webhook};
use proptest::sample::Index;
use serde_json::{Value, json};

use super::event::{Event, History};
use super::model::{Model, model};

/// Refreshes that use up whatever failures were ordered: each order is for one call.
const PATIENCE: usize = 60;

pub(super) struct Player<'a> {
    app: &'a TestApp,
    person: Person,
    /// What a history that failed left lying would fail every shorter one too.
    unfinished: Cell<Option<String>>,
}

impl<'a> Player<'a> {
    pub(super) fn join(app: &'a TestApp) -> Self {
        Self {
            app,
            person: app.person(),
            unfinished: Cell::new(None),
        }
    }

    /// # Errors
    /// How what she sees differs from what the bank knows, or what is never done with.
    pub(super) fn play(&self, history: &History) -> Result<(), String> {
        if let Some(left) = self.unfinished.take() {
            self.person.delete(&format!("/v1/items/{left}"));
        }
        let connection = self.connect(history.transactions);
        self.unfinished.set(Some(connection.id.clone()));
        let watch = Watch::over(self.app, &connection);
        let mut model = model(self.app.database(), &connection);
        for event in &history.events {
            match event {
                Event::Leave(which, by_webhook) => {
                    self.leaves(&connection, &mut model, *which, *by_webhook);
                }
                Event::Say(which, word, what) => {
                    let rows = self.person.transactions("", 1_000);
                    if rows.is_empty() {
                        continue;
                    }
                    let row = which.get(&rows);
                    let (change, words) = model.say(row, *word, *what);
                    let id = row["id"].as_str().expect("an id");
                    // A sync that lands at this moment may win.
                    if self.person.annotate(id, &change).status() == 200 {
                        model.said(row, words);
                    }
                }
                Event::Repair => {
                    // What a webhook takes away is not to go after she has shared it again.
                    self.app.eventually("what a webhook took is gone", || {
                        watch.let_time_pass();
                        self.app.sweep();
                        let mut shown = connection.accounts().into_iter();
                        shown.all(|account| !model.has_left(&account))
                    });
                    connection.go_through_link(self.app, &json!({}));
                    // Where the connection is held it says so, and nothing happened.
                    if connection.repair().status() == 200 {
                        model.shares_again();
                    }
                }
                event => self.happens(&connection, &watch, event),
            }
        }
        settle(self.app, &connection, &watch)?;
        let truth = model.truth(&connection).transactions;
        let mut found = differences_from(self.app.database(), &self.person, truth);
        found.extend(model.differences(&connection));
        if !found.is_empty() {
            let some = &found[..found.len().min(5)];
            return Err(format!("{} differences: {some:#?}", found.len()));
        }
        let path = format!("/v1/items/{}", connection.id);
        self.person.delete(&path).expect(204);
        self.unfinished.take();
        let left = differences(self.app.database(), &self.person, &[]);
        left.is_empty()
            .then_some(())
            .ok_or_else(|| format!("{left:#?} outlives the connection"))
    }

    fn connect(&self, transactions: usize) -> Connection {
        let token = self.person.post("/v1/link-tokens", &json!({}));
        token.expect(201);
        let linked = self.app.bank().link(
            &token.string("/link_token"),
            &json!({"transactions": transactions}),
        );
        let body = json!({"public_token": linked.public_token});
        let reply = self.person.post("/v1/items", &body);
        let made = reply.expect(201);
        Connection {
            person: self.person.clone(),
            id: reply.string("/id"),
            bank: linked.item,
            made,
        }
    }

    /// One account goes and its siblings stay. The last goes with its bank only.
    fn leaves(&self, connection: &Connection, model: &mut Model, which: Index, by_webhook: bool) {
        let shown = connection.accounts();
        let here = model.truth(connection).accounts;
        let here: Vec<_> = here
            .into_iter()
            .filter(|one| {
                let id = model.account(&one.account_id);
                shown.iter().any(|shown| shown["id"] == id.as_str())
            })
            .collect();
        if here.len() < 2 {
            return;
        }
        let account = which.get(&here).account_id.clone();
        if by_webhook {
            let more = json!({"account_id": account});
            let body = webhook(&connection.bank.id, "ITEM", "USER_ACCOUNT_REVOKED", &more);
            let order = json!({"item_id": connection.bank.id, "body": body});
            assert_eq!(self.app.bank().fire(&order), [200]);
            model.leaves(account);
        } else if connection
            .disconnect_account(&model.account(&account))
            .status()
            == 204
        {
            model.leaves(account);
        }
    }

    fn happens(&self, connection: &Connection, watch: &Watch<'_>, event: &Event) {
        let bank = &connection.bank;
        let quiet = |mut update: Value| {
            update["webhooks"] = json!(false);
            bank.update(&update.to_string())
        };
        match event {
            Event::Add(rows, false) => {
                quiet(json!({"add": rows}));
            }
            Event::Add(rows, true) => {
                let row = |number| json!({"name": format!("Pending {number}"), "amount": number, "pending": true});
                quiet(json!({"add": (0..*rows).map(row).collect::<Vec<_>>()}));
            }
            Event::Modify(wanted) => {
                let change = |id| json!({"transaction_id": id, "name": "Changed", "amount": 12.5, "date": "2026-02-03"});
                let chosen = chosen(connection, wanted, false);
                quiet(json!({"modify": chosen.into_iter().map(change).collect::<Vec<_>>()}));
            }
            Event::Remove(wanted) => {
                quiet(json!({"remove": chosen(connection, wanted, false)}));
            }
            Event::Post(wanted) => {
                let post = |id| json!({"transaction_id": id, "amount": 7.25});
                let chosen = chosen(connection, wanted, true);
                quiet(json!({"post": chosen.into_iter().map(post).collect::<Vec<_>>()}));
            }
            Event::Mutate(mode) => bank.mutate(mode),
            Event::Fail(endpoint, way, skip) => {
                let is_code = way.chars().all(|c| c.is_uppercase() || c == '_');
                let kind = if is_code { "error_code" } else { "mode" };
                bank.fail(endpoint, &json!({kind: way, "skip": skip}));
            }
            Event::Login(broken) => {
                bank.set(&json!({"error": broken.then_some("ITEM_LOGIN_REQUIRED")}));
            }
            Event::Webhook(code, copies) => {
                assert!(bank.fire(code, *copies).iter().all(|status| *status == 200));
            }
            Event::LostMessage => watch.write_down_unsaid("sync"),
            Event::DeadHolder => watch.kill_holder(),
            Event::Open(rows) => {
                let account = bank.open_account(&json!({"name": "Another"}));
                let row = |number| json!({"account_id": account["account_id"], "name": "In it", "amount": number});
                quiet(json!({"add": (0..*rows).map(row).collect::<Vec<_>>()}));
            }
            Event::Rotate => {
                let status = connection.rotate_token().status();
                assert!([204, 409, 429, 502, 503].contains(&status), "{status}");
            }
            Event::Refresh => {
                asks(connection);
            }
            Event::Leave(..) | Event::Say(..) | Event::Repair => {}
            Event::Sweep => {
                watch.let_time_pass();
                self.app.sweep();
            }
        }
    }
}

/// Ids of the bank's rows, in order.
fn chosen(connection: &Connection, wanted: &[Index], pending: bool) -> Vec<String> {
    let rows = connection.bank.truth().transactions;
    let rows: Vec<String> = rows
        .into_iter()
        .filter(|row| !pending || row.pending)
        .map(|row| row.transaction_id)
        .collect();
    let wanted = wanted.iter().filter(|_| !rows.is_empty());
    let mut chosen: Vec<String> = wanted.map(|index| index.get(&rows).clone()).collect();
    chosen.sort();
    chosen.dedup();
    chosen
}

/// The person asks. False where Plaid may not be asked any more in this minute.
fn asks(connection: &Connection) -> bool {
    let reply = connection.refresh();
    if reply.status() != 429 {
        reply.expect(200);
    }
    reply.status() == 200
}

/// The failures end, and nobody has anything left to do.
fn settle(app: &TestApp, connection: &Connection, watch: &Watch<'_>) -> Result<(), String> {
    connection.bank.set(&json!({"error": null}));
    connection.bank.mutate("off");
    for _ in 0..PATIENCE {
        watch.let_time_pass();
        if !asks(connection) {
            // What is left is done by itself, with calls of other kinds.
            app.sweep();
        }
        watch.comes_to_rest()?;
        if connection.status() == "good" {
            return Ok(());
        }
    }
    Err(format!("it is {} for ever", connection.status()))
}
