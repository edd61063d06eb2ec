//! The database at PlanetScale that an operator's commands work on, as three variables name it:
//! those of the Worker, from a file like `.dev.vars` or from the environment.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use stack::Branch;

const NAMES: [&str; 3] = [
    "PLANETSCALE_URL",
    "PLANETSCALE_USERNAME",
    "PLANETSCALE_PASSWORD",
];

/// A database, and where it is.
pub(crate) struct Target {
    pub(crate) branch: Branch,
    pub(crate) url: String,
}

impl Target {
    /// Finds it, and sees that it answers: a file's variable counts before the environment's.
    pub(crate) fn find(file: Option<&Path>) -> Result<Self> {
        let given = match file {
            Some(path) => {
                let text = fs::read_to_string(path);
                variables(&text.with_context(|| format!("reading {}", path.display()))?)
            }
            None => BTreeMap::new(),
        };
        let value = |name: &str| {
            let value = given.get(name).cloned().or_else(|| env::var(name).ok());
            value.filter(|value| !value.is_empty())
        };
        let missing: Vec<&str> = NAMES.into_iter().filter(|n| value(n).is_none()).collect();
        if !missing.is_empty() {
            let place = file.map_or_else(String::new, |path| format!("{} or ", path.display()));
            bail!(
                "{} is not set in {place}the environment (docs/OPERATIONS.md says where the \
                 three come from)",
                missing.join(", ")
            );
        }
        let [url, username, password] = NAMES.map(|name| value(name).unwrap_or_default());
        let target = Self {
            branch: Branch::new(&url, &username, &password)?,
            url,
        };
        target.greet()?;
        Ok(target)
    }

    fn greet(&self) -> Result<()> {
        let Err(error) = self.branch.ask("SELECT 1") else {
            return Ok(());
        };
        ensure!(
            !error.is_of_the_credentials(),
            "{}: the user name or the password is wrong, or of another branch \
             (PLANETSCALE_USERNAME, PLANETSCALE_PASSWORD)",
            self.url
        );
        bail!("{}: {error}", self.url)
    }
}

/// The variables of a dotenv file. Where a name stands twice the later line counts; what stands
/// between like quotes is taken as it is.
fn variables(text: &str) -> BTreeMap<String, String> {
    let variable = |line: &str| {
        let (name, value) = line.split_once('=')?;
        let name = name.trim();
        let name = name.strip_prefix("export ").unwrap_or(name).trim();
        if name.is_empty() || name.starts_with('#') {
            return None;
        }
        let value = value.trim();
        let quoted = ['\'', '"', '`'].into_iter().find_map(|quote| {
            let rest = value.strip_prefix(quote)?;
            rest.split_once(quote).map(|(value, _)| value)
        });
        let plain = || value.split(" #").next().unwrap_or_default().trim_end();
        Some((name.to_owned(), quoted.unwrap_or_else(plain).to_owned()))
    };
    text.lines().filter_map(variable).collect()
}

#[cfg(test)]
mod tests {
    use super::variables;

    #[test]
    fn a_file_is_read_as_wrangler_reads_it() {
        let text = "# A=0\nA=1\nexport B = 'two # 2' # two\nC=three # 3\nA=\"4\"\nD=\nnonsense\n";
        let read = variables(text);
        let read: Vec<_> = read.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(
            read,
            [("A", "4"), ("B", "two # 2"), ("C", "three"), ("D", "")]
        );
    }
}
