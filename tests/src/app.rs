//! A running instance, and newcomers to it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use stack::{Stack, StackOptions};

use crate::contract::Contract;
use crate::{
    AccountLog, Applicant, Authenticator, Bank, Bucket, Client, Database, Mailbox, Person,
    PwnedPasswords, Sink, Stripe, console::FIRST_OPERATOR,
};

/// An instance of its own processes, ports and data.
pub struct TestApp {
    stack: Stack,
    newcomers: AtomicU32,
    /// Tells the people of this run from those of another on the same data.
    run: u64,
    /// None where the instance serves no document.
    contract: Option<Arc<Contract>>,
    database: OnceLock<Database>,
}

fn options(folder: Option<PathBuf>) -> StackOptions {
    if let Some(folder) = &folder {
        let _ = std::fs::remove_dir_all(folder);
    }
    StackOptions {
        persist: folder,
        explorer: true,
        ..StackOptions::default()
    }
}

impl TestApp {
    /// Starts an instance, in `folder` where one is given: what was there goes.
    pub fn start(folder: Option<PathBuf>) -> Self {
        Self::start_with(options(folder))
    }

    /// As [`Self::start`], where somebody may become the first operator.
    pub fn start_with_console(folder: Option<PathBuf>) -> Self {
        Self::start_with(options(folder).var("FIRST_OPERATOR", FIRST_OPERATOR))
    }

    /// Starts an instance as the options say.
    pub fn start_with(options: StackOptions) -> Self {
        let stack = match Stack::start(options) {
            Ok(stack) => stack,
            Err(error) => panic!("the instance does not start: {error}"),
        };
        let run = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let contract = Contract::of(&Client::new(&stack.origin(), "198.18.0.0")).map(Arc::new);
        Self {
            stack,
            newcomers: AtomicU32::new(1),
            run,
            contract,
            database: OnceLock::new(),
        }
    }

    /// The processes themselves: addresses, logs, files, cron.
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// As [`Self::stack`], to kill and to restart.
    pub fn stack_mut(&mut self) -> &mut Stack {
        &mut self.stack
    }

    /// A client without a session, from an address of its own.
    pub fn stranger(&self) -> Client {
        let number = self.newcomers.fetch_add(1, Ordering::Relaxed);
        // 198.18.0.0/15 is for tests (RFC 2544).
        let [_, high, middle, low] = number.to_be_bytes();
        let address = format!("198.{}.{middle}.{low}", 18 + (high & 1));
        Client::new(&self.stack.origin(), &address).held_to(self.contract.clone())
    }

    /// Someone who has not signed up yet, with an email and a password that
    /// nobody else has.
    pub fn applicant(&self) -> Applicant {
        let client = self.stranger();
        let number = self.newcomers.fetch_add(1, Ordering::Relaxed);
        let email = format!("person-{number}-{}@example.com", self.run);
        let password = format!("a quiet passphrase {number} of {}", self.run);
        Applicant {
            client,
            email,
            password,
        }
    }

    /// Someone with an account, signed in.
    pub fn person(&self) -> Person {
        let applicant = self.applicant();
        applicant.sign_up().expect(202);
        let token = self.mailbox().token_for(&applicant.email);
        let reply = applicant.confirm(&token);
        reply.expect(201);
        Person::new(applicant, &reply)
    }

    /// A security key, which nobody has enrolled.
    pub fn authenticator(&self) -> Authenticator {
        Authenticator::new(&self.stack.origin())
    }

    /// The mail that the instance has sent.
    pub fn mailbox(&self) -> Mailbox {
        Mailbox::new(self.stack.mailbox_url())
    }

    /// The stand-in of the leaked-password service.
    pub fn pwned(&self) -> PwnedPasswords {
        PwnedPasswords::new(self.stack.pwned_url())
    }

    /// The database of the instance.
    pub fn database(&self) -> &Database {
        self.database.get_or_init(|| Database::of(&self.stack))
    }

    /// The stand-in of Plaid and the banks behind it.
    pub fn bank(&self) -> Bank {
        Bank::new(self.stack.plaid_url())
    }

    /// The stand-in of Stripe.
    pub fn stripe(&self) -> Stripe {
        Stripe::new(self.stack.stripe_url())
    }

    /// The bucket that backups go to.
    pub fn bucket(&self) -> Bucket {
        Bucket::new(self.stack.s3_url())
    }

    /// The log of the account that the service runs in.
    pub fn account_log(&self) -> AccountLog {
        AccountLog::new(self.stack.cloudflare_url())
    }

    /// New Relic, where telemetry goes there.
    pub fn new_relic(&self) -> Sink {
        Sink::new(self.stack.new_relic_url())
    }

    /// AppSignal, where telemetry goes there.
    pub fn appsignal(&self) -> Sink {
        Sink::new(self.stack.appsignal_url())
    }

    /// What the cron trigger does every minute.
    pub fn sweep(&self) {
        if let Err(error) = self.stack.trigger_cron("* * * * *") {
            panic!("{error}");
        }
    }

    /// Asks until `done` says so, for what goes on after a reply.
    pub fn eventually(&self, what: &str, mut done: impl FnMut() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(75);
        while !done() {
            assert!(Instant::now() < deadline, "it never came to this: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
