//! A command in the audit log: before it runs, after, and where it was refused.

use std::{collections::BTreeSet, sync::Arc};

use consent::Field;
use serde_json::Value;
use tlog::Kind as Deed;

use super::{Command, operator::AtConsole};
use crate::{
    app::App,
    audit::{CommandOutcome, Event, Leaf},
    id::{ConsentId, PersonId, RowId},
    platform::Timestamp,
    problem::{Kind, Problem, Result},
    store::{
        engine::{EngineError, Statement},
        keys::UserKeys,
        operator_sessions,
    },
};

/// A command as the log has it.
pub(super) struct Record<'a> {
    pub(super) app: &'a App,
    pub(super) at: &'a AtConsole,
    pub(super) command: &'a Command,
    pub(super) person: Option<PersonId>,
    pub(super) keys: Option<Arc<UserKeys>>,
    pub(super) consent: Option<ConsentId>,
    pub(super) fields: BTreeSet<Field>,
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
    pub(super) async fn intend(&self, consent: Option<(Leaf, [Statement; 2])>) -> Result<()> {
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

    pub(super) async fn done(
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
    pub(super) async fn refused(&self, problem: &Problem) -> Result<()> {
        self.done(
            CommandOutcome::Refused,
            Some(problem.kind().slug()),
            Vec::new(),
        )
        .await
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
