//! An instance's own wrangler configuration: that of the checkout with every path made
//! absolute, kept in the instance's folder, so that wrangler's temporary files (mails among
//! them) and its `.dev.vars` are the instance's too and nothing is shared between two.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::error::{StackError, While as _};
use crate::options::Build;
use crate::workspace::Workspace;

/// Writes `wrangler.json` into the instance's folder.
pub(crate) fn write(workspace: &Workspace, folder: &Path, build: &Build) -> Result<(), StackError> {
    let mut config = read(workspace)?;
    // Without it wrangler would drop every variable that is not declared a secret.
    config.remove("secrets");
    config.remove("env");
    config.remove("build");
    let main = match build {
        Build::Copy => folder.join("worker"),
        Build::Watch {
            folder: output,
            command,
        } => {
            // Of all paths these wrangler takes to be relative to its configuration.
            let watched = ["src", "crates"].map(|name| relative(folder, &workspace.path(name)));
            let step = json!({"command": command, "cwd": workspace.root(), "watch_dir": watched});
            config.insert("build".into(), step);
            output.clone()
        }
    };
    config.insert("main".into(), json!(main.join("index.js")));
    for database in config
        .get_mut("d1_databases")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(migrations) = database.get_mut("migrations_dir") {
            *migrations = json!(workspace.path(migrations.as_str().unwrap_or("migrations")));
        }
    }
    if let Some(assets) = config
        .get_mut("assets")
        .and_then(|assets| assets.get_mut("directory"))
    {
        *assets = json!(workspace.path(assets.as_str().unwrap_or_default()));
    }
    let path = folder.join("wrangler.json");
    std::fs::write(&path, Value::Object(config).to_string())
        .during(|| format!("writing {}", path.display()))
}

/// The way from one absolute folder to another.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let shared = from
        .components()
        .zip(to.components())
        .take_while(|(from, to)| from == to)
        .count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

/// The cron expressions of the checkout's wrangler.toml.
pub(crate) fn crons(workspace: &Workspace) -> Result<Vec<String>, StackError> {
    let config = read(workspace)?;
    let crons = config
        .get("triggers")
        .and_then(|triggers| triggers.get("crons"));
    let crons = crons.and_then(Value::as_array).into_iter().flatten();
    Ok(crons
        .filter_map(|cron| cron.as_str().map(str::to_owned))
        .collect())
}

fn read(workspace: &Workspace) -> Result<Map<String, Value>, StackError> {
    let path = workspace.path("wrangler.toml");
    let text = std::fs::read_to_string(&path).during(|| format!("reading {}", path.display()))?;
    toml::from_str(&text).map_err(|error| StackError::Config(error.to_string()))
}

/// The lines of an env file: files in order, generated variables among them. Where a name
/// stands twice the later line counts, as dotenv has it.
#[derive(Default)]
pub(crate) struct Vars(String);

impl Vars {
    /// The lines of a file as they are.
    pub(crate) fn file(&mut self, path: &Path) -> Result<(), StackError> {
        let text =
            std::fs::read_to_string(path).during(|| format!("reading {}", path.display()))?;
        self.0.push_str(&text);
        self.0.push('\n');
        Ok(())
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<(), StackError> {
        // dotenv takes everything between like quotes as it stands, and has no escapes.
        let quote = ['\'', '`', '"']
            .into_iter()
            .find(|quote| !value.contains(*quote));
        let Some(quote) = quote.filter(|quote| *quote != '"' || !value.contains('\\')) else {
            return Err(StackError::Unexpected(format!(
                "{name} cannot be quoted for an env file"
            )));
        };
        let _ = writeln!(self.0, "{name}={quote}{value}{quote}");
        Ok(())
    }

    pub(crate) fn set_all(&mut self, vars: &BTreeMap<String, String>) -> Result<(), StackError> {
        vars.iter()
            .try_for_each(|(name, value)| self.set(name, value))
    }

    /// Name and value of each, as dotenv reads them.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let set = |line: &'_ str| !line.starts_with('#');
        let lines = self.0.lines().map(str::trim).filter(move |line| set(line));
        let pairs = lines.filter_map(|line| line.split_once('='));
        pairs.map(|(name, value)| (name.trim(), unquoted(value.trim())))
    }

    /// Writes the file that wrangler reads beside its configuration.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), StackError> {
        let path = folder.join(".dev.vars");
        let context = || format!("writing {}", path.display());
        // It holds the keyring.
        let mut options = std::fs::File::options();
        let file = options
            .create(true)
            .write(true)
            .truncate(true)
            .mode(0o600)
            .open(&path);
        file.during(context)?
            .write_all(self.0.as_bytes())
            .during(context)
    }
}

/// A value without the like quotes around it.
fn unquoted(value: &str) -> &str {
    let mut marks = ['\'', '`', '"'].into_iter();
    let inner = |mark: char| value.strip_prefix(mark)?.strip_suffix(mark);
    marks.find_map(inner).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_for_wrangler_reads_the_same_without_it() {
        let mut vars = Vars("# A comment=1\nPLAIN=a=b\n#OFF=1\n\n".to_owned());
        vars.set("KEYRING", r#"{"current":1}"#).unwrap();
        vars.set("ODD", "it's # not a comment").unwrap();
        let expected = [
            ("PLAIN", "a=b"),
            ("KEYRING", r#"{"current":1}"#),
            ("ODD", "it's # not a comment"),
        ];
        assert!(vars.pairs().eq(expected));
    }

    #[test]
    fn a_value_is_quoted_by_a_mark_it_does_not_hold() {
        let mut vars = Vars::default();
        vars.set("KEYRING", r#"{"current":1}"#).unwrap();
        vars.set("ODD", "it's # not a comment").unwrap();
        assert_eq!(
            vars.0,
            "KEYRING='{\"current\":1}'\nODD=`it's # not a comment`\n"
        );
        assert!(vars.set("WORSE", "'`\"").is_err());
    }

    #[test]
    fn a_relative_path_leads_from_one_folder_to_the_other() {
        let way = |from, to| relative(Path::new(from), Path::new(to));
        assert_eq!(way("/a/b/c", "/a/src"), Path::new("../../src"));
        assert_eq!(way("/a", "/a/b/src"), Path::new("b/src"));
        assert_eq!(way("/x", "/a"), Path::new("../a"));
    }

    #[test]
    fn an_instance_keeps_the_bindings_and_finds_the_migrations_from_its_own_folder() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::here();
        write(&workspace, folder.path(), &Build::Copy).unwrap();
        let text = std::fs::read_to_string(folder.path().join("wrangler.json")).unwrap();
        let config: Value = serde_json::from_str(&text).unwrap();
        let migrations = config["d1_databases"][0]["migrations_dir"]
            .as_str()
            .unwrap();
        assert!(Path::new(migrations).is_absolute(), "{migrations}");
        assert_eq!(config["d1_databases"][0]["binding"], "DB");
        assert!(config.get("secrets").is_none() && config.get("build").is_none());
    }
}
