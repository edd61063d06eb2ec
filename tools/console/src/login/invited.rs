//! Signing in with a token that was handed over: an auditor from outside has no account, and so
//! no key. The token is read from standard input, never from the command line, where every
//! process on the machine would see it.

use std::io::{IsTerminal as _, Read as _, stdin};

use anyhow::{Context as _, Result, bail};
use zeroize::Zeroizing;

use super::refused;
use crate::failure::usage;
use crate::http::Client;
use crate::origin::Origin;
use crate::session::Session;

/// Longer than a token.
const LONGEST: u64 = 256;

/// The session of the token on standard input.
pub(super) fn session(client: &Client, origin: &Origin) -> Result<Session> {
    let token = token()?;
    let reply = client.get_as("/v1/operator/sessions/current", &token)?;
    match reply.status {
        200 => Session::of_token(origin, &token, &reply.body),
        401 => bail!("the token is none, or its week is over: ask for another"),
        _ => bail!("{}", refused(&reply)),
    }
}

fn token() -> Result<Zeroizing<String>> {
    if stdin().is_terminal() {
        eprintln!("Paste the token, then press Enter and Ctrl-D:");
    }
    let mut text = Zeroizing::new(String::new());
    stdin()
        .take(LONGEST)
        .read_to_string(&mut text)
        .context("reading the token from standard input")?;
    let token = Zeroizing::new(text.trim().to_owned());
    let is_sent = token.strip_prefix("opc_").is_some_and(|random| {
        random.len() == 43
            && random
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    });
    if !is_sent {
        return Err(usage(
            "standard input is no token: it begins with opc_ and has 47 characters",
        ));
    }
    Ok(token)
}
