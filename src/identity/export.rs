//! Export: everything the service holds about a person, for herself, as one JSON
//! object or as a CSV file a table. `docs/EXPORT.md` names every member, and what is
//! left out because it would open something.
//!
//! Invariant: the transactions are those of one moment, however many batches they are
//! read in: where a sync lands meanwhile, they are read again.

mod banking;
mod csv;
mod reader;
mod tables;
mod writer;

use super::{Caller, Factors, step_up::Asked};
use crate::{
    app::App,
    platform::Timestamp,
    problem::Result,
    store::{
        accounts, api_tokens, billing, email_changes,
        engine::{EngineError, Outcome, Rows},
        items, people, sessions,
    },
};

pub(crate) use writer::Format;

use reader::{Reader, SESSIONS};
use writer::Writer;

/// Everything about whoever asks. Five batches, one for every 2,000 transactions and one for
/// every 500 notes.
pub(crate) async fn export(
    app: &App,
    caller: Caller,
    asked: Asked,
    format: Format,
) -> Result<Vec<u8>> {
    let signed = caller.signed().await?;
    let approval = asked.approved(app, &signed).await?;
    let (person, now) = (signed.person, Timestamp::now());
    let mut batch = vec![
        people::by_id(person),
        sessions::of_person(person, None, SESSIONS, now),
        api_tokens::of_person(person, now),
        email_changes::of_person(person, now),
        billing::of_person(person),
        items::every_of_person(person),
        accounts::of_person(person),
    ];
    batch.extend(Factors::of_person(person));
    let mut outcomes = approval.land(app, batch).await?.into_iter();
    let mut rows = || next(&mut outcomes);

    let reader = Reader {
        app,
        signed: &signed,
        now,
    };
    let account = reader.account(&rows()?)?;
    let mut writer = Writer::new(format, now);
    let (sessions, tokens, change) = (rows()?, rows()?, rows()?);
    let billing = rows()?;
    let (items, accounts) = (rows()?, rows()?);
    let factors = Factors::open_last(&signed.keys, &signed.reveal, outcomes.collect())?;
    writer.table([tables::Account::new(person, &account, &factors)])?;
    reader.sessions(&mut writer, sessions).await?;
    reader.tokens(&mut writer, &tokens)?;
    writer.table(factors.passkeys.iter().map(tables::Passkey))?;
    let code_app = factors.totp.as_ref().map(|(_, record)| record);
    writer.table(code_app.map(tables::AuthenticatorApp))?;
    reader.email_change(&mut writer, &change)?;
    let customer = reader.billing(&mut writer, &billing).await?;
    let indexes = reader.connections(&mut writer, &items).await?;
    reader
        .around(&mut writer, &account, customer, &indexes)
        .await?;
    reader.accounts(&mut writer, &accounts)?;
    reader.transactions(&mut writer).await?;
    reader.banking(&mut writer).await?;
    reader.audit_entries(&mut writer).await?;
    reader.consents(&mut writer).await?;
    writer.finish()
}

fn next(outcomes: &mut impl Iterator<Item = Outcome>) -> Result<Rows> {
    let outcome = outcomes.next().ok_or(EngineError::Shape)?;
    Ok(outcome.rows()?)
}
