//! The audited console: who gets in, what is masked, what a consent opens, what the log says
//! of it, and who reviews it. One instance; `attacks` has a file for each way around.

// A test that finds what it did not expect is to stop there.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs
)]

mod account_log;
mod attacks;
mod commands;
mod consents;
mod login;
mod masking;
mod operators;
mod rekey;
mod reviews;

use std::path::Path;
use std::sync::LazyLock;

use end_to_end::{Connection, Console, KeyHolder, TestApp};
use serde_json::{Value, json};
use stack::Engine;

/// The instance, and who is an operator of it.
struct Stage {
    app: TestApp,
    first: KeyHolder,
    employee: KeyHolder,
    contractor: KeyHolder,
    auditor: KeyHolder,
}

fn stage() -> &'static Stage {
    static STAGE: LazyLock<Stage> = LazyLock::new(|| {
        let engine = Engine::of_environment().name();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("console-{engine}"));
        let app = TestApp::start_with_console(Some(folder));
        let first = app.first_operator();
        let console = first.log_in();
        let made = |role| {
            let holder = app.key_holder();
            console.grant(&holder, role);
            holder
        };
        let (employee, contractor, auditor) =
            (made("employee"), made("contractor"), made("auditor"));
        Stage {
            app,
            first,
            employee,
            contractor,
            auditor,
        }
    });
    &STAGE
}

fn app() -> &'static TestApp {
    &stage().app
}

/// A person with a key and a bank, and the account with most of its transactions.
struct Customer {
    holder: KeyHolder,
    connection: Connection,
    account: String,
}

fn customer() -> Customer {
    let holder = app().key_holder();
    let connection = app().connect(&holder.person, &json!({"transactions": 40}));
    app().come_to_rest(&connection);
    let rows = holder.person.transactions("", 100);
    let account = rows[0]["account_id"].as_str().unwrap().to_owned();
    Customer {
        holder,
        connection,
        account,
    }
}

impl Customer {
    fn transactions(&self) -> Value {
        json!({"user": self.holder.person.id, "account": self.account})
    }

    /// The newest of what the log says of her.
    fn newest(&self) -> Value {
        self.holder.access_log().remove(0)
    }
}

/// An employee in a session of his own.
fn console() -> Console {
    stage().employee.log_in()
}

/// The last leaf about a person says that a command was refused, and why.
#[track_caller]
fn refused_in_the_log(customer: &Customer, why: &str) {
    let newest = customer.newest();
    assert_eq!(newest["kind"], "command.done", "{newest}");
    assert_eq!(newest["event"]["outcome"], "refused", "{newest}");
    assert_eq!(newest["event"]["why_not"], why, "{newest}");
    assert_eq!(newest["event"]["fields"], json!([]));
}
