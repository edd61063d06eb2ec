//! Signing in, and out. A terminal cannot speak WebAuthn for a web origin, so the browser does:
//! a native app's sign-in (RFC 8252) with a loopback redirect (7.3) and PKCE (RFC 7636, S256).
//! Invariant: what comes back to the loopback port is worth nothing without the verifier,
//! which never leaves this process but to the service.

mod browser;
mod callback;
mod invited;
mod pkce;
mod reason;

use std::net::TcpListener;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use lexopt::{Arg, ValueExt as _};
use serde_json::json;

use crate::harmless::harmless;
use crate::http::{Client, Reply};
use crate::options::{self, Options};
use crate::origin::Origin;
use crate::output;
use crate::own::Own;
use crate::session::Session;
use reason::Reason;

/// How long the browser may take.
const PATIENCE: Duration = Duration::from_mins(5);

pub(crate) const LOGIN: Own = Own {
    name: "login",
    summary: "sign in with your key, for fifteen minutes and a reason",
    help: "\
Usage: balance-console login --reason-type TYPE --reason WORDS --ticket TICKET
                             [--origin URL] [--state-dir DIR] [--no-browser]
       balance-console login --invited [--origin URL] [--state-dir DIR]

Opens the service in your browser; you sign in there with a passkey, which verifies you, and
come back. Type, reason and ticket are in the audit log; the persons whose data you look at
read them.

An auditor from outside has no key here: with --invited, standard input is the token that was
handed over. It reads reviews, for a week.

  --reason-type     support, incident, security, legal, maintenance or review
  --reason WORDS    what you are about to do and why, 500 characters at most
  --ticket TICKET   where it was asked for, 64 characters of ASCII at most
  --no-browser      print the address, and open it yourself, on this machine
  --origin URL      the service, such as https://balance.example; BALANCE_CONSOLE_ORIGIN, or
                    where you signed in last
  --state-dir DIR   where the session is kept, in a file that you alone can read

Example:
  balance-console login --origin https://balance.example --reason-type support \\
    --reason 'a transfer of 3 March is missing' --ticket HELP-311",
    run: login,
};

pub(crate) const WHOAMI: Own = Own {
    name: "whoami",
    summary: "who is signed in here, why, and for how long still",
    help: "\
Usage: balance-console whoami [--state-dir DIR]

Reads what was kept at the sign-in; sends nothing. Fails where nobody is signed in.",
    run: whoami,
};

pub(crate) const LOGOUT: Own = Own {
    name: "logout",
    summary: "end the session, there and here",
    help: "\
Usage: balance-console logout [--state-dir DIR]

Ends the session at the service, and forgets its token in any case. A token that was handed
over is only forgotten: it stays good for its week, unless who gave it revokes it.",
    run: logout,
};

fn login(mut parser: lexopt::Parser) -> Result<ExitCode> {
    let mut options = Options::default();
    let mut reason = reason::Given::default();
    let mut opens_browser = true;
    let mut is_invited = false;
    while let Some(argument) = parser.next()? {
        let Arg::Long(name) = argument else {
            return Err(argument.unexpected().into());
        };
        let name = name.to_owned();
        match name.as_str() {
            "reason-type" => reason.kind = Some(parser.value()?.string()?),
            "reason" => reason.words = Some(parser.value()?.string()?),
            "ticket" => reason.ticket = Some(parser.value()?.string()?),
            "no-browser" => opens_browser = false,
            "invited" => is_invited = true,
            "json" => return Err(Arg::Long("json").unexpected().into()),
            _ if options.take(&name, &mut parser)? => {}
            _ => return Err(Arg::Long(&name).unexpected().into()),
        }
    }
    let reason = if is_invited {
        reason.refuse()?;
        None
    } else {
        Some(reason.check()?)
    };
    let state = options.state()?;
    let origin = options.origin(&state)?;
    let client = Client::new(&origin)?;
    // One that is damaged is replaced.
    let earlier = Session::kept(&state).ok().flatten();
    let session = match &reason {
        Some(reason) => through_browser(&client, &origin, reason, opens_browser)?,
        None => invited::session(&client, &origin)?,
    };
    session.keep(&state)?;
    options::remember(&origin, &state)?;
    if let Some(earlier) = earlier.filter(|earlier| !earlier.handed_over) {
        // It would be over within fifteen minutes anyway.
        let _ = earlier.end();
    }
    for line in description(&session) {
        eprintln!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Waits for what the browser brings, and changes it for a session.
fn through_browser(
    client: &Client,
    origin: &Origin,
    reason: &Reason,
    opens_browser: bool,
) -> Result<Session> {
    let verifier = pkce::Verifier::new()?;
    let expected = pkce::random()?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("listening on 127.0.0.1")?;
    let port = listener.local_addr()?.port();
    let page = origin.join(&format!(
        "/operator/login#{}",
        fragment(&verifier.challenge(), port, &expected, reason)
    ));
    if opens_browser {
        eprintln!("Sign in in the browser; this waits for five minutes.");
        browser::open(&page);
    } else {
        browser::ask(&page);
    }
    let code = callback::wait(listener, &expected, PATIENCE)?;

    let body = json!({"code": code.as_str(), "code_verifier": verifier.text()});
    let reply = client.post("/v1/operator/sessions", None, &body)?;
    if reply.status != 201 {
        bail!("{}", refused(&reply));
    }
    Session::new(origin, &reply.body)
}

/// What the page reads. In the fragment, which a browser sends to no server.
fn fragment(challenge: &str, port: u16, state: &str, reason: &Reason) -> String {
    let port = port.to_string();
    let members = [
        ("code_challenge", challenge),
        ("port", &port),
        ("state", state),
        ("reason_type", &reason.kind),
        ("reason", &reason.words),
        ("ticket", &reason.ticket),
    ];
    let encoded = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(members)
        .finish();
    // A space is `%20` to every decoder, a plus only to some.
    encoded.replace('+', "%20")
}

/// Why there is no session, in the service's words.
fn refused(reply: &Reply) -> String {
    let body = reply.json();
    let said = ["detail", "title"]
        .iter()
        .find_map(|name| body.get(name)?.as_str());
    said.map_or_else(
        || format!("the service answered {}", reply.status),
        |said| format!("the service refused: {said}"),
    )
}

fn whoami(parser: lexopt::Parser) -> Result<ExitCode> {
    let options = only_options(parser)?;
    let session = Session::current(&options.state()?)?;
    for line in description(&session) {
        output::line(&line)?;
    }
    Ok(match session.seconds_left() {
        Some(_) => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    })
}

fn logout(parser: lexopt::Parser) -> Result<ExitCode> {
    let state = only_options(parser)?.state()?;
    let session = Session::kept(&state);
    // The token goes in any case, also where its file is damaged.
    Session::forget(&state)?;
    let Some(session) = session? else {
        eprintln!("Nobody was signed in.");
        return Ok(ExitCode::SUCCESS);
    };
    if session.handed_over {
        eprintln!(
            "The token is forgotten here; it stays good until {}.",
            session.granted.expires_at
        );
        return Ok(ExitCode::SUCCESS);
    }
    let ended = session.end();
    ended.with_context(|| {
        format!(
            "the token is forgotten here, but the session was not ended: it ends by itself at {}",
            session.granted.expires_at
        )
    })?;
    eprintln!("Signed out.");
    Ok(ExitCode::SUCCESS)
}

fn only_options(mut parser: lexopt::Parser) -> Result<Options> {
    let mut options = Options::default();
    while let Some(argument) = parser.next()? {
        let Arg::Long(name) = argument else {
            return Err(argument.unexpected().into());
        };
        let name = name.to_owned();
        if name == "json" || !options.take(&name, &mut parser)? {
            return Err(Arg::Long(&name).unexpected().into());
        }
    }
    Ok(options)
}

fn description(session: &Session) -> Vec<String> {
    let granted = &session.granted;
    let operator = &granted.operator;
    let left = match session.seconds_left() {
        Some(seconds) => format!("{} min {} s left", seconds / 60, seconds % 60),
        None => "over: sign in again".to_owned(),
    };
    let at = session.origin().map(|at| at.to_string());
    vec![
        harmless(&format!(
            "{} ({}, {}) at {}",
            operator.name,
            operator.role,
            operator.id,
            at.unwrap_or_default()
        )),
        harmless(&format!(
            "{}: {} ({})",
            granted.reason_type, granted.reason, granted.ticket
        )),
        harmless(&format!("session {}: {left}", granted.id)),
    ]
}
