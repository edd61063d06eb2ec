//! What a person is mailed about her consents: that somebody asks, that it was used for the
//! first time, that it is over. Nothing that an operator typed is in it; the log's newest head
//! is, so that heads leave our hands.

use vault::Reveal;

use super::login::mail_right;
use crate::{
    app::App,
    audit,
    id::{ConsentId, PersonId, RowId},
    platform::log,
    problem::{Problem, Result},
    store::{
        keys::UserKeys,
        people::{self, PersonRecord, PersonRow},
    },
};

/// What has happened.
#[derive(Clone, Copy)]
pub(super) enum Moment {
    Requested,
    FirstUsed,
    Ended,
}

impl Moment {
    const fn subject(self) -> &'static str {
        match self {
            Self::Requested => "Somebody at Balance asks for your consent",
            Self::FirstUsed => "Your consent was used for the first time",
            Self::Ended => "Your consent is over",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Requested => {
                "An employee asks to see some of your data. Nothing is shown before you have read what\n\
                 for, and signed it with your key: sign in and look under \"Consents\". You may decline, or\n\
                 do nothing."
            }
            Self::FirstUsed => {
                "An employee has looked at data that you consented to be shown. What it was stands under\n\
                 \"Who looked\" in your account. You can take the consent back there at any time."
            }
            Self::Ended => {
                "A consent of yours to show data to an employee is over. All that was looked at stands\n\
                 under \"Who looked\" in your account."
            }
        }
    }
}

/// Tells her. It has happened, so a mail that cannot be sent fails nothing.
pub(super) async fn tell(app: &App, keys: &UserKeys, moment: Moment, consent: ConsentId) {
    if try_to_tell(app, keys, moment, consent).await.is_err() {
        log::warn("mail", "a notice could not be sent");
    }
}

async fn try_to_tell(app: &App, keys: &UserKeys, moment: Moment, consent: ConsentId) -> Result<()> {
    let text = format!(
        "{}\n\nIts number is {}.",
        moment.sentence(),
        consent.public()
    );
    send(app, keys, moment.subject(), &text).await
}

/// Mails somebody who has an account, with the log's newest head below. Two batches.
pub(super) async fn send(app: &App, keys: &UserKeys, subject: &str, text: &str) -> Result<()> {
    let person = PersonId(RowId(*keys.user().as_bytes()));
    let [row] = app.db.batch([people::by_id(person)]).await?;
    let row: PersonRow = row.rows()?.first()?.ok_or_else(Problem::not_found)?;
    let right: Reveal = mail_right();
    let record = keys
        .open::<PersonRecord>(row.id, row.rev, row.sealed)?
        .reveal(&right)
        .map_err(|_| Problem::internal("no right to an address"))?;
    let text = format!("{text}\n\n{}", audit::head_for_a_mail(app).await?);
    let sent = app
        .mailer
        .send(&app.config.mail_from, &record.email, subject, &text)
        .await;
    if sent {
        Ok(())
    } else {
        Err(Problem::upstream(
            "The mail could not be sent.",
            "mail refused",
        ))
    }
}
