//! The public audit log, as whoever believes nobody reads it: signature, every leaf, every tile,
//! and that it only grew since this console looked last. Nothing here needs a session.

mod kept;
mod log;
mod tree;

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use lexopt::{Arg, ValueExt as _};
use serde_json::Value;
use tlog::{Checkpoint, VerifierKey};

use crate::failure::usage;
use crate::harmless::harmless;
use crate::http::Client;
use crate::options::Options;
use crate::output;
use crate::own::Own;
use kept::Kept;
use log::{Head, Log};

pub(crate) const VERIFY: Own = Own {
    name: "audit verify",
    summary: "verify the public log, all of it, against what you saw before",
    help: "\
Usage: balance-console audit verify [--origin URL] [--state-dir DIR] [--key KEY]

Reads the log's checkpoint, tiles and entries; verifies the signature; makes the tree anew from
the entries; and compares it with the last checkpoint that this console kept of this origin. What
does not hold is named, with the leaf where that can be told. Needs no session, sends no token,
and changes nothing but what is kept here.

  --key KEY         the log's key (name+id+base64), where you have it from elsewhere; without it
                    the first key that is seen is kept, and holds from then on
  --origin URL      the service; BALANCE_CONSOLE_ORIGIN, or where you signed in last
  --state-dir DIR   where key, checkpoint and the leaves' hashes are kept, for each origin

Exit status: 0 only if everything holds.

Example:
  balance-console audit verify --origin https://balance.example",
    run: verify,
};

pub(crate) const STATUS: Own = Own {
    name: "audit status",
    summary: "how far the reviews are, as everyone may know",
    help: "\
Usage: balance-console audit status [--origin URL] [--state-dir DIR] [--json]

Sessions of the console, how many await their review and since when, and whether anything can be
revealed now. Public; needs no session.",
    run: status,
};

fn verify(mut parser: lexopt::Parser) -> Result<ExitCode> {
    let mut options = Options::default();
    let mut pinned = None;
    while let Some(argument) = parser.next()? {
        let Arg::Long(name) = argument else {
            return Err(argument.unexpected().into());
        };
        let name = name.to_owned();
        if name == "key" {
            let text = parser.value()?.string()?;
            let key = VerifierKey::parse(text.trim());
            pinned = Some(key.map_err(|wrong| usage(format!("--key: {wrong}")))?);
        } else if name == "json" || !options.take(&name, &mut parser)? {
            return Err(Arg::Long(&name).unexpected().into());
        }
    }
    let state = options.state()?;
    let origin = options.origin(&state)?;
    let state = state.folder("audit").folder(origin.file_name());
    let kept = Kept::read(&state)?;
    let client = Client::new(&origin)?;
    let log = Log(&client);

    let key = expected_key(log.key()?, pinned.as_ref(), kept.as_ref())?;
    let head = log.head(&key)?;
    let size = head.checkpoint.size;
    eprintln!("The signature holds. Reading {size} leaves …");
    let leaves = log.leaves(size)?;
    let mut wrong = tree::grown(&head.checkpoint, &leaves.hashes, kept.as_ref());
    wrong.extend(tree::stored(&log, &head.checkpoint, &leaves.hashes)?);
    if leaves.unknown > 0 {
        eprintln!(
            "Entries that this console cannot read: {} (is it the newest?)",
            leaves.unknown
        );
    }
    if wrong.is_empty() {
        output::line(&good(&head.checkpoint, kept.as_ref()))?;
        Kept::write(&state, &key, &head, &leaves.hashes)?;
        return Ok(ExitCode::SUCCESS);
    }
    for finding in &wrong {
        output::line(finding)?;
    }
    show_evidence(&head, kept.as_ref());
    bail!("the log of {origin} does not hold; what was kept of it stays as it was")
}

/// The key that has to have signed.
fn expected_key(
    served: VerifierKey,
    pinned: Option<&VerifierKey>,
    kept: Option<&Kept>,
) -> Result<VerifierKey> {
    let Some(known) = pinned.or(kept.map(|kept| &kept.key)) else {
        eprintln!(
            "The first look at this log. Its key is kept; compare it with the one that was \
             published:\n  {}",
            harmless(&served.to_string())
        );
        return Ok(served);
    };
    if let Some(kept) = kept
        && kept.key != *known
    {
        bail!("--key is another than the key that was kept: {}", kept.key);
    }
    if served != *known {
        bail!(
            "wrong key: the log is signed with another than the one that is known\n  known:  \
             {known}\n  served: {served}"
        );
    }
    Ok(served)
}

fn good(checkpoint: &Checkpoint, kept: Option<&Kept>) -> String {
    let Checkpoint { origin, size, root } = checkpoint;
    let before = kept.map_or_else(String::new, |kept| {
        format!(
            "\nIt begins with the {} leaves that were there the last time.",
            kept.checkpoint.size
        )
    });
    let origin = harmless(origin);
    format!(
        "The log {origin} holds: {size} leaves, root {}.{before}",
        root.base64()
    )
}

/// Two checkpoints of one key that exclude each other convict whoever has it: both are shown,
/// to be shown to others.
fn show_evidence(head: &Head, kept: Option<&Kept>) {
    let kept = kept.map(|kept| ("kept", &kept.note));
    let other = kept.filter(|(_, note)| **note != head.note);
    let notes = [Some(("now", &head.note)), other];
    for (which, note) in notes.into_iter().flatten() {
        eprintln!("\nThe checkpoint, {which}:");
        for line in note.lines() {
            eprintln!("  {}", harmless(line));
        }
    }
}

fn status(mut parser: lexopt::Parser) -> Result<ExitCode> {
    let mut options = Options::default();
    while let Some(argument) = parser.next()? {
        let Arg::Long(name) = argument else {
            return Err(argument.unexpected().into());
        };
        let name = name.to_owned();
        if !options.take(&name, &mut parser)? {
            return Err(Arg::Long(&name).unexpected().into());
        }
    }
    let origin = options.origin(&options.state()?)?;
    let reply = Client::new(&origin)?.get("/audit/status")?;
    if reply.status != 200 {
        bail!(
            "{origin}/audit/status: the service answered {}",
            reply.status
        );
    }
    if options.json {
        output::json(&reply.body)?;
        return Ok(ExitCode::SUCCESS);
    }
    let status = reply.json();
    let members = [
        ("sessions", "sessions of the console"),
        ("unreviewed", "not reviewed yet"),
        ("oldest_unreviewed_at", "the oldest of them"),
        ("overdue", "over 7 days late"),
        ("reveal", "reveal"),
        ("checkpoint_size", "leaves of the last checkpoint"),
    ];
    for (name, words) in members {
        let value = match status
            .get(name)
            .with_context(|| format!("no {name} in the reply"))?
        {
            Value::Null => "–".to_owned(),
            Value::Bool(true) => "yes".to_owned(),
            Value::Bool(false) => "no".to_owned(),
            Value::String(text) => harmless(text),
            other => harmless(&other.to_string()),
        };
        output::line(&format!("{words:30} {value}"))?;
    }
    Ok(ExitCode::SUCCESS)
}
