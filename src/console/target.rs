//! Whom and what a command is about, found by what it names.

use std::sync::Arc;

use super::{Command, accounts, command::Subject, consent as consents, data, operator::AtConsole};
use crate::{
    app::App,
    id::PersonId,
    problem::{Problem, Result},
    store::{consents::ConsentRow, items::ItemRow, keys::UserKeys},
};

/// What a command is about, found.
pub(super) enum Target {
    Nobody,
    /// Whoever an email is of: nobody, or a person, who sees that she was looked for.
    Found(Option<Person>),
    Person(Person),
    Item(Box<ItemRow>, Person),
    Consent(Box<ConsentRow>, Person),
}

/// Whose it is.
pub(super) struct Person {
    pub(super) id: PersonId,
    pub(super) keys: Arc<UserKeys>,
}

impl Target {
    pub(super) fn person(&self) -> Option<&Person> {
        match self {
            Self::Nobody => None,
            Self::Found(found) => found.as_ref(),
            Self::Person(person) | Self::Item(_, person) | Self::Consent(_, person) => Some(person),
        }
    }

    pub(super) fn id(&self) -> Option<PersonId> {
        self.person().map(|person| person.id)
    }
}

/// Finds it. Up to two batches.
pub(super) async fn find(app: &App, at: &AtConsole, command: &Command) -> Result<Target> {
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
