//! What each command does.

use super::{
    Command, accounts, changes, consent as consents, data,
    operator::AtConsole,
    rekey, review,
    sight::{Sight, Table},
    target::Target,
};
use crate::{
    app::App,
    platform::Timestamp,
    problem::{Problem, Result},
    store::consents::ConsentRecord,
};

/// Does it, on what it is about.
pub(super) async fn act(
    app: &App,
    at: &AtConsole,
    command: &Command,
    target: Target,
    sight: &mut Sight,
) -> Result<Table> {
    match (command, target) {
        (Command::UserFind { .. }, Target::Found(person)) => {
            Ok(accounts::found(person.map(|person| person.id)))
        }
        (Command::UserShow { .. }, Target::Person(person)) => {
            accounts::show(app, sight, person.id, &person.keys).await
        }
        (Command::UserDelete { proposal, .. }, Target::Person(person)) => {
            accounts::delete(app, at, person.id, &person.keys, proposal.as_deref()).await
        }
        (Command::ItemList { .. }, Target::Person(person)) => {
            data::items(app, sight, person.id, &person.keys).await
        }
        (Command::ItemStatus { .. }, Target::Item(row, person)) => {
            data::item_status(*row, &person.keys)
        }
        (Command::ItemResync { item }, Target::Item(..)) => data::resync(app, *item).await,
        (Command::TransactionList { account, limit, .. }, Target::Person(person)) => {
            data::transactions(app, sight, person.id, &person.keys, *account, *limit).await
        }
        (Command::SubscriptionShow { .. }, Target::Person(person)) => {
            data::subscription(app, sight, person.id, &person.keys).await
        }
        (Command::SessionList { .. }, Target::Person(person)) => {
            accounts::sessions(app, sight, person.id, &person.keys).await
        }
        (Command::SessionRevoke { session, .. }, Target::Person(person)) => {
            accounts::revoke(app, person.id, *session).await
        }
        (
            Command::ConsentRequest {
                resources,
                fields,
                purpose,
                hours,
                uses,
                ..
            },
            Target::Person(person),
        ) => {
            let record = ConsentRecord {
                operator: at.id,
                operator_name: at.why.operator.name.clone(),
                operator_role: at.role,
                purpose: purpose.clone(),
                resources: resources.clone(),
                fields: fields.clone(),
                hours: *hours,
                uses: *uses,
                requested_at: Timestamp::now(),
                grant: None,
            };
            consents::request(app, at, &person.keys, person.id, record).await
        }
        (Command::ConsentShow { .. }, Target::Consent(row, person)) => {
            consents::status(app, at, &person.keys, *row).await
        }
        (Command::OperatorList {}, _) => accounts::operators(app, at).await,
        (Command::OperatorGrant { email, name, role }, _) => {
            accounts::grant(app, at, email, name, *role).await
        }
        (Command::OperatorRevoke { operator }, _) => accounts::dismiss(app, at, *operator).await,
        (
            Command::ReviewList {
                pending,
                sensitive,
                cursor,
            },
            _,
        ) => review::list(app, at, *pending, *sensitive, *cursor).await,
        (Command::ReviewChanges { week, cursor }, _) => {
            changes::list(app, at, week.as_deref(), cursor.as_deref()).await
        }
        (Command::ReviewShow { session }, _) => review::show(app, at, *session).await,
        (
            Command::ReviewDecide {
                session,
                decision,
                note,
            },
            _,
        ) => review::decide(app, at, *session, *decision, note.clone()).await,
        (Command::KeysRotate { cursor, .. }, Target::Person(person)) => {
            rekey::rotate(app, person.id, person.keys, cursor.as_deref()).await
        }
        (Command::KeysStatus { cursor }, _) => rekey::status(app, *cursor).await,
        (Command::KeysRewrap { cursor }, _) => rekey::rewrap(app, *cursor).await,
        (Command::AuditorInvite { name }, _) => accounts::invite(app, at, name).await,
        _ => Err(Problem::internal("a command about something else")),
    }
}
