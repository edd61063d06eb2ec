//! What identity mails, as plain text. No name and nothing else that a stranger
//! could have typed is in them, so that nobody can write mail in our name; no
//! link, so that no token is in a URL.

use super::{email::Email, token::OpaqueToken};
use crate::{
    app::App,
    audit,
    id::ErasureId,
    platform::{Timestamp, log},
    problem::{Problem, Result},
};

/// The token of a sign-up.
pub(super) async fn confirm_sign_up(app: &App, to: &Email, token: &OpaqueToken) -> Result<()> {
    let text = format!(
        "Somebody, we hope you, is signing up to Balance with this address.\n\n\
         To confirm it, enter this code where you signed up, with the password you chose there:\n\n\
         {}\n\n\
         The code is good for 24 hours. If it was not you, there is nothing to do: without the code\n\
         no account begins. Never enter it for someone else.\n",
        token.expose()
    );
    send(app, to, "Confirm your address", &text).await
}

/// A sign-up for an address that has an account.
pub(super) async fn sign_up_of_known(app: &App, to: &Email) -> Result<()> {
    let text = "Somebody, perhaps you, tried to sign up to Balance with this address.\n\n\
         It has an account already: sign in with its password. Nothing about it has changed.\n\n\
         If it was not you, there is nothing to do. Who tried has not been told that the account\n\
         exists.\n";
    send(app, to, "You already have an account", text).await
}

/// A password reset that somebody asked for.
pub(super) async fn reset_password(app: &App, to: &Email, token: &OpaqueToken) -> Result<()> {
    let text = format!(
        "Somebody, we hope you, wants to set a new password for your Balance account.\n\n\
         To do so, enter this code where you asked for it:\n\n\
         {}\n\n\
         The code is good for an hour. If it was not you, there is nothing to do: the password\n\
         stays as it is. Never enter it for someone else.\n",
        token.expose()
    );
    send(app, to, "Set a new password", &text).await
}

/// A password reset for an address without an account.
pub(super) async fn reset_of_unknown(app: &App, to: &Email) -> Result<()> {
    let text = "Somebody, perhaps you, wants to set a new password at Balance for this address.\n\n\
         It has no account with us. If you have one, it is under another address.\n\n\
         If it was not you, there is nothing to do.\n";
    send(app, to, "No account under this address", text).await
}

/// To the present address: whoever changes it has to be in its mailbox.
pub(super) async fn email_change_from(app: &App, to: &str, token: &OpaqueToken) -> Result<()> {
    let text = format!(
        "Somebody, we hope you, wants another address for your Balance account.\n\n\
         To confirm it, enter this code where you asked for it, with the one that was mailed to\n\
         the new address:\n\n\
         {}\n\n\
         The codes are good for an hour. If it was not you, somebody is in your account: sign in,\n\
         end all sessions and change your password.\n",
        token.expose()
    );
    send_to(app, to, "Leave this address", &text).await
}

/// To the new address.
pub(super) async fn email_change_to(app: &App, to: &Email, token: &OpaqueToken) -> Result<()> {
    let text = format!(
        "Somebody, we hope you, wants to use this address for a Balance account.\n\n\
         To confirm it, enter this code where you asked for it, with the one that was mailed to\n\
         the present address:\n\n\
         {}\n\n\
         The codes are good for an hour. If it was not you, there is nothing to do.\n",
        token.expose()
    );
    send(app, to, "Confirm your new address", &text).await
}

/// To a new address that has an account of its own.
pub(super) async fn email_change_to_known(app: &App, to: &Email) -> Result<()> {
    let text = "Somebody, perhaps you, wants to use this address for a Balance account.\n\n\
         It has an account already, and an address has one at most. Nothing has changed.\n\n\
         Who tried has not been told that the account exists.\n";
    send(app, to, "This address has an account already", text).await
}

/// What a person is told after it has happened.
#[derive(Clone, Copy)]
pub(super) enum Notice {
    PasswordChanged,
    EmailChanged,
    PasskeyAdded,
    PasskeyRemoved,
    TotpAdded,
    TotpRemoved,
    RecoveryCodesDrawn,
    TokenMinted,
}

impl Notice {
    const fn subject(self) -> &'static str {
        match self {
            Self::PasswordChanged => "Your password has changed",
            Self::EmailChanged => "Your address has changed",
            Self::PasskeyAdded => "A key was added",
            Self::PasskeyRemoved => "A key was removed",
            Self::TotpAdded => "An authenticator app was added",
            Self::TotpRemoved => "Your authenticator app was removed",
            Self::RecoveryCodesDrawn => "You have new recovery codes",
            Self::TokenMinted => "An API token was made",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::PasswordChanged => {
                "The password of your Balance account has changed. Every other session and every API\n\
                 token has ended."
            }
            Self::EmailChanged => {
                "The address of your Balance account has changed, confirmed from both mailboxes."
            }
            Self::PasskeyAdded => {
                "A security or biometric key was added to your Balance account. It is asked for at\n\
                 every sign-in from now on."
            }
            Self::PasskeyRemoved => {
                "A security or biometric key was removed from your Balance account."
            }
            Self::TotpAdded => "An authenticator app was added to your Balance account.",
            Self::TotpRemoved => "The authenticator app was removed from your Balance account.",
            Self::RecoveryCodesDrawn => {
                "Your Balance account has new recovery codes. Those from before are good no more."
            }
            Self::TokenMinted => "A token for the API of your Balance account was made.",
        }
    }
}

/// Tells of what has happened. It has happened, so a mail that cannot be sent fails
/// nothing.
pub(super) async fn notify(app: &App, to: &str, notice: Notice) {
    let mut text = format!(
        "{}\n\nIf it was not you, somebody is in your account: sign in, end all sessions and change\n\
         your password.\n",
        notice.sentence()
    );
    // A key that comes or goes is in the audit log; its head leaves our hands with the mail.
    if matches!(notice, Notice::PasskeyAdded | Notice::PasskeyRemoved)
        && let Ok(head) = audit::head_for_a_mail(app).await
    {
        text.extend(["\n", &head]);
    }
    if send_to(app, to, notice.subject(), &text).await.is_err() {
        log::warn("mail", "a notice could not be sent");
    }
}

/// The receipt of an erasure, the last mail that an account gets.
pub(super) async fn erased(
    app: &App,
    to: &str,
    erasure: ErasureId,
    requested_at: Timestamp,
) -> Result<()> {
    let text = format!(
        "Your Balance account is erased, as you asked on {}.\n\n\
         The keys that everything of yours was encrypted with were destroyed at that moment. Since\n\
         then every bank has confirmed that our access has ended, and every row of yours has been\n\
         deleted. What is left is the number of this erasure:\n\n\
         {}\n\n\
         Older pages of the database, which the platform keeps for up to 30 days, hold your data\n\
         encrypted only. You can sign up again with this address whenever you like.\n",
        requested_at.rfc3339(),
        erasure.public()
    );
    send_to(app, to, "Your account is erased", &text).await
}

/// A signature counter went back.
pub(super) async fn authenticator_cloned(app: &App, to: &str) {
    let text = "A security key of your Balance account was refused: its counter went back, as it would if\n\
         somebody had copied the key.\n\n\
         Remove the key from your account and add another.\n";
    if send_to(app, to, "A key of yours was refused", text)
        .await
        .is_err()
    {
        log::warn("mail", "a notice could not be sent");
    }
}

async fn send(app: &App, to: &Email, subject: &str, text: &str) -> Result<()> {
    send_to(app, to.address(), subject, text).await
}

async fn send_to(app: &App, to: &str, subject: &str, text: &str) -> Result<()> {
    if app
        .mailer
        .send(&app.config.mail_from, to, subject, text)
        .await
    {
        Ok(())
    } else {
        Err(Problem::upstream(
            "The mail could not be sent; try again later.",
            "mail refused",
        ))
    }
}
