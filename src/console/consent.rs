//! A person's consent, from an operator's request to its end. She reads the canonical text in
//! her account and her key signs it; what she signed is kept as she signed it, and is verified
//! again each time it is used. Where it stands is read from the audit log.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use consent::{Checked, Event, Signed as SignedConsent, Standing, State, Terms, Unverified};
use passkey::{AuthenticationResponse, Credential, UserVerification};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tlog::{Entry, Kind as Deed, Part};
use vault::{Reveal, SystemPurpose};

use super::{
    command::fields,
    mails::{self, Moment},
    operator::AtConsole,
    sight::Table,
};
use crate::{
    app::App,
    audit::{self, Actor, Leaf, ProvenLeaf},
    id::{ConsentId, PasskeyId, PersonId, RowId, hex},
    identity::{Caller, Enrolled, Factors, Signed, ticket},
    platform::{Timestamp, random, signature},
    problem::{Kind, Problem, Result},
    store::{
        accounts,
        audit_log::{self, PartRow},
        consents::{self, ConsentRecord, ConsentRow, GrantRecord},
        engine::{EngineError, Rows, Statement},
        items,
        keys::UserKeys,
        passkeys, transactions,
    },
};

/// How long a request waits for an answer, in seconds.
const WAITS: i64 = 7 * 86_400;

/// A consent, and where it stands.
pub(crate) struct Shown {
    pub(crate) id: ConsentId,
    pub(crate) record: ConsentRecord,
    pub(crate) state: &'static str,
    pub(crate) uses_left: u32,
    pub(crate) expires_at: Option<Timestamp>,
}

/// What she is to read, and what her browser needs to sign it.
pub(crate) struct Opening {
    pub(crate) issued: ticket::Issued,
    pub(crate) text: String,
    pub(crate) options: Value,
}

const fn name(state: State) -> &'static str {
    match state {
        State::Requested => "requested",
        State::Granted => "granted",
        State::Declined => "declined",
        State::Expired => "expired",
        State::Revoked => "revoked",
        State::Exhausted => "exhausted",
    }
}

fn now() -> u64 {
    u64::try_from(Timestamp::now().unix()).unwrap_or_default()
}

fn stamp(at: u64) -> Timestamp {
    Timestamp::from_unix(i64::try_from(at).unwrap_or(i64::MAX))
}

/// What the log says of a consent: each leaf held to the part that it commits to, and that to
/// the consent, so that no row can stand for another's.
fn events(system: &UserKeys, id: ConsentId, rows: &Rows) -> Result<Vec<Event>> {
    let changed = || Problem::internal("the audit log of a consent was changed");
    let rows: Vec<PartRow> = rows.all()?;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let entry = Entry::parse(row.leaf.as_bytes()).map_err(|_| changed())?;
        let part = row
            .open(system)?
            .reveal(&Reveal::system(SystemPurpose::RecordAudit))
            .map_err(|_| Problem::internal("no right to a part of the log"))?;
        let salt = part.salt().ok_or_else(changed)?;
        let body: Value = serde_json::from_str(&part.body).map_err(|_| changed())?;
        let is_its_own = entry.holds(Part::Operator, &salt, part.body.as_bytes())
            && body.get("consent").and_then(Value::as_str) == Some(&id.public());
        if !is_its_own {
            return Err(changed());
        }
        events.extend(match entry.kind {
            Deed::ConsentRequested => Some(Event::Requested),
            Deed::ConsentGranted => Some(Event::Granted(entry.time / 1_000)),
            Deed::ConsentDeclined => Some(Event::Declined),
            Deed::ConsentUsed => Some(Event::Used),
            Deed::ConsentRevoked => Some(Event::Revoked),
            _ => None,
        });
    }
    Ok(events)
}

/// Where a consent stands by its events.
fn stand(id: ConsentId, record: ConsentRecord, events: &[Event]) -> Result<Shown> {
    let (state, uses_left, expires_at) = match &record.grant {
        Some(grant) => {
            let terms = terms_of(grant)?;
            let standing = Standing::of(&terms, events, now());
            (
                standing.state,
                standing.uses_left,
                Some(stamp(terms.expires)),
            )
        }
        None if events.contains(&Event::Declined) => (State::Declined, record.uses, None),
        None if events.contains(&Event::Revoked) => (State::Revoked, record.uses, None),
        None if Timestamp::now() >= record.requested_at.plus(WAITS) => {
            (State::Expired, record.uses, None)
        }
        None => (State::Requested, record.uses, None),
    };
    Ok(Shown {
        id,
        record,
        state: name(state),
        uses_left,
        expires_at,
    })
}

fn terms_of(grant: &GrantRecord) -> Result<Terms> {
    Terms::parse(grant.text.as_bytes()).map_err(|_| Problem::internal("a consent that is none"))
}

fn not_open() -> Problem {
    Problem::new(
        Kind::Conflict,
        "This consent is not open any more: it was answered, or its time is over.",
    )
}

fn actor(record: &ConsentRecord) -> Actor {
    Actor {
        id: record.operator,
        name: record.operator_name.clone(),
        role: record.operator_role,
    }
}

/// The leaf of a step.
fn leaf(
    kind: Deed,
    system: &UserKeys,
    keys: &UserKeys,
    id: ConsentId,
    record: &ConsentRecord,
) -> Result<Leaf> {
    let text = record.grant.as_ref().map(|grant| grant.text.as_bytes());
    let actor = actor(record);
    let event = audit::Event::Consent {
        consent: id,
        person: PersonId(RowId(*keys.user().as_bytes())),
        operator: &actor,
        purpose: &record.purpose,
        text_sha256: text.map(|text| hex(&Sha256::digest(text))),
    };
    Leaf::new(kind, system, Some(keys), &event, &[id.0])
}

// The person.

/// A consent of hers, opened.
struct Hers {
    signed: Signed,
    id: ConsentId,
    rev: u32,
    record: ConsentRecord,
    events: Vec<Event>,
    factors: Factors,
}

impl Hers {
    /// Two batches, three where this isolate has not met her within a minute.
    async fn find(app: &App, caller: Caller, id: ConsentId) -> Result<Self> {
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

/// Holds what a browser answered to a text.
async fn verified(
    app: &App,
    terms: Terms,
    credential: &Credential,
    response: &str,
) -> Result<Option<SignedConsent>> {
    let Ok(response) = serde_json::from_str::<AuthenticationResponse>(response) else {
        return Ok(None);
    };
    let Ok(unverified) = Unverified::new(&app.relying_party, terms, credential, &response) else {
        return Ok(None);
    };
    let holds = signature::verifies(unverified.assertion()).await;
    Ok(unverified.verified(holds).ok())
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

/// All that anybody needs to check it offline: the text, what her key signed, and the leaves
/// by which the log knows the key and the grant. Four batches.
pub(crate) async fn proof(app: &App, caller: Caller, id: ConsentId) -> Result<Value> {
    let hers = Hers::find(app, caller, id).await?;
    let Some(grant) = &hers.record.grant else {
        return Err(Problem::new(
            Kind::Conflict,
            "There is nothing to prove: it was never signed.",
        ));
    };
    let response: Value = serde_json::from_str(&grant.response)
        .map_err(|_| Problem::internal("a kept signature that is none"))?;
    let said = |member: &str| response.get("response").and_then(|said| said.get(member));
    let wanted = URL_SAFE_NO_PAD.encode(grant.credential.id.as_bytes());
    let (head, leaves) = audit::proven_leaves(app, &hers.signed, &[id.0, grant.key.0]).await?;
    let leaf = |leaf: &ProvenLeaf| {
        json!({
            "index": leaf.index,
            "leaf": leaf.leaf,
            "salt": leaf.part.salt,
            "body": leaf.part.body,
            "inclusion": leaf.proof.as_ref().map(|proof| {
                proof.iter().map(tlog::Hash::base64).collect::<Vec<_>>()
            }),
        })
    };
    Ok(json!({
        "format": "balance-consent-proof/v1",
        "text": grant.text,
        "credential_id": wanted,
        "public_key": grant.credential.public_key,
        "authenticator_data": said("authenticatorData"),
        "client_data_json": said("clientDataJSON"),
        "signature": said("signature"),
        "checkpoint": head,
        "leaves": leaves.iter().map(leaf).collect::<Vec<_>>(),
    }))
}

// The operator.

/// Asks a person for her consent. Three batches and a mail.
pub(super) async fn request(
    app: &App,
    at: &AtConsole,
    keys: &UserKeys,
    person: PersonId,
    record: ConsentRecord,
) -> Result<Table> {
    let id = ConsentId(RowId::new()?);
    check(&record, id, person)?;
    belong(app, person, &record.resources).await?;
    let leaf = leaf(Deed::ConsentRequested, &at.system, keys, id, &record)?;
    let insert = consents::insert(keys, id, &record)?;
    app.db.batch_all(&leaf.before([insert])).await?;
    mails::tell(app, keys, Moment::Requested, id).await;
    Ok(Table::one(vec![
        ("consent", id.public().into()),
        ("state", name(State::Requested).into()),
    ]))
}

/// Holds a request to the bounds of a text.
fn check(record: &ConsentRecord, id: ConsentId, person: PersonId) -> Result<()> {
    let issued = now();
    let terms = Terms {
        origin: "https://balance.example".to_owned(),
        rp_id: "balance.example".to_owned(),
        credential: vec![0],
        backup_eligible: false,
        backed_up: false,
        id: id.public(),
        person: person.public(),
        operator: record.operator.public(),
        purpose: record.purpose.clone(),
        resources: record.resources.iter().cloned().collect(),
        fields: fields(&record.fields, "arguments.fields")?,
        not_before: issued,
        expires: issued + u64::from(record.hours) * 3_600,
        uses: record.uses,
        issued,
        nonce: [0; 32],
    };
    terms.check().map_err(|error| {
        let field = match error {
            consent::TermsError::OutOfBounds("purpose") => "arguments.purpose",
            consent::TermsError::OutOfBounds("resource") => "arguments.resources",
            consent::TermsError::OutOfBounds("field") => "arguments.fields",
            consent::TermsError::OutOfBounds("uses") => "arguments.uses",
            _ => "arguments.hours",
        };
        Problem::invalid_field(
            field,
            "range",
            "A consent names what it is for in one line, what and which fields of it, 1 to 72 hours and 1 to 100 uses.",
        )
    })
}

/// That all of it is hers. A batch for each.
async fn belong(app: &App, person: PersonId, resources: &[String]) -> Result<()> {
    use crate::id::{AccountId, ItemId, TransactionId};
    let foreign = || {
        Problem::invalid_field(
            "arguments.resources",
            "unknown",
            "There is nothing of that person's by this id.",
        )
    };
    for resource in resources {
        if *resource == person.public() {
            continue;
        }
        let is_there = if let Some(item) = ItemId::parse(resource) {
            let [row] = app.db.batch([items::of_person_by_id(person, item)]).await?;
            row.rows()?.first::<items::ItemRow>()?.is_some()
        } else if let Some(account) = AccountId::parse(resource) {
            let [row] = app
                .db
                .batch([accounts::of_person_by_id(person, account)])
                .await?;
            row.rows()?.first::<accounts::AccountRow>()?.is_some()
        } else if let Some(transaction) = TransactionId::parse(resource) {
            let [row] = app
                .db
                .batch([transactions::of_person_by_id(person, transaction)])
                .await?;
            row.rows()?
                .first::<transactions::TransactionOfItemRow>()?
                .is_some()
        } else {
            false
        };
        if !is_there {
            return Err(foreign());
        }
    }
    Ok(())
}

/// A consent as an operator names it.
pub(super) async fn row(app: &App, id: ConsentId) -> Result<ConsentRow> {
    let [row] = app.db.batch([consents::by_id(id)]).await?;
    let row: Option<ConsentRow> = row.rows()?.first()?;
    row.ok_or_else(Problem::not_found)
}

/// A consent on its way to be used.
pub(super) struct Use {
    /// The right, checked.
    pub(super) checked: Checked,
    pub(super) leaf: Leaf,
    pub(super) step: [Statement; 2],
    pub(super) is_first: bool,
    pub(super) is_last: bool,
}

/// Why a consent is not to be used: its state, or what else is wrong.
pub(super) enum Refusal {
    Refused(consent::Refused),
    Problem(Problem),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// Verifies a consent again, whole, for one use of it. One batch.
pub(super) async fn ready(
    app: &App,
    at: &AtConsole,
    keys: &UserKeys,
    row: ConsentRow,
) -> std::result::Result<Use, Refusal> {
    let (id, rev) = (ConsentId(row.id), row.rev);
    let record = row
        .open(keys)?
        .reveal(&Reveal::system(SystemPurpose::RecordAudit))
        .map_err(|_| Problem::internal("no right to a consent"))?;
    let [leaves] = app
        .db
        .batch([audit_log::about(id.0, vault::UserId::SYSTEM)])
        .await
        .map_err(Problem::from)?;
    let events = events(&at.system, id, &leaves.rows().map_err(Problem::from)?)?;
    let Some(grant) = &record.grant else {
        let state = if events.contains(&Event::Declined) {
            State::Declined
        } else if events.contains(&Event::Revoked) {
            State::Revoked
        } else {
            State::Requested
        };
        return Err(Refusal::Refused(consent::Refused::Standing(state)));
    };
    let terms = terms_of(grant)?;
    if terms.id != id.public() {
        return Err(Refusal::Refused(consent::Refused::Signature));
    }
    let uses_left = Standing::of(&terms, &events, now()).uses_left;
    let expires_at = stamp(terms.expires);
    let signed = verified(app, terms, &grant.credential, &grant.response)
        .await?
        .ok_or(Refusal::Refused(consent::Refused::Signature))?;
    let checked = signed
        .check(&events, &at.id.public(), now())
        .map_err(Refusal::Refused)?;
    let is_last = uses_left == 1;
    let ends_at = (!is_last).then_some(expires_at);
    Ok(Use {
        checked,
        leaf: leaf(Deed::ConsentUsed, &at.system, keys, id, &record)?,
        step: consents::step(keys, id, rev, &record, ends_at)?,
        is_first: !events.contains(&Event::Used),
        is_last,
    })
}

/// Where a consent stands, for the operator who asked for it. One batch.
pub(super) async fn status(
    app: &App,
    at: &AtConsole,
    keys: &UserKeys,
    row: ConsentRow,
) -> Result<Table> {
    let id = ConsentId(row.id);
    let record = row
        .open(keys)?
        .reveal(&Reveal::system(SystemPurpose::RecordAudit))
        .map_err(|_| Problem::internal("no right to a consent"))?;
    if record.operator != at.id {
        return Err(Problem::not_found());
    }
    let [leaves] = app
        .db
        .batch([audit_log::about(id.0, vault::UserId::SYSTEM)])
        .await?;
    let events = events(&at.system, id, &leaves.rows()?)?;
    let shown = stand(id, record, &events)?;
    Ok(Table::one(vec![
        ("consent", id.public().into()),
        ("state", shown.state.into()),
        ("resources", shown.record.resources.join(" ").into()),
        ("fields", shown.record.fields.join(" ").into()),
        ("uses_left", shown.uses_left.into()),
        ("expires_at", super::data::time(shown.expires_at)),
    ]))
}

/// What refuses a use, in words.
pub(super) fn why(refused: consent::Refused) -> Problem {
    let (state, detail) = match refused {
        consent::Refused::Standing(state) => {
            (name(state), "The consent does not hold now: see its state.")
        }
        consent::Refused::Operator => ("foreign", "The consent names another operator."),
        consent::Refused::NotBegun => ("granted", "The consent's time has not begun."),
        consent::Refused::Signature => ("invalid", "The signature is not this consent's."),
    };
    Problem::consent_refused(state, detail)
}

/// Tells people whose consents are over by time: for the sweep. One batch, and two with a mail
/// for each.
pub(crate) async fn tell_of_ends(app: &App) -> Result<()> {
    let [rows] = app
        .db
        .batch([consents::ended(Timestamp::now(), 20)])
        .await?;
    let rows: Vec<ConsentRow> = rows.rows()?.all()?;
    for row in rows {
        let id = ConsentId(row.id);
        if let Some(keys) = app.keys.of(&app.db, PersonId(row.user_id).vault()).await? {
            mails::tell(app, &keys, Moment::Ended, id).await;
        }
        // Told once, or hardly ever twice.
        app.db.batch([consents::told(id)]).await?;
    }
    Ok(())
}
