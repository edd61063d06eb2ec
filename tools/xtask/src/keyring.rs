//! `cargo xtask keyring`: the keys that the platform takes and never gives back, made and put into
//! escrow in one step, so that there is no moment at which only the platform has them.

mod escrow;

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};

use age::{Identity, Recipient};
use anyhow::{Context as _, Result, bail, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lexopt::{Arg, ValueExt as _};
use serde_json::Value;
use stack::Workspace;
use zeroize::Zeroizing;

use crate::command::Command;

use escrow::Secrets;
pub(crate) use escrow::{Escrow, Place};

pub(crate) const COMMAND: Command = Command {
    name: "keyring",
    summary: "make the keyring and the audit log's key, and put them into escrow",
    help: "\
Usage: cargo xtask keyring --recipient age1…... [--env NAME] [--put]
       cargo xtask keyring --add --identity FILE [--env NAME] [--put]
       cargo xtask keyring --open --identity FILE [--env NAME]
       cargo xtask keyring --check [--env NAME]

Cloudflare keeps KEYRING and AUDIT_SIGNING_KEY and never gives them back; without the keyring every
row and every backup is noise. So they are made here and encrypted to the administrators first:
escrow/NAME.age opens with any of their identities (and with `age -d`), escrow/NAME.json says in the
open whose it is. Both may be committed; a deployment is refused without them.

  --recipient K  an administrator (age-keygen makes a pair); give it once for each
  --add          one more key, which is the current one from then on; the older ones stay
  --open         print the secrets, as JSON: for the restore drill
  --check        whether the escrow is whole
  --identity F   an administrator's identity, as age-keygen wrote it
  --env NAME     an environment of wrangler.toml: production (default: its top level)
  --put          hand the secrets to `wrangler secret put` at once",
    run,
};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Deed {
    Make,
    Add,
    Open,
    Check,
}

#[derive(Debug)]
struct Options {
    deed: Deed,
    recipients: Vec<Recipient>,
    identity: Option<PathBuf>,
    environment: String,
    put: bool,
}

fn run(arguments: lexopt::Parser) -> Result<ExitCode> {
    let options = parse(arguments)?;
    let workspace = Workspace::here();
    let place = Place::of(&workspace, &options.environment);
    let secrets = match options.deed {
        Deed::Check => {
            let escrow = Escrow::read(&place)?;
            println!("{}", serde_json::to_string_pretty(&escrow)?);
            return Ok(ExitCode::SUCCESS);
        }
        Deed::Open => {
            let secrets = place.unseal(&identity(&options)?)?;
            println!(
                "{}",
                *Zeroizing::new(serde_json::to_string_pretty(&secrets)?)
            );
            return Ok(ExitCode::SUCCESS);
        }
        Deed::Make => make(&place, &options.recipients)?,
        Deed::Add => add(&place, &identity(&options)?)?,
    };
    println!(
        "{} and {} are written: keep them where you keep backups.",
        place.sealed().display(),
        place.open().display()
    );
    if options.put {
        put(
            &workspace,
            &options.environment,
            "KEYRING",
            &secrets.keyring,
        )?;
        if options.deed == Deed::Make {
            put(
                &workspace,
                &options.environment,
                "AUDIT_SIGNING_KEY",
                &secrets.audit_key,
            )?;
        }
    } else {
        println!(
            "Nothing was sent anywhere. An administrator sets the secrets: cargo xtask keyring --open \
             --identity FILE, and npx wrangler secret put."
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes the keys of a new instance. Another's escrow is never written over.
fn make(place: &Place, recipients: &[Recipient]) -> Result<Secrets> {
    for path in [place.open(), place.sealed()] {
        ensure!(
            !path.exists(),
            "{} is there: what it opens would be lost. --add makes one more key",
            path.display()
        );
    }
    let keyring = format!(r#"{{"current":1,"keys":{{"1":"{}"}}}}"#, *key()?);
    let secrets = Secrets {
        keyring: Zeroizing::new(keyring),
        audit_key: key()?,
    };
    let (escrow, sealed) = Escrow::of(&secrets, recipients)?;
    place.write(&escrow, &sealed)?;
    Ok(secrets)
}

/// Adds a key, which is the current one from then on.
fn add(place: &Place, identity: &Identity) -> Result<Secrets> {
    let escrow = Escrow::read(place)?;
    let mut secrets = place.unseal(identity)?;
    let mut keyring: Value =
        serde_json::from_str(&secrets.keyring).context("the escrow's keyring is none")?;
    let next = escrow.newest() + 1;
    let keys = keyring.get_mut("keys").and_then(Value::as_object_mut);
    let keys = keys.context("the escrow's keyring is none")?;
    keys.insert(next.to_string(), Value::String(key()?.to_string()));
    if let Some(current) = keyring.get_mut("current") {
        *current = next.into();
    }
    secrets.keyring = Zeroizing::new(keyring.to_string());
    let (escrow, sealed) = Escrow::of(&secrets, &escrow.recipients()?)?;
    place.write(&escrow, &sealed)?;
    Ok(secrets)
}

fn put(workspace: &Workspace, environment: &str, name: &str, value: &str) -> Result<()> {
    let mut wrangler = workspace.node_program("wrangler")?;
    wrangler.args(["secret", "put", name, "--env", environment]);
    wrangler.stdin(Stdio::piped());
    let mut running = wrangler.spawn().context("starting wrangler")?;
    let mut input = running.stdin.take().context("wrangler reads nothing")?;
    input.write_all(value.as_bytes())?;
    drop(input);
    ensure!(running.wait()?.success(), "wrangler did not keep {name}");
    Ok(())
}

fn identity(options: &Options) -> Result<Identity> {
    let path = options.identity.as_ref().context("--identity is missing")?;
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let identity = Identity::parse_file(&Zeroizing::new(text));
    identity.with_context(|| path.display().to_string())
}

/// 32 random bytes in base64.
fn key() -> Result<Zeroizing<String>> {
    let mut key = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *key).context("the system has no randomness to give")?;
    Ok(Zeroizing::new(STANDARD.encode(*key)))
}

fn parse(mut arguments: lexopt::Parser) -> Result<Options> {
    let mut options = Options {
        deed: Deed::Make,
        recipients: Vec::new(),
        identity: None,
        environment: String::new(),
        put: false,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("recipient") => {
                let text = arguments.value()?.string()?;
                let recipient = Recipient::parse(&text);
                let recipient = recipient.with_context(|| format!("--recipient {text}"))?;
                options.recipients.push(recipient);
            }
            Arg::Long("add") => options.deed = Deed::Add,
            Arg::Long("open") => options.deed = Deed::Open,
            Arg::Long("check") => options.deed = Deed::Check,
            Arg::Long("identity") => options.identity = Some(arguments.value()?.into()),
            Arg::Long("env") => options.environment = arguments.value()?.string()?,
            Arg::Long("put") => options.put = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let wants_identity = matches!(options.deed, Deed::Add | Deed::Open);
    if (options.deed == Deed::Make) == options.recipients.is_empty() {
        bail!("--recipient age1… says who can open the escrow: once for each administrator");
    }
    if wants_identity != options.identity.is_some() {
        bail!("--identity FILE goes with --add and --open, and they with it");
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if !options.environment.bytes().all(is_name) {
        bail!("--env names an environment of wrangler.toml");
    }
    Ok(options)
}

#[cfg(test)]
mod tests;
