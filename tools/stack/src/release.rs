//! What hosting Balance oneself takes, in one folder: `deploy/hetzner` beside the built Worker, the
//! pages and the migrations. plain workerd runs it (`deploy/hetzner/README.md`).

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::build;
use crate::error::{StackError, While as _};
use crate::migrations::copy_folder;
use crate::workspace::Workspace;

/// Where what stands around the Worker is kept.
const KEPT: &str = "deploy/hetzner";
/// What only this build knows: the headers of the pages, and which build it is.
const GENERATED: &str = "release.capnp";

/// Lays it out in `folder`. What an earlier one left there is replaced, file by file.
///
/// # Errors
/// When the Worker is not built, or a file cannot be written.
pub fn lay_out(workspace: &Workspace, folder: &Path) -> Result<(), StackError> {
    copy_folder(&workspace.path(KEPT), folder)?;
    build::copy(workspace, folder)?;
    copy_folder(&workspace.path("web/site"), &folder.join("site"))?;
    let migrations = folder.join("migrations");
    fs::create_dir_all(&migrations).during(|| format!("making {}", migrations.display()))?;
    for path in crate::migrations(&workspace.path("migrations"))? {
        let name = path.file_name().unwrap_or_default();
        fs::copy(&path, migrations.join(name)).during(|| format!("copying {}", path.display()))?;
    }
    let path = folder.join(GENERATED);
    fs::write(&path, generated(workspace)?).during(|| format!("writing {}", path.display()))
}

/// The runtime that npm installed: the one that wrangler runs, so that both are tested.
///
/// # Errors
/// When npm has not installed it.
pub fn workerd(workspace: &Workspace) -> Result<PathBuf, StackError> {
    let packages = workspace.path("node_modules/@cloudflare");
    let entries = fs::read_dir(&packages).during(|| format!("reading {}", packages.display()))?;
    let mut programs = entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("workerd-"))
        .map(|entry| entry.path().join("bin/workerd"));
    let found = programs.find(|program| program.exists());
    found.ok_or(StackError::Missing {
        what: "workerd",
        path: packages,
    })
}

fn generated(workspace: &Workspace) -> Result<String, StackError> {
    let path = workspace.path("web/site/_headers");
    let headers = fs::read_to_string(&path).during(|| format!("reading {}", path.display()))?;
    // A fingerprint of all that the Worker was built from.
    let id = fs::read_to_string(workspace.path("build/.sources")).unwrap_or_default();
    let mut text = String::from("# Written by `cargo xtask selfhost`.\n@0xd4f7b26c91a03e58;\n\n");
    for (name, value) in [
        ("assets", json!({ "headers": headers })),
        ("version", json!({ "id": id.trim() })),
    ] {
        // A JSON string is a string of Cap'n Proto's, too.
        let value = json!(value.to_string());
        let _ = writeln!(text, "const {name} :Text = {value};");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn kept(name: &str) -> String {
        fs::read_to_string(Workspace::here().path(KEPT).join(name)).unwrap()
    }

    /// What stands between two marks, for each line that has both.
    fn between<'a>(text: &'a str, before: &str, after: &str) -> BTreeSet<&'a str> {
        let found = |line: &'a str| Some(line.split_once(before)?.1.split_once(after)?.0);
        text.lines().filter_map(found).collect()
    }

    #[test]
    fn the_worker_gets_every_variable_that_there_is() {
        let path = Workspace::here().path(".dev.vars.example");
        let example = fs::read_to_string(path).unwrap();
        let lines = example.lines().filter(|line| !line.starts_with("# "));
        let names = lines.filter_map(|line| Some(line.trim_start_matches('#').split_once('=')?.0));
        let names: BTreeSet<_> = names.collect();
        let config = kept("balance.capnp");
        assert_eq!(between(&config, "fromEnvironment = \"", "\""), names);
        let same = |line: &str| {
            between(line, "name = \"", "\"") == between(line, "fromEnvironment = \"", "\"")
        };
        let bound = config.lines().filter(|line| line.contains("fromEnv"));
        assert!(bound.clone().count() > 10 && bound.clone().all(same));
    }

    #[test]
    fn the_date_and_the_limits_are_those_of_the_platform() {
        let wrangler = fs::read_to_string(Workspace::here().path("wrangler.toml")).unwrap();
        let date = between(&wrangler, "compatibility_date = \"", "\"");
        let config = kept("balance.capnp");
        assert_eq!(between(&config, "compatibilityDate = \"", "\""), date);
        assert_eq!(date.len(), 1);
        let number = |text: &str, name: &str| {
            let line = text.lines().find_map(|line| line.split_once(name));
            line.unwrap()
                .1
                .trim_matches(|c| "= ;".contains(c))
                .to_owned()
        };
        let storage = kept("host/storage.js");
        for (platform, own) in [
            ("max_batch_size", "const BATCH"),
            ("max_retries", "const RETRIES"),
        ] {
            assert_eq!(number(&wrangler, platform), number(&storage, own), "{own}");
        }
        assert!(wrangler.contains("simple = { limit = 100, period = 10 }"));
        assert!(kept("host/worker.js").contains("new Gate(100, 10)"));
    }

    #[test]
    fn only_the_local_configuration_lets_private_addresses_be_fetched() {
        assert_eq!(
            between(&kept("balance.capnp"), "allow = [", "]"),
            ["\"public\""].into()
        );
    }
}
