//! How a command runs: held to who may give it and to a consent, written down, done, and
//! written down again. What is refused is written down too.

use std::{collections::BTreeSet, sync::Arc};

use consent::Field;

use super::{
    Command, Operator,
    act::act,
    consent::{self as consents, Refusal, Use},
    mails::{self, Moment},
    operator::AtConsole,
    record::Record,
    review::{self, Standing, self_service},
    sight::{Sight, Table},
    target::{Person, Target, find},
};
use crate::{
    app::App,
    audit::CommandOutcome,
    id::{ConsentId, PersonId},
    platform::{Timestamp, log},
    problem::{Kind, Problem, Result},
    store::operator_sessions,
};

/// How often the use of a consent is tried against others.
const TRIES: u32 = 5;

/// A command as it is given.
pub(crate) struct Order {
    pub(crate) command: Command,
    pub(crate) consent: Option<ConsentId>,
    /// The hidden fields that are to be shown; none: all that the consent covers.
    pub(crate) reveal: Option<BTreeSet<Field>>,
}

/// What came of it.
pub(crate) struct Answer {
    pub(crate) name: &'static str,
    pub(crate) table: Table,
    pub(crate) shown: Vec<&'static str>,
    pub(crate) masked: Vec<&'static str>,
}

/// Runs a command. Six batches and those of the command; two more with a consent.
pub(crate) async fn run(app: &App, operator: Operator, order: Order) -> Result<Answer> {
    let at = operator.proven().await?;
    let mut record = Record {
        app,
        at: &at,
        command: &order.command,
        person: None,
        keys: None,
        consent: order.consent,
        fields: BTreeSet::new(),
    };
    match admitted(app, &at, &order, &mut record).await {
        Ok((target, sight)) => carry_out(app, &at, &order, record, target, sight).await,
        Err(problem) => {
            record.refused(&problem).await?;
            Err(problem)
        }
    }
}

/// Everything that has to hold before it is done, its intent in the log at the end.
async fn admitted(
    app: &App,
    at: &AtConsole,
    order: &Order,
    record: &mut Record<'_>,
) -> Result<(Target, Sight)> {
    let command = &order.command;
    if !command.is_for(at.role) || (at.account.is_none() && !command.is_for_outsiders()) {
        return Err(Problem::new(
            Kind::RoleInsufficient,
            "Your role does not give this command.",
        ));
    }
    let target = find(app, at, command).await?;
    record.person = target.id();
    record.keys = target.person().map(|person| Arc::clone(&person.keys));
    if record.person.is_some() && record.person == at.account {
        return Err(self_service());
    }
    let wanted: BTreeSet<Field> = match &order.reveal {
        Some(wanted) => wanted.clone(),
        None => BTreeSet::new(),
    };
    let hides = command.hidden();
    if let Some(field) = wanted.iter().find(|field| !hides.contains(field)) {
        log::warn("console", field.name());
        return Err(Problem::invalid_field(
            "reveal",
            "field_unknown",
            "This command has no such hidden field.",
        ));
    }
    let Some(consent) = order.consent else {
        if !wanted.is_empty() {
            return Err(missing(&target, command, &wanted));
        }
        record.intend(None).await?;
        return Ok((target, Sight::new(None, None)));
    };
    let Some(person) = target.person() else {
        return Err(Problem::invalid_field(
            "consent",
            "not_used",
            "This command is about nobody: it takes no consent.",
        ));
    };
    let sight = under_consent(app, at, order, record, &target, person, &wanted, consent).await?;
    Ok((target, sight))
}

/// Holds an order to a consent, and writes its intent and its use down.
#[allow(clippy::too_many_arguments)] // all that an order is about
async fn under_consent(
    app: &App,
    at: &AtConsole,
    order: &Order,
    record: &Record<'_>,
    target: &Target,
    person: &Person,
    wanted: &BTreeSet<Field>,
    consent: ConsentId,
) -> Result<Sight> {
    let command = &order.command;
    let hides = command.hidden();
    let standing = review::standing(app).await?;
    if standing.suspended {
        return Err(suspended(&standing));
    }
    for _ in 0..TRIES {
        let row = consents::row(app, consent).await?;
        if row.user_id != person.id.0 {
            return Err(Problem::consent_refused(
                "foreign",
                "The consent is another person's.",
            ));
        }
        let ready = match consents::ready(app, at, &person.keys, row).await {
            Ok(ready) => ready,
            Err(Refusal::Refused(refused)) => return Err(consents::why(refused)),
            Err(Refusal::Problem(problem)) => return Err(problem),
        };
        let Use {
            checked,
            leaf,
            step,
            is_first,
            is_last,
        } = ready;
        let sight = Sight::new(Some(checked), order.reveal.clone());
        let resources = resources(target, command);
        let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
        let all = if wanted.is_empty() {
            hides.iter().copied().collect()
        } else {
            wanted.clone()
        };
        let lacking = sight.missing(&resources, command.within(), &all);
        if !wanted.is_empty() && !lacking.is_empty() {
            return Err(missing(target, command, &lacking.into_iter().collect()));
        }
        if lacking.len() == all.len() {
            // Not one use is spent for nothing.
            return Err(missing(target, command, &all));
        }
        match record.intend(Some((leaf, step))).await {
            Ok(()) => {
                if is_first {
                    mails::tell(app, &person.keys, Moment::FirstUsed, consent).await;
                }
                if is_last {
                    mails::tell(app, &person.keys, Moment::Ended, consent).await;
                }
                return Ok(sight);
            }
            Err(problem) if problem.kind() == Kind::Conflict => {}
            Err(problem) => return Err(problem),
        }
    }
    Err(Problem::unavailable(
        "The consent is being used by others; try again.",
        "a consent under contention",
    ))
}

/// The thing a command is about and what that belongs to, as a consent may name it.
fn resources(target: &Target, command: &Command) -> Vec<String> {
    let mut resources = command.resources();
    if let Some(person) = target.id() {
        let user = person.public();
        if !resources.contains(&user) {
            resources.push(user);
        }
    }
    resources
}

fn missing(target: &Target, command: &Command, fields: &BTreeSet<Field>) -> Problem {
    let fields = fields.iter().map(|field| field.name()).collect();
    let resources = resources(target, command);
    Problem::consent_required(fields, resources, target.id().map(PersonId::public))
}

fn suspended(standing: &Standing) -> Problem {
    let since = standing.oldest.map(Timestamp::rfc3339).unwrap_or_default();
    Problem::new(
        Kind::RevealSuspended,
        format!("Nothing is revealed until the reviews are made: one waits since {since}."),
    )
}

/// Does it, and shows what came of it once that is in the log.
async fn carry_out(
    app: &App,
    at: &AtConsole,
    order: &Order,
    mut record: Record<'_>,
    target: Target,
    mut sight: Sight,
) -> Result<Answer> {
    let done = act(app, at, &order.command, target, &mut sight).await;
    record.fields.clone_from(&sight.shown);
    match done {
        Ok(table) => {
            let mut deeds = Vec::new();
            if !sight.shown.is_empty() {
                deeds.push(operator_sessions::mark_sensitive(at.session));
            }
            record.done(CommandOutcome::Ran, None, deeds).await?;
            let names =
                |fields: &BTreeSet<Field>| fields.iter().map(|field| field.name()).collect();
            Ok(Answer {
                name: order.command.name(),
                table,
                shown: names(&sight.shown),
                masked: names(&sight.masked),
            })
        }
        Err(problem) => {
            let outcome = match problem.kind() {
                Kind::SelfService => CommandOutcome::Refused,
                _ => CommandOutcome::Failed,
            };
            record
                .done(outcome, Some(problem.kind().slug()), Vec::new())
                .await?;
            Err(problem)
        }
    }
}
