//! Sign-in by password. The failures of an email from a network, or from a device
//! that signed in before, are counted, and the look-up for leaks runs beside Argon2id.
//!
//! Invariant: an unknown email takes the same path, with an account made up on
//! the spot, up to the comparison that fails.

use std::sync::Arc;

use pwned::policy::Password;
use vault::{Reveal, SystemPurpose};

use super::{
    NewSession, Visitor, device,
    email::Login,
    factors::{Factors, Method},
    leaks::{LookUp, Verdict, learned},
    password,
    session::Proven,
    ticket::{self, Issued, Purpose},
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
    pub(crate) factors: Factors,
    pub(crate) session: NewSession,
    /// To be shown at the next sign-in from the same device.
    pub(crate) device: String,
}

/// What the right password leads to.
pub(crate) enum Admitted {
    SignedIn(Box<SignedIn>),
    /// Not yet: one of her factors is to come.
    SecondFactor(SecondFactorNeeded),
}

/// What a second factor is to be proven with.
pub(crate) struct SecondFactorNeeded {
    pub(crate) issued: Issued,
    pub(crate) methods: Vec<Method>,
    /// For the browser, where a key is enrolled.
    pub(crate) options: Option<serde_json::Value>,
}

/// An account as sign-in needs it.
struct Account {
    person: PersonId,
    rev: u32,
    record: PersonRecord,
    keys: Arc<UserKeys>,
}

/// Begins a session, or asks for a second factor. One Argon2id, one look-up and two
/// batches, whether or not the email is known and the password right; a second
/// Argon2id where it is right and the hash outdated.
pub(crate) async fn sign_in(
    app: &App,
    visitor: &Visitor,
    email: &str,
    password: &Password,
) -> Result<Admitted> {
    let login = Login::of(email).ok_or_else(|| {
        Problem::invalid_field("email", "too_long", "This is longer than any address.")
    })?;
    let look_up = LookUp::start(app, password, LOOK_UP_MS);
    let system = app.system_keys().await?;
    let email_index = system.blind(index::LOGIN_EMAIL, login.as_str().as_bytes());
    // A known device has a counter of its own: nobody else can use it up.
    let place = device::known(&system, &login, visitor).unwrap_or_else(|| visitor.network());
    let tries = format!("{}\0{place}", login.as_str());
    let tries = system.blind(index::SIGN_IN_TRIES, tries.as_bytes());
    let now = Timestamp::now();
    let [exist, begin, count] = throttle::begin(tries, now);
    let [passkeys, totp, codes] = Factors::by_login(email_index);
    let [_, taken, count, person, keys, passkeys, totp, codes] = app
        .db
        .batch([
            exist,
            begin,
            count,
            people::by_login(email_index),
            people::keys_by_login(email_index),
            passkeys,
            totp,
            codes,
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
    let reveal = Reveal::system(SystemPurpose::VerifyPassword);
    let factors = Factors::open(&account.keys, &reveal, [passkeys, totp, codes])?;
    let admission = Admission {
        visitor,
        tries,
        factors,
    };
    account.admit(app, admission, password, look_up).await
}

/// Under what the owner of a right password comes in.
struct Admission<'a> {
    visitor: &'a Visitor,
    tries: RowId,
    factors: Factors,
}

impl SignedIn {
    /// The device is known from now on.
    pub(super) async fn new(
        app: &App,
        person: PersonId,
        record: PersonRecord,
        factors: Factors,
        session: NewSession,
    ) -> Result<Self> {
        let system = app.system_keys().await?;
        Ok(Self {
            device: device::mint(&system, &record.login)?,
            person,
            record,
            factors,
            session,
        })
    }
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
            password_stands_alone: true,
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
        admission: Admission<'_>,
        password: &Password,
        look_up: LookUp,
    ) -> Result<Admitted> {
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
        let mut batch = vec![throttle::forgive(admission.tries)];
        if changed {
            batch.push(self.update()?);
        }
        let needs_more = admission.factors.enrolled();
        let session = if needs_more {
            None
        } else {
            let proven = Proven::by_password();
            let (session, insert) =
                NewSession::begin(&self.keys, admission.visitor, &proven, Timestamp::now())?;
            batch.push(insert);
            Some(session)
        };
        app.db.batch_all(&batch).await?;
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
        match session {
            Some(session) => {
                session.remember(app, self.person);
                SignedIn::new(app, self.person, self.record, admission.factors, session)
                    .await
                    .map(|signed_in| Admitted::SignedIn(Box::new(signed_in)))
            }
            None => self
                .ask_for_second_factor(app, &admission.factors)
                .await
                .map(Admitted::SecondFactor),
        }
    }

    async fn ask_for_second_factor(
        self,
        app: &App,
        factors: &Factors,
    ) -> Result<SecondFactorNeeded> {
        let challenge = ticket::challenge()?;
        let purpose = Purpose::SecondFactor {
            person: self.person,
            challenge,
            password: password::fingerprint(&self.record.password_hash),
        };
        Ok(SecondFactorNeeded {
            issued: ticket::issue(app, purpose).await?,
            methods: factors.methods(),
            options: factors.request_options(app, &challenge)?,
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
