//! A new access token in place of the old one, which is dead from then on.
//! <https://plaid.com/docs/api/items/#itemaccess_tokeninvalidate>
//!
//! Plaid gives the new one once. Where its answer is lost, the connection says that it has
//! to be made anew, and keeps what was read.

use plaid::AccessTokenInvalidate;
use zeroize::Zeroizing;

use super::hold::{self, Hold};
use crate::{
    app::App,
    id::ItemId,
    platform::{Timestamp, clock::pass},
    problem::{Kind, Problem, Result},
    store::items::{self, Health, ItemState},
};

/// How often the new token is tried to be written against others.
const TRIES: u32 = 8;
/// Between tries to write the new token down, in milliseconds.
const PAUSES: [u32; 3] = [100, 400, 1_600];

/// Rotates an Item's access token. Four batches and one call.
pub(crate) async fn rotate_token(app: &App, item: ItemId) -> Result<()> {
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
    let asked = hold.ask(&AccessTokenInvalidate::new(&token)).await;
    let renewed = match asked {
        Ok(answer) => answer
            .read::<AccessTokenInvalidate<'_>>()
            .map(|reply| reply.new_access_token.expose().to_owned())
            .map_err(Problem::from),
        Err(refusal) => Err(refusal.into()),
    };
    match renewed {
        Ok(token) => write_down(hold, &token.into()).await,
        Err(problem) => {
            // What was asked counts towards the minute's calls; of a lost lease, another's do.
            hold.write(Vec::new()).await?;
            Err(problem)
        }
    }
}

/// Writes the new token down, whatever comes between: the old one is dead. Where the
/// database does not answer it is asked again; where somebody took the Item over, who
/// knows the old one only, it is taken back.
async fn write_down(mut hold: Hold<'_>, token: &Zeroizing<String>) -> Result<()> {
    let (app, item) = (hold.app, hold.item);
    let mut pauses = PAUSES.into_iter();
    let mut alongside = Vec::new();
    for _ in 0..TRIES {
        hold.record.access_token = token.clone();
        let tried = match hold.try_to_write(alongside.clone()).await {
            Ok(None) => take_back(app, item).await,
            Ok(Some(())) => return Ok(()),
            Err(problem) => Err(problem),
        };
        match tried {
            Ok(Some(mine)) => hold = mine,
            // It is going: nobody needs the token.
            Ok(None) => return Ok(()),
            Err(problem) if problem.kind() == Kind::Unavailable => {
                let pause = pauses.next().ok_or(problem)?;
                pass(pause).await;
                continue;
            }
            Err(problem) => return Err(problem),
        }
        // Whoever had it may have been told that its token is none.
        if hold.record.health == Health::NeedsRelink {
            hold.record.health = Health::Failing;
            alongside = vec![items::want(item)];
        }
    }
    Err(Problem::internal(
        "a new access token could not be written for contention",
    ))
}

/// Takes an Item from whoever has it, who begins again. `None` where it is going.
async fn take_back(app: &App, item: ItemId) -> Result<Option<Hold<'_>>> {
    for _ in 0..TRIES {
        let seen = hold::look(app, item).await?;
        let Some(seen) = seen.filter(|seen| seen.row.state != ItemState::Removing) else {
            return Ok(None);
        };
        if let Some(hold) = seen.seize(app, Vec::new()).await? {
            return Ok(Some(hold));
        }
    }
    Err(Problem::internal("an Item that is taken again and again"))
}
