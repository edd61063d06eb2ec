//! Balances as the bank has them now: slow, paid for, and only where a person asks.
//! <https://plaid.com/docs/api/products/balance/>

use plaid::AccountsBalanceGet;

use super::{balance_history, hold, page::Sealer};
use crate::{
    app::App,
    id::ItemId,
    platform::Timestamp,
    problem::{Problem, Result},
    store::accounts,
};

/// Asks the bank for an Item's balances, and keeps them. Five batches and one call.
pub(crate) async fn live_balances(app: &App, item: ItemId) -> Result<()> {
    let busy = || {
        Problem::unavailable(
            "The connection is being read at the moment; try again.",
            "a lease that is held",
        )
    };
    let seen = hold::look(app, item)
        .await?
        .ok_or_else(Problem::not_found)?;
    if seen.is_busy(Timestamp::now()) {
        return Err(busy());
    }
    let mut hold = seen.hold(app, Vec::new()).await?.ok_or_else(busy)?;
    let token = hold.token();
    let asked = hold.ask(&AccountsBalanceGet::new(&token)).await;
    let found = asked.map_err(Problem::from).and_then(|answer| {
        let reply = answer.read::<AccountsBalanceGet<'_>>()?;
        let left_out = &hold.record.course.left_out;
        let sealer = Sealer::new(&hold.keys, hold.number, &[], left_out);
        Ok(sealer.accounts(&reply.accounts))
    });
    // What was asked is counted whatever came of it.
    let (batch, outcome) = match found {
        Err(problem) => (Vec::new(), Err(problem)),
        Ok(accounts) => {
            let today = balance_history::today()?;
            let year = balance_history::of_this_year(&hold, &today);
            let [year] = app.db.batch([year]).await?;
            let noted = balance_history::note(&hold, today, &year.rows()?, &accounts)?;
            let upsert = accounts::upsert(&hold.keys, item, hold.number, &accounts)?;
            let batch = std::iter::once(upsert).chain(noted);
            (batch.collect(), Ok(()))
        }
    };
    hold.write(batch).await?.ok_or_else(busy)?;
    outcome
}
