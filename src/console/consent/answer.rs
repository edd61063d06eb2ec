//! What she does about it: she lists and reads, signs, declines, takes back.

use consent::{Event, State, Terms};
use passkey::{Credential, UserVerification};
use serde_json::Value;
use tlog::Kind as Deed;

use super::{Shown, events, leaf, name, not_open, now, stamp, stand, verified};
use crate::{
    app::App,
    console::{
        command::fields,
        mails::{self, Moment},
    },
    id::{ConsentId, PasskeyId, RowId},
    identity::{Caller, Enrolled, Factors, Signed, ticket},
    platform::{Timestamp, random},
    problem::{Kind, Problem, Result},
    store::{
        audit_log,
        consents::{self, ConsentRecord, ConsentRow, GrantRecord},
        engine::{EngineError, Statement},
        passkeys,
    },
};

/// What she is to read, and what her browser needs to sign it.
pub(crate) struct Opening {
    pub(crate) issued: ticket::Issued,
    pub(crate) text: String,
    pub(crate) options: Value,
}

/// A consent of hers, opened.
pub(super) struct Hers {
    pub(super) signed: Signed,
    id: ConsentId,
    rev: u32,
    pub(super) record: ConsentRecord,
    events: Vec<Event>,
    factors: Factors,
}

impl Hers {
    /// Two batches, three where this isolate has not met her within a minute.
    pub(super) async fn find(app: &App, caller: Caller, id: ConsentId) -> Result<Self> {
        let signed = caller.signed().await?;
        let system = app.system_keys().await?;
        let mut batch = vec![
            consents::of_person_by_id(signed.person, id),
            audit_log::about(id.0, vault::UserId::SYSTEM),
        ];
        batch.extend(Factors::of_person(signed.person));
        let mut outcomes = app.db.batch_all(&batch).await?;
        let factors = Factors::open_last(&signed.keys, &signed.reveal, outcomes.split_off(2))?;
        let [row, leaves] = outcomes
            .try_into()
            .map_err(|_| Problem::from(EngineError::Shape))?;
        let row: Option<ConsentRow> = row.rows()?.first()?;
        let row = row.ok_or_else(Problem::not_found)?;
        let rev = row.rev;
        let record = row
            .open(&signed.keys)?
            .reveal(&signed.reveal)
            .map_err(|_| Problem::internal("no right to a consent"))?;
        let events = events(&system, id, &leaves.rows()?)?;
        Ok(Self {
            signed,
            id,
            rev,
            record,
            events,
            factors,
        })
    }

    fn shown(self) -> Result<Shown> {
        stand(self.id, self.record, &self.events)
    }

    fn state(&self) -> Result<&'static str> {
        Ok(stand(self.id, self.record.clone(), &self.events)?.state)
    }

    fn key(&self, key: PasskeyId) -> Result<&Enrolled> {
        let mut keys = self.factors.passkeys.iter();
        keys.find(|enrolled| enrolled.id == key).ok_or_else(|| {
            Problem::invalid_field("passkey", "unknown", "This is no key of this account.")
        })
    }

    /// The text, as it is when opened at a time with a nonce.
    fn terms(
        &self,
        app: &App,
        credential: &Credential,
        issued: u64,
        nonce: [u8; 32],
    ) -> Result<Terms> {
        let terms = Terms {
            origin: app.config.origin.clone(),
            rp_id: app.relying_party.id().to_owned(),
            credential: credential.id.as_bytes().to_vec(),
            backup_eligible: credential.backup_eligible,
            backed_up: credential.backed_up,
            id: self.id.public(),
            person: self.signed.person.public(),
            operator: self.record.operator.public(),
            purpose: self.record.purpose.clone(),
            resources: self.record.resources.iter().cloned().collect(),
            fields: fields(&self.record.fields, "fields")?,
            not_before: issued,
            expires: issued + u64::from(self.record.hours) * 3_600,
            uses: self.record.uses,
            issued,
            nonce,
        };
        terms
            .check()
            .map_err(|_| Problem::internal("a request beyond the bounds of a consent"))?;
        Ok(terms)
    }

    /// Makes a step: its leaf, then its row, and what else belongs to it.
    async fn step(
        &self,
        app: &App,
        kind: Deed,
        ends_at: Option<Timestamp>,
        alongside: Vec<Statement>,
    ) -> Result<()> {
        let system = app.system_keys().await?;
        let leaf = leaf(kind, &system, &self.signed.keys, self.id, &self.record)?;
        let mut deeds = alongside;
        deeds.extend(consents::step(
            &self.signed.keys,
            self.id,
            self.rev,
            &self.record,
            ends_at,
        )?);
        match app.db.batch_all(&leaf.before(deeds)).await {
            Ok(_) => Ok(()),
            Err(EngineError::Guard | EngineError::Duplicate) => Err(not_open()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Hers below `before`, newest first. Three batches.
pub(crate) async fn list(
    app: &App,
    caller: Caller,
    before: RowId,
    limit: u32,
) -> Result<Vec<Shown>> {
    let (signed, [rows]) = caller
        .read(|signed| Ok([consents::of_person(signed.person, before, limit)]))
        .await?;
    let rows: Vec<ConsentRow> = rows.rows()?.all()?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let system = app.system_keys().await?;
    let of_row = |row: &ConsentRow| audit_log::about(row.id, vault::UserId::SYSTEM);
    let batch: Vec<Statement> = rows.iter().map(of_row).collect();
    let outcomes = app.db.batch_all(&batch).await?;
    let mut shown = Vec::with_capacity(rows.len());
    for (row, leaves) in rows.into_iter().zip(outcomes) {
        let id = ConsentId(row.id);
        let record = row
            .open(&signed.keys)?
            .reveal(&signed.reveal)
            .map_err(|_| Problem::internal("no right to a consent"))?;
        shown.push(stand(id, record, &events(&system, id, &leaves.rows()?)?)?);
    }
    Ok(shown)
}

/// One of hers. Two batches.
pub(crate) async fn show(app: &App, caller: Caller, id: ConsentId) -> Result<Shown> {
    Hers::find(app, caller, id).await?.shown()
}

/// Sets the text, for her to read and to sign within five minutes. Two batches.
pub(crate) async fn open(
    app: &App,
    caller: Caller,
    id: ConsentId,
    key: PasskeyId,
) -> Result<Opening> {
    let hers = Hers::find(app, caller, id).await?;
    if hers.state()? != name(State::Requested) {
        return Err(not_open());
    }
    let credential = &hers.key(key)?.record.credential;
    let (issued, nonce) = (now(), random::bytes()?);
    let terms = hers.terms(app, credential, issued, nonce)?;
    let (challenge, allowed) = (
        passkey::Challenge::new(terms.challenge()),
        [credential.descriptor()],
    );
    let options =
        app.relying_party
            .request_options(&challenge, &allowed, UserVerification::Required);
    let options = serde_json::to_value(options)
        .map_err(|_| Problem::internal("options that do not serialize"))?;
    let purpose = ticket::Purpose::Consent {
        person: hers.signed.person,
        session: hers.signed.session()?,
        consent: id,
        key,
        issued,
        nonce,
    };
    Ok(Opening {
        issued: ticket::issue(app, purpose).await?,
        text: terms.to_string(),
        options,
    })
}

fn refused() -> Problem {
    Problem::new(
        Kind::SecondFactorRefused,
        "The key did not sign this text, or too late, or did not check that it was you. Open it again.",
    )
}

/// Takes her signature. Three batches.
pub(crate) async fn grant(
    app: &App,
    caller: Caller,
    id: ConsentId,
    text: &str,
    response: Value,
) -> Result<Shown> {
    let mut hers = Hers::find(app, caller, id).await?;
    let ticket = ticket::read(app, text).await?.ok_or_else(refused)?;
    let ticket::Purpose::Consent {
        person,
        session,
        consent,
        key,
        issued,
        nonce,
    } = ticket.purpose
    else {
        return Err(refused());
    };
    if person != hers.signed.person || session != hers.signed.session()? || consent != id {
        return Err(refused());
    }
    if hers.state()? != name(State::Requested) {
        return Err(not_open());
    }
    let enrolled = hers.key(key).map_err(|_| refused())?;
    let credential = enrolled.record.credential.clone();
    let (key_rev, mut key_record) = (enrolled.rev, enrolled.record.clone());
    let terms = hers.terms(app, &credential, issued, nonce)?;
    let text = terms.to_string();
    let expires_at = stamp(terms.expires);
    let kept = response.to_string();
    let signed = verified(app, terms, &credential, &kept)
        .await?
        .ok_or_else(refused)?;
    let assertion = signed.assertion();
    key_record.credential.counter = assertion.counter;
    key_record.credential.backed_up = assertion.backed_up;
    key_record.last_used_at = Some(Timestamp::now());
    let mut alongside = vec![ticket.spend()];
    alongside.extend(passkeys::update(
        &hers.signed.keys,
        key,
        key_rev,
        &key_record,
    )?);
    hers.record.grant = Some(GrantRecord {
        text,
        key,
        credential,
        response: kept,
        at: Timestamp::now(),
    });
    hers.step(app, Deed::ConsentGranted, Some(expires_at), alongside)
        .await?;
    hers.events.push(Event::Granted(now()));
    hers.shown()
}

/// She declines. Three batches.
pub(crate) async fn decline(app: &App, caller: Caller, id: ConsentId) -> Result<Shown> {
    let mut hers = Hers::find(app, caller, id).await?;
    if hers.state()? != name(State::Requested) {
        return Err(not_open());
    }
    hers.step(app, Deed::ConsentDeclined, None, Vec::new())
        .await?;
    hers.events.push(Event::Declined);
    hers.shown()
}

/// She takes it back: at the next command it is none. Three batches and a mail.
pub(crate) async fn revoke(app: &App, caller: Caller, id: ConsentId) -> Result<Shown> {
    let mut hers = Hers::find(app, caller, id).await?;
    let state = hers.state()?;
    if ![State::Requested, State::Granted]
        .map(name)
        .contains(&state)
    {
        return Err(not_open());
    }
    hers.step(app, Deed::ConsentRevoked, None, Vec::new())
        .await?;
    mails::tell(app, &hers.signed.keys, Moment::Ended, id).await;
    hers.events.push(Event::Revoked);
    hers.shown()
}
