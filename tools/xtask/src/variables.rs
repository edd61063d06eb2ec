//! The Worker's variables as an operator's commands need them: from a file like `.dev.vars`, or
//! from the environment.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// Variables: a file's count before the environment's.
pub(crate) struct Variables {
    file: Option<PathBuf>,
    given: BTreeMap<String, String>,
}

impl Variables {
    /// Those of a file, where there is one, over those of the environment.
    pub(crate) fn of(file: Option<&Path>) -> Result<Self> {
        let given = match file {
            Some(path) => {
                let text = fs::read_to_string(path);
                variables(&text.with_context(|| format!("reading {}", path.display()))?)
            }
            None => BTreeMap::new(),
        };
        Ok(Self {
            file: file.map(Path::to_owned),
            given,
        })
    }

    /// The values of these; the error names all that are missing.
    pub(crate) fn all<const N: usize>(&self, names: [&str; N]) -> Result<[String; N]> {
        let value = |name: &str| {
            let value = self
                .given
                .get(name)
                .cloned()
                .or_else(|| env::var(name).ok());
            value.filter(|value| !value.is_empty())
        };
        let missing: Vec<&str> = names.into_iter().filter(|n| value(n).is_none()).collect();
        if !missing.is_empty() {
            let place = self.file.as_ref();
            let place = place.map_or_else(String::new, |path| format!("{} or ", path.display()));
            bail!(
                "{} is not set in {place}the environment (docs/OPERATIONS.md says where it \
                 comes from)",
                missing.join(", ")
            );
        }
        Ok(names.map(|name| value(name).unwrap_or_default()))
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
