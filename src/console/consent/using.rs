//! A consent as a command uses it: verified again, whole, each time.

use consent::{Checked, Event, Standing, State};
use tlog::Kind as Deed;
use vault::{Reveal, SystemPurpose};

use super::{events, leaf, name, now, stamp, stand, terms_of, verified};
use crate::{
    app::App,
    audit::Leaf,
    console::{data, operator::AtConsole, sight::Table},
    id::ConsentId,
    problem::{Problem, Result},
    store::{
        audit_log,
        consents::{self, ConsentRow},
        engine::Statement,
        keys::UserKeys,
    },
};

/// A consent as an operator names it.
pub(in crate::console) async fn row(app: &App, id: ConsentId) -> Result<ConsentRow> {
    let [row] = app.db.batch([consents::by_id(id)]).await?;
    let row: Option<ConsentRow> = row.rows()?.first()?;
    row.ok_or_else(Problem::not_found)
}

/// A consent on its way to be used.
pub(in crate::console) struct Use {
    /// The right, checked.
    pub(in crate::console) checked: Checked,
    pub(in crate::console) leaf: Leaf,
    pub(in crate::console) step: [Statement; 2],
    pub(in crate::console) is_first: bool,
    pub(in crate::console) is_last: bool,
}

/// Why a consent is not to be used: its state, or what else is wrong.
pub(in crate::console) enum Refusal {
    Refused(consent::Refused),
    Problem(Problem),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// Verifies a consent again, whole, for one use of it. One batch.
pub(in crate::console) async fn ready(
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
pub(in crate::console) async fn status(
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
        ("expires_at", data::time(shown.expires_at)),
    ]))
}

/// What refuses a use, in words.
pub(in crate::console) fn why(refused: consent::Refused) -> Problem {
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
