//! Sign-in by password. The failures of an email from a network are counted, and
//! the look-up for leaks runs beside Argon2id.
//!
//! Invariant: an unknown email takes the same path, with an account made up on
//! the spot, up to the comparison that fails.

use std::sync::Arc;

use pwned::policy::Password;
use vault::{Reveal, SystemPurpose};

use super::{
    NewSession, Visitor,
    email::Login,
    leaks::{LookUp, Verdict, learned},
    password,
};
use crate::{
    app::App,
    id::{PersonId, RowId},
    platform::{Timestamp, log, task},
    problem::{Kind, Problem, Result},
    store::{
        engine::{Rows, SealedBytes, Statement, Value},
        keys::{self, UserKeys},
        people::{self, LeakState, PersonRecord, PersonRow},
        table::index,
        throttle::{self, FreeTries},
    },
};

/// Wrong passwords for one email from one network before it has to wait.
const FREE_TRIES: FreeTries = FreeTries(5);
/// How much longer than Argon2id a reply waits for the look-up.
const PATIENCE_MS: u32 = 300;
/// How long the look-up may go on after the reply.
const LOOK_UP_MS: u32 = 10_000;

/// Someone who has proven who she is, and her session.
pub(crate) struct SignedIn {
    pub(crate) person: PersonId,
    pub(crate) record: PersonRecord,
    pub(crate) session: NewSession,
}

/// An account as sign-in needs it.
struct Account {
    person: PersonId,
    rev: u32,
    record: PersonRecord,
    keys: Arc<UserKeys>,
}

/// Begins a session. One Argon2id, one look-up and two batches, whether or not
/// the email is known and the password right; a second Argon2id where it is right
/// and the hash outdated.
pub(crate) async fn sign_in(
    app: &App,
    visitor: &Visitor,
    email: &str,
    password: &Password,
) -> Result<SignedIn> {
    let login = Login::of(email).ok_or_else(|| {
        Problem::invalid_field("email", "too_long", "This is longer than any address.")
    })?;
    let look_up = LookUp::start(app, password, LOOK_UP_MS);
    let system = app.system_keys().await?;
    let email_index = system.blind(index::LOGIN_EMAIL, login.as_str().as_bytes());
    let tries = format!("{}\0{}", login.as_str(), visitor.network());
    let tries = system.blind(index::SIGN_IN_TRIES, tries.as_bytes());
    let now = Timestamp::now();
    let [exist, begin, count] = throttle::begin(tries, now);
    let [_, taken, count, person, keys] = app
        .db
        .batch([
            exist,
            begin,
            count,
            people::by_login(email_index),
            people::keys_by_login(email_index),
        ])
        .await?;
    throttle::admit(&taken, count, now)?;

    let (known, account) = match Account::open(app, &login, &person.rows()?, &keys.rows()?)? {
        Some(account) => (true, account),
        None => (false, Account::of_nobody(app)?),
    };
    let matches = app
        .hasher
        .matches(password, &account.record.password_hash)?;
    if !(known && matches) {
        // Let it end, so that every try is one look-up for whoever counts them.
        task::background(async {
            look_up.verdict().await;
        });
        app.db
            .batch([throttle::count_failed(tries, FREE_TRIES, Timestamp::now())])
            .await?;
        return Err(Problem::new(
            Kind::InvalidCredentials,
            "Check the email and the password.",
        ));
    }
    account.admit(app, visitor, password, look_up, tries).await
}

impl Account {
    fn open(app: &App, login: &Login, person: &Rows, keys: &Rows) -> Result<Option<Self>> {
        let Some(row) = person.first::<PersonRow>()? else {
            return Ok(None);
        };
        let person = PersonId(row.id);
        let Some(keys) = app.keys.admit(person.vault(), keys)? else {
            return Ok(None);
        };
        let account = Self::reveal(person, row, keys)?;
        if account.record.login == login.as_str() {
            Ok(Some(account))
        } else {
            Err(Problem::internal("a login leads to another one's account"))
        }
    }

    /// An account that is nobody's: making and sealing it costs what unwrapping
    /// and opening a real one does.
    fn of_nobody(app: &App) -> Result<Self> {
        let person = PersonId(RowId::new()?);
        let (_, keys) = keys::generate(app.keys.keyring(), person.vault())?;
        let record = PersonRecord {
            email: String::new(),
            login: String::new(),
            name: None,
            password_hash: password::of_nobody()?,
            leak: LeakState::Unchecked,
            created_at: Timestamp::from_unix(0),
        };
        let Value::Sealed(sealed) = keys.seal(person.0, 1, &record)? else {
            return Err(Problem::internal("a sealed row is not sealed"));
        };
        let row = PersonRow {
            id: person.0,
            rev: 1,
            sealed: SealedBytes(sealed),
        };
        Self::reveal(person, row, Arc::new(keys))
    }

    fn reveal(person: PersonId, row: PersonRow, keys: Arc<UserKeys>) -> Result<Self> {
        let record = keys
            .open::<PersonRecord>(row.id, row.rev, row.sealed)?
            .reveal(&Reveal::system(SystemPurpose::VerifyPassword))
            .map_err(|_| Problem::internal("no right to an account"))?;
        Ok(Self {
            person,
            rev: row.rev,
            record,
            keys,
        })
    }

    /// The password was right.
    async fn admit(
        mut self,
        app: &App,
        visitor: &Visitor,
        password: &Password,
        look_up: LookUp,
        tries: RowId,
    ) -> Result<SignedIn> {
        let mut changed = false;
        if password::is_outdated(&self.record.password_hash) {
            self.record.password_hash = app.hasher.hash(password)?;
            changed = true;
        }
        let late = match self.record.leak {
            // Nothing that the look-up says would change it.
            LeakState::Exposed { .. } => None,
            LeakState::NotFound { .. } | LeakState::Unchecked => look_up
                .within(PATIENCE_MS)
                .await
                .map_or_else(Some, |verdict| {
                    changed |= self.learn(verdict);
                    None
                }),
        };
        let (session, insert) =
            NewSession::begin(&self.keys, visitor, "password", Timestamp::now())?;
        let mut batch = vec![insert, throttle::forgive(tries)];
        if changed {
            batch.push(self.update()?);
        }
        app.db.batch_all(&batch).await?;
        session.remember(app, self.person);
        if let Some(look_up) = late {
            let (app, person, keys) = (app.clone(), self.person, Arc::clone(&self.keys));
            let hash = self.record.password_hash.clone();
            task::background(async move {
                let verdict = look_up.verdict().await;
                if learn_late(&app, person, keys, &hash, verdict)
                    .await
                    .is_err()
                {
                    log::warn("range-look-up", "a late answer could not be written");
                }
            });
        }
        Ok(SignedIn {
            person: self.person,
            record: self.record,
            session,
        })
    }

    /// Whether that is news.
    fn learn(&mut self, verdict: Verdict) -> bool {
        let news = learned(self.record.leak, verdict, Timestamp::now());
        self.record.leak = news.unwrap_or(self.record.leak);
        news.is_some()
    }

    /// Writes the account back, unless it has changed since it was read: what is
    /// lost then is found again at the next sign-in.
    fn update(&self) -> Result<Statement> {
        people::update(&self.keys, self.person, self.rev, &self.record)
    }
}

/// Writes what a look-up came to after the reply had gone.
async fn learn_late(
    app: &App,
    person: PersonId,
    keys: Arc<UserKeys>,
    password_hash: &str,
    verdict: Verdict,
) -> Result<()> {
    const ATTEMPTS: u32 = 3;
    for _ in 0..ATTEMPTS {
        let [row] = app.db.batch([people::by_id(person)]).await?;
        let Some(row) = row.rows()?.first::<PersonRow>()? else {
            return Ok(());
        };
        let mut account = Account::reveal(person, row, Arc::clone(&keys))?;
        // By now it may be another password, of which the answer says nothing.
        if account.record.password_hash != password_hash || !account.learn(verdict) {
            return Ok(());
        }
        let [written] = app.db.batch([account.update()?]).await?;
        if written.changed() == 1 {
            return Ok(());
        }
    }
    Err(Problem::internal("an account kept changing"))
}
