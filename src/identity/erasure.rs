//! Erasing a person. One batch shuts her out and shreds her keys: from then on nothing
//! of hers can be read, by anybody. What is left is worked off from there, in messages
//! and by the sweep: Plaid and Stripe end what they have, the rows go, she is mailed a receipt.
//!
//! Invariant: nothing that is under way brings a row back that stays. A sync writes
//! only while its Item's row is there, which the batch deletes; a bank that is being
//! linked holds her keys' row, or finds none and hands its token to the erasure; the
//! account's own writes hold its revision. What a request may still insert (a session, a
//! reply that is kept) opens nothing without keys, and goes an hour later, when the rows
//! are looked through once more. Every step may be done twice.

mod work;

use vault::{Reveal, SystemPurpose};
use zeroize::Zeroizing;

use super::{Caller, step_up::Asked, token::OpaqueToken};
use crate::{
    app::App,
    events::Message,
    id::{ErasureId, ItemId, PersonId, RowId},
    platform::Timestamp,
    problem::{Problem, Result},
    store::{
        api_tokens,
        billing::{self, BillingRow},
        email_changes,
        engine::{EngineError, Statement},
        erasures::{self, ErasureRow, TaskRecord},
        inbox,
        items::{self, ItemRow},
        keys::{self, UserKeys},
        operators, passkeys, password_resets,
        people::{self, PersonRecord, PersonRow},
        recovery_codes, sessions, sign_ups,
        table::index,
        throttle, totp,
    },
};

pub(crate) use work::{carry_on, sweep};

/// How often a batch is tried against banks that are being linked.
const TRIES: u32 = 8;

/// An erasure that has begun.
pub(crate) struct Begun {
    pub(crate) id: ErasureId,
    /// To look at it with, once there is no session.
    pub(crate) token: OpaqueToken,
}

/// Erases whoever asks. Three batches; what is left goes on in a message.
pub(crate) async fn erase(app: &App, caller: Caller, asked: Asked) -> Result<Begun> {
    let signed = caller.signed().await?;
    let spend = asked.approved(app, &signed).await?.spend();
    go(app, signed.person, &signed.keys, spend).await
}

/// Erases an account that two operators agreed to erase. `spend` uses their agreement up.
pub(crate) async fn erase_by_operators(
    app: &App,
    person: PersonId,
    keys: &UserKeys,
    spend: Statement,
) -> Result<ErasureId> {
    Ok(go(app, person, keys, spend).await?.id)
}

async fn go(app: &App, person: PersonId, keys: &UserKeys, spend: Statement) -> Result<Begun> {
    let begun = Begun {
        id: ErasureId(RowId::new()?),
        token: OpaqueToken::generate()?,
    };
    for _ in 0..TRIES {
        let mut batch = vec![spend.clone()];
        batch.extend(shut_out(app, person, keys, &begun).await?);
        match app.db.batch_all(&batch).await {
            Ok(_) => {
                app.tokens.forget_all(person);
                app.keys.forget(person.vault());
                let erasure = begun.id.0;
                Message::Erase { erasure }.send(app).await;
                return Ok(begun);
            }
            // A bank was linked meanwhile, and its token has to come along.
            Err(EngineError::Guard) => {}
            // The approval was used: she is erased already.
            Err(EngineError::Duplicate) => return Err(Problem::unauthenticated()),
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::unavailable(
        "A bank is being connected; try again.",
        "an account under contention",
    ))
}

/// The one batch. What is the system's own comes first: where an engine commits one
/// shard after the other, an erasure that is written down carries out the rest.
async fn shut_out(
    app: &App,
    person: PersonId,
    hers: &UserKeys,
    begun: &Begun,
) -> Result<Vec<Statement>> {
    let now = Timestamp::now();
    let [row, items, billing] = app
        .db
        .batch([
            people::by_id(person),
            items::every_of_person(person),
            billing::of_person(person),
        ])
        .await?;
    let row: PersonRow = row.rows()?.first()?.ok_or_else(Problem::unauthenticated)?;
    let account = hers
        .open::<PersonRecord>(row.id, row.rev, row.sealed)?
        .reveal(&Reveal::system(SystemPurpose::Erase))
        .map_err(|_| Problem::internal("no right to an account"))?;
    let items: Vec<ItemRow> = items.rows()?.all()?;
    let ids: Vec<ItemId> = items.iter().map(|item| ItemId(item.id)).collect();

    let system = app.system_keys().await?;
    let email_index = system.blind(index::LOGIN_EMAIL, account.login.as_bytes());
    let task = |record| erasures::insert_task(&system, begun.id.0, RowId::new()?, &record);
    let mut indexes = Vec::with_capacity(items.len());
    let mut batch = vec![erasures::insert(begun.id, person, &begun.token.hash(), now)];
    for item in items {
        let record = item
            .open(hers)?
            .reveal(&Reveal::system(SystemPurpose::Erase))
            .map_err(|_| Problem::internal("no right to an Item"))?;
        let plaid_index = system.blind(index::PLAID_ITEM, record.plaid_item_id.as_bytes());
        indexes.push(plaid_index);
        batch.push(task(TaskRecord::PlaidItem {
            access_token: record.access_token,
            plaid_index,
        })?);
    }
    let billing: Option<BillingRow> = billing.rows()?.first()?;
    let billed_at = billing.as_ref().map(|row| row.rev);
    if let Some(row) = billing {
        let record = row.open(hers)?;
        let record = record
            .reveal(&Reveal::system(SystemPurpose::Erase))
            .map_err(|_| Problem::internal("no right to a subscription"))?;
        let customer_index = record
            .customer
            .as_ref()
            .map(|customer| system.blind(index::STRIPE_CUSTOMER, customer.as_str().as_bytes()));
        indexes.extend(customer_index);
        batch.push(task(TaskRecord::StripeCustomer {
            customer: record.customer,
            key: record.key,
            customer_index,
        })?);
    }
    batch.push(task(TaskRecord::Receipt {
        email: Zeroizing::new(account.email),
    })?);
    batch.extend([
        password_resets::delete_of_email(email_index),
        sign_ups::delete_of_email(email_index),
        inbox::delete_of_subjects(&indexes),
        throttle::delete(system.blind(index::PROOF_TRIES, &person.0.0)),
        throttle::delete(system.blind(index::CONFIRMATION_TRIES, &person.0.0)),
        // Held from here on: no bank is linked between this and the next look.
        keys::still_there(person.0),
        items::are_all(person, &ids),
        billing::is_at(person, billed_at),
        billing::found_no_more(person),
    ]);
    batch.extend(doors(person));
    Ok(batch)
}

/// The keys, what anybody could come in by, and what a sync could go on from: few rows,
/// which go first.
fn doors(person: PersonId) -> Vec<Statement> {
    let [login, account] = people::delete(person);
    vec![
        login,
        account,
        keys::shred(person),
        sessions::delete_all(person),
        api_tokens::delete_all(person),
        passkeys::delete_all(person),
        totp::delete_all(person),
        recovery_codes::delete_all(person),
        email_changes::delete_all(person),
        items::delete_all(person),
        billing::delete_all(person),
        operators::delete_account(person),
    ]
}

/// How far an erasure is, for whoever has its token. One batch.
pub(crate) async fn look_at(app: &App, id: ErasureId, token: &str) -> Result<ErasureRow> {
    let [row] = app.db.batch([erasures::by_id(id)]).await?;
    let row: Option<ErasureRow> = row.rows()?.first()?;
    row.filter(|row| row.is_shown_to(&OpaqueToken::hash_of(token)))
        .ok_or_else(Problem::not_found)
}
