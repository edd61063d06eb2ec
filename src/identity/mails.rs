//! What identity mails, as plain text. No name and nothing else that a stranger
//! could have typed is in them, so that nobody can write mail in our name; no
//! link, so that no token is in a URL.

use super::{email::Email, token::OpaqueToken};
use crate::{
    app::App,
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

async fn send(app: &App, to: &Email, subject: &str, text: &str) -> Result<()> {
    if app
        .mailer
        .send(&app.config.mail_from, to.address(), subject, text)
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
