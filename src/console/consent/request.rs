//! An operator asks a person for her consent: within the bounds of a text, for what is hers.

use consent::{State, Terms};
use tlog::Kind as Deed;

use super::{leaf, name, now};
use crate::{
    app::App,
    console::{
        command::fields,
        mails::{self, Moment},
        operator::AtConsole,
        sight::Table,
    },
    id::{AccountId, ConsentId, ItemId, PersonId, RowId, TransactionId},
    problem::{Problem, Result},
    store::{
        accounts,
        consents::{self, ConsentRecord},
        items,
        keys::UserKeys,
        transactions,
    },
};

/// Asks a person for her consent. Three batches and a mail.
pub(in crate::console) async fn request(
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
