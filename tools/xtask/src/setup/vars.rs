//! `.dev.vars`: made once from `.dev.vars.example` with random keys. A value that stands
//! there is never changed: without its keyring a database is noise.

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;

use anyhow::{Context as _, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use stack::Workspace;

pub(super) fn make(workspace: &Workspace) -> Result<()> {
    let example = workspace.path(".dev.vars.example");
    let example = fs::read_to_string(example).context("reading .dev.vars.example")?;
    let path = workspace.path(".dev.vars");
    let present = fs::read_to_string(&path).unwrap_or_default();
    let missing = missing(&example, &present, &keyring()?, &key()?);
    if missing.is_empty() {
        return Ok(());
    }
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&path)
        .context("opening .dev.vars")?;
    if !present.is_empty() && !present.ends_with('\n') {
        writeln!(file)?;
    }
    file.write_all(missing.as_bytes())
        .context("writing .dev.vars")?;
    eprintln!("✓ wrote what was missing in .dev.vars");
    Ok(())
}

/// The example's entries, with their comments, that are not present yet.
fn missing(example: &str, present: &str, keyring: &str, audit_key: &str) -> String {
    let names: HashSet<&str> = present.lines().filter_map(name).collect();
    let mut text = String::new();
    let mut comment = String::new();
    for line in example.lines() {
        match name(line) {
            None if line.is_empty() => comment.clear(),
            None => comment.extend([line, "\n"]),
            Some(name) => {
                if !names.contains(name) {
                    let value = match name {
                        "KEYRING" => keyring,
                        "AUDIT_SIGNING_KEY" => audit_key,
                        _ => "",
                    };
                    text.extend([&comment, line, value, "\n"]);
                }
                comment.clear();
            }
        }
    }
    text
}

/// The name that a line gives a value to.
fn name(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim();
    (!name.is_empty() && !name.starts_with('#')).then_some(name)
}

/// A keyring of one random key.
fn keyring() -> Result<String> {
    Ok(format!(r#"{{"current":1,"keys":{{"1":"{}"}}}}"#, key()?))
}

/// 32 random bytes in base64.
fn key() -> Result<String> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).context("the system has no randomness to give")?;
    Ok(STANDARD.encode(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str =
        "# Head.\n\n# The keys.\nKEYRING=\nAUDIT_SIGNING_KEY=\n# Where.\nORIGIN=http://localhost\n";

    #[test]
    fn a_fresh_file_has_every_entry_and_the_keys() {
        let made = missing(EXAMPLE, "", "{}", "a2V5");
        assert_eq!(
            made,
            "# The keys.\nKEYRING={}\nAUDIT_SIGNING_KEY=a2V5\n# Where.\nORIGIN=http://localhost\n"
        );
    }

    #[test]
    fn what_is_set_stays_as_it_is() {
        assert_eq!(
            missing(
                EXAMPLE,
                "KEYRING=mine\nAUDIT_SIGNING_KEY=mine\n",
                "{}",
                "a2V5"
            ),
            "# Where.\nORIGIN=http://localhost\n"
        );
        assert_eq!(
            missing(
                EXAMPLE,
                "KEYRING=mine\nAUDIT_SIGNING_KEY=\nORIGIN=\n",
                "{}",
                "a2V5"
            ),
            ""
        );
    }
}
