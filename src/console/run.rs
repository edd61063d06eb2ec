//! How a command runs: held to who may give it and to a consent, written down, done, and
//! written down again. What is refused is written down too.

use std::collections::BTreeSet;

use consent::Field;
use serde_json::Value;
use tlog::Kind as Deed;

use super::{
    Command, Operator, accounts, changes,
    command::Subject,
    consent::{self as consents, Refusal, Use},
    data,
    mails::{self, Moment},
    operator::AtConsole,
    rekey,
    review::{self, Standing, self_service},
    sight::{Sight, Table},
};
use crate::{
    app::App,
    audit::{CommandOutcome, Event, Leaf},
    id::{ConsentId, PersonId, RowId},
    platform::{Timestamp, log},
    problem::{Kind, Problem, Result},
    store::{
        consents::{ConsentRecord, ConsentRow},
        engine::{EngineError, Statement},
        items::ItemRow,
        keys::UserKeys,
        operator_sessions,
    },
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

/// What a command is about, found.
enum Target {
    Nobody,
    /// Whoever an email is of: nobody, or a person, who sees that she was looked for.
    Found(Option<Person>),
    Person(Person),
    Item(Box<ItemRow>, Person),
    Consent(Box<ConsentRow>, Person),
}

struct Person {
    id: PersonId,
    keys: std::sync::Arc<UserKeys>,
}

impl Target {
    fn person(&self) -> Option<&Person> {
        match self {
            Self::Nobody => None,
            Self::Found(found) => found.as_ref(),
            Self::Person(person) | Self::Item(_, person) | Self::Consent(_, person) => Some(person),
        }
    }

    fn id(&self) -> Option<PersonId> {
        self.person().map(|person| person.id)
    }
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
    record.keys = target
        .person()
        .map(|person| std::sync::Arc::clone(&person.keys));
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

async fn find(app: &App, at: &AtConsole, command: &Command) -> Result<Target> {
    let person = |id: PersonId| async move {
        let keys = app.keys.of(&app.db, id.vault()).await?;
        let keys = keys.ok_or_else(Problem::not_found)?;
        Ok::<_, Problem>(Person { id, keys })
    };
    if let Command::UserFind { email } = command {
        let found = accounts::find(app, at, email).await?;
        return Ok(Target::Found(match found {
            Some(id) => Some(person(id).await?),
            None => None,
        }));
    }
    Ok(match command.subject() {
        Subject::Nobody => Target::Nobody,
        Subject::Person(id) => Target::Person(person(id).await?),
        Subject::Item(item) => {
            let row = data::item(app, item).await?;
            let whose = person(PersonId(row.user_id)).await?;
            Target::Item(Box::new(row), whose)
        }
        Subject::Consent(consent) => {
            let row = consents::row(app, consent).await?;
            let whose = person(PersonId(row.user_id)).await?;
            Target::Consent(Box::new(row), whose)
        }
    })
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

async fn act(
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

/// What is answered where the log cannot be written. A leaf that stands in the next one's place
/// is nobody's conflict: the log was tampered with.
fn unwritten(error: EngineError) -> Problem {
    match error {
        EngineError::Duplicate => Problem::internal("a leaf stands where the next would"),
        error => error.into(),
    }
}

/// A command as the log has it.
struct Record<'a> {
    app: &'a App,
    at: &'a AtConsole,
    command: &'a Command,
    person: Option<PersonId>,
    keys: Option<std::sync::Arc<UserKeys>>,
    consent: Option<ConsentId>,
    fields: BTreeSet<Field>,
}

impl Record<'_> {
    fn leaf(
        &self,
        kind: Deed,
        outcome: Option<CommandOutcome>,
        why_not: Option<&str>,
    ) -> Result<Leaf> {
        let arguments: Value = self.command.arguments();
        let event = Event::Command {
            why: &self.at.why,
            command: self.command.name(),
            arguments: &arguments,
            person: self.person,
            fields: self.fields.iter().map(|field| field.name()).collect(),
            consent: self.consent,
            outcome,
            why_not,
        };
        let subjects: [RowId; 1] = [self.at.session.0];
        Leaf::new(
            kind,
            &self.at.system,
            self.keys.as_deref(),
            &event,
            &subjects,
        )
    }

    /// Writes the intent down, and the use of a consent with it. A conflict where another use
    /// was faster.
    async fn intend(&self, consent: Option<(Leaf, [Statement; 2])>) -> Result<()> {
        let intent = self.leaf(Deed::CommandIntended, None, None)?;
        let lasts = operator_sessions::lasts(self.at.session, Timestamp::now());
        let deeds = match consent {
            Some((used, step)) => used.before(step.into_iter().chain([lasts])),
            None => vec![lasts],
        };
        match self.app.db.batch_all(&intent.before(deeds)).await {
            Ok(_) => Ok(()),
            Err(EngineError::Guard) => Err(Problem::new(
                Kind::Conflict,
                "The session is over, or the consent was used at this moment.",
            )),
            Err(error) => Err(unwritten(error)),
        }
    }

    async fn done(
        &self,
        outcome: CommandOutcome,
        why_not: Option<&str>,
        deeds: Vec<Statement>,
    ) -> Result<()> {
        let leaf = self.leaf(Deed::CommandDone, Some(outcome), why_not)?;
        let written = self.app.db.batch_all(&leaf.before(deeds)).await;
        written.map(|_| ()).map_err(unwritten)
    }

    /// Writes down that it was refused.
    async fn refused(&self, problem: &Problem) -> Result<()> {
        self.done(
            CommandOutcome::Refused,
            Some(problem.kind().slug()),
            Vec::new(),
        )
        .await
    }
}
