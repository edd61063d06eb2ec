//! Unlinking: her data goes at once; the sealed access token stays until Plaid has
//! confirmed that it ended its access, and then goes too.

use vault::{Reveal, SystemPurpose};

use super::client::{UpstreamError, access_token};
use crate::{
    app::App,
    events::Message,
    id::{ItemId, PersonId},
    platform::{Timestamp, log},
    problem::{Problem, Result},
    store::{
        accounts, annotations, attempts, balance_years,
        engine::EngineError,
        items::{self, ItemRow, ItemState},
        keys::UserKeys,
        month_texts, month_totals,
        months::{self, Changes, MonthTokens},
        snapshots,
        transactions::{self, MonthToken},
    },
};

const TRIES: u32 = 8;

/// Deletes what was read through the Item and tells Plaid. Two batches.
pub(crate) async fn unlink(
    app: &App,
    person: PersonId,
    item: ItemId,
    keys: &UserKeys,
) -> Result<()> {
    remove(app, person, item, keys).await?;
    // Plaid is told here where it answers, else by a message until it does.
    if !finish_removal(app, item).await? {
        Message::Remove { item: item.0 }.send(app).await;
    }
    Ok(())
}

/// Deletes what was read through the Item and marks it as being removed.
pub(super) async fn remove(
    app: &App,
    person: PersonId,
    item: ItemId,
    keys: &UserKeys,
) -> Result<()> {
    let tokens = MonthTokens::new(keys);
    for _ in 0..TRIES {
        let [counts, directory] = app
            .db
            .batch([
                transactions::counts_without(person, item),
                months::of_person(person),
            ])
            .await?;
        let counts: Vec<(MonthToken, u32)> = counts.rows()?.all()?;
        let directory = keys.directory(&directory.rows()?)?;
        let changes = Changes {
            counts: &counts,
            touched: &[],
        };
        let after = directory.after(&tokens, &changes, std::iter::empty())?;
        let mut batch = months::replace(keys, directory.rev, &after)?;
        batch.extend([
            items::begin_removal(item),
            transactions::clear_stage(person, item),
            attempts::clear(item),
            transactions::delete_of_item(person, item),
            accounts::delete_of_item(person, item),
            annotations::delete_of_item(person, item),
            snapshots::delete_of_item(person, item),
            balance_years::delete_of_item(person, item),
            // Totals and words are made anew from what is left.
            month_totals::delete_all(person),
            month_texts::delete_all(person),
        ]);
        match app.db.batch_all(&batch).await {
            Ok(_) => return Ok(()),
            // A sync changed the directory meanwhile: count again.
            Err(EngineError::Guard | EngineError::Duplicate) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::unavailable(
        "The connection is busy; try again.",
        "a directory under contention",
    ))
}

/// Tells Plaid to end its access, and forgets the Item once it has. True when
/// nothing is left to do. Asking twice is no harm: Plaid then knows it no more.
pub(crate) async fn finish_removal(app: &App, item: ItemId) -> Result<bool> {
    let [row] = app.db.batch([items::by_id(item)]).await?;
    let Some(row) = row.rows()?.first::<ItemRow>()? else {
        return Ok(true);
    };
    if row.state != ItemState::Removing {
        return Ok(true);
    }
    let failures = row.failures;
    let person = PersonId(row.user_id);
    let Some(keys) = app.keys.of(&app.db, person.vault()).await? else {
        return Ok(true);
    };
    let record = row
        .open(&keys)?
        .reveal(&Reveal::system(SystemPurpose::CallPlaid))
        .map_err(|_| Problem::internal("an Item of someone else's"))?;
    if let Err(error) = end_access(app, &record.access_token).await {
        log::warn("removal-postponed", &error.to_string());
        let wait = 60_i64.saturating_mul(1 << failures.min(8));
        app.db
            .batch([items::postpone_removal(item, Timestamp::now().plus(wait))])
            .await?;
        return Ok(false);
    }
    app.db.batch([items::delete_removed(item)]).await?;
    Ok(true)
}

/// Has Plaid end its access by this token. An Item that Plaid no longer knows has ended.
pub(crate) async fn end_access(app: &App, token: &str) -> std::result::Result<(), UpstreamError> {
    let token = access_token(token);
    let answer = app.plaid.call(&plaid::ItemRemove::new(&token)).await;
    match answer.and_then(|answer| answer.read::<plaid::ItemRemove<'_>>().map(|_| ())) {
        Err(error) if !is_gone(&error) => Err(error),
        _ => Ok(()),
    }
}

/// Whether Plaid says that the Item or its token is no more.
fn is_gone(error: &UpstreamError) -> bool {
    use plaid::{CallError, ErrorClass};
    match error {
        UpstreamError::Call(CallError::Plaid(plaid)) => {
            plaid.classify() == ErrorClass::ItemNotFound
                || plaid.error_code.as_str() == "INVALID_ACCESS_TOKEN"
        }
        _ => false,
    }
}
