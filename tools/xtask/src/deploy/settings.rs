//! What wrangler.toml says of one environment, and what must not be deployed.

use anyhow::{Context as _, Result, bail};
use toml::{Table, Value};

/// Without these no instance runs.
const SECRETS: [&str; 4] = [
    "KEYRING",
    "AUDIT_SIGNING_KEY",
    "PLAID_CLIENT_ID",
    "PLAID_SECRET",
];
/// Nor these, where the rows are in `PlanetScale`.
const PLANETSCALE_SECRETS: [&str; 2] = ["PLANETSCALE_USERNAME", "PLANETSCALE_PASSWORD"];

/// One environment.
pub(super) struct Settings {
    /// As wrangler's `--env` takes it: empty is the top level.
    pub(super) environment: String,
    top: Table,
    /// The table that the bindings and variables are in.
    own: Table,
}

impl Settings {
    /// Reads the text of a wrangler.toml.
    pub(super) fn of(text: &str, environment: Option<&str>) -> Result<Self> {
        let top: Table = toml::from_str(text).context("wrangler.toml is no TOML")?;
        let own = match environment {
            None | Some("") => top.clone(),
            Some(name) => {
                let tables = top.get("env").and_then(|env| env.get(name));
                match tables.and_then(Value::as_table) {
                    Some(table) => table.clone(),
                    None => bail!("wrangler.toml has no [env.{name}]"),
                }
            }
        };
        Ok(Self {
            environment: environment.unwrap_or_default().to_owned(),
            top,
            own,
        })
    }

    pub(super) fn var(&self, name: &str) -> &str {
        let value = self.own.get("vars").and_then(|vars| vars.get(name));
        value.and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn origin(&self) -> &str {
        self.var("ORIGIN")
    }

    pub(super) fn is_on_planetscale(&self) -> bool {
        self.var("DATABASE_ENGINE") == "planetscale"
    }

    /// The D1 database's name.
    pub(super) fn database(&self) -> Option<&str> {
        let database = self.own.get("d1_databases")?.as_array()?.first()?;
        database.get("database_name")?.as_str()
    }

    /// What `wrangler secret list` must name.
    pub(super) fn secrets(&self) -> Vec<&str> {
        let listed = self
            .own
            .get("secrets")
            .and_then(|table| table.get("required"));
        let listed = listed.and_then(Value::as_array).into_iter().flatten();
        listed.filter_map(Value::as_str).collect()
    }

    /// Why this is not to be deployed; nothing where it is.
    pub(super) fn refusals(&self) -> Vec<String> {
        let mut refusals = Vec::new();
        let mut must = |held: bool, words: String| {
            if !held {
                refusals.push(words);
            }
        };
        must(
            self.recorded() == [Some(false), Some(false)],
            "[observability]: `traces.enabled` and `logs.invocation_logs` must both be false: they record \
             URLs, and the URL of a range look-up holds the beginning of a password's hash"
                .to_owned(),
        );
        must(
            self.inherited("preview_urls").and_then(Value::as_bool) == Some(false),
            "preview_urls must be false: a preview is the same data under another origin"
                .to_owned(),
        );
        must(
            self.var("ENVIRONMENT") == "production",
            "ENVIRONMENT must be \"production\"".to_owned(),
        );
        for name in ["ORIGIN", "MAIL_FROM"] {
            let value = self.var(name);
            let example =
                value.is_empty() || value.ends_with("example.com") || value.ends_with(".example");
            must(
                !example,
                format!("{name} is still the example's: {value:?}"),
            );
        }
        let mut urls = vec!["ORIGIN", "PLAID_BASE_URL", "PWNED_BASE_URL"];
        let mut secrets = SECRETS.to_vec();
        if self.is_on_planetscale() {
            urls.push("PLANETSCALE_URL");
            secrets.extend(PLANETSCALE_SECRETS);
        } else {
            let named = self.database().is_some();
            must(
                named,
                "DB has no database_name: the migrations would not find it".to_owned(),
            );
        }
        for name in urls {
            let https = self.var(name).starts_with("https://");
            must(https, format!("{name} must begin with https://"));
        }
        let required = self.secrets();
        for name in &secrets {
            let listed = required.contains(name);
            must(
                listed,
                format!("{name} is not among the required [secrets]"),
            );
        }
        for name in required.iter().chain(&secrets) {
            let plain = self
                .own
                .get("vars")
                .is_some_and(|vars| vars.get(name).is_some());
            must(
                !plain,
                format!("{name} is a secret, and stands in [vars] for everybody to read"),
            );
        }
        refusals.dedup();
        refusals
    }

    /// Whether the platform traces, and whether it logs invocations. Silence is no answer: what
    /// wrangler takes it for has changed before.
    fn recorded(&self) -> [Option<bool>; 2] {
        let observability = self.inherited("observability");
        [("traces", "enabled"), ("logs", "invocation_logs")]
            .map(|(table, key)| observability?.get(table)?.get(key)?.as_bool())
    }

    /// What an environment has from the top level, unless it says otherwise.
    fn inherited(&self, name: &str) -> Option<&Value> {
        self.own.get(name).or_else(|| self.top.get(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stack::Workspace;

    /// The checkout's wrangler.toml, as an operator would have filled it in.
    pub(crate) fn filled_in() -> String {
        let path = Workspace::here().path("wrangler.toml");
        let text = std::fs::read_to_string(path).unwrap();
        text.replace("balance.example.com", "balance.test")
    }

    fn refusals(text: &str) -> Vec<String> {
        let environments = [None, Some("production")];
        let all = environments.map(|name| Settings::of(text, name).unwrap().refusals());
        assert_eq!(
            all[0], all[1],
            "the top level and production are held to the same"
        );
        all[0].clone()
    }

    /// What is refused after a change to what would be deployed.
    fn after(from: &str, to: &str) -> String {
        let text = filled_in();
        assert!(text.contains(from), "{from}");
        refusals(&text.replace(from, to)).join("; ")
    }

    #[test]
    fn what_is_filled_in_is_deployed() {
        assert_eq!(refusals(&filled_in()), [""; 0]);
    }

    #[test]
    fn the_examples_origin_and_sender_are_refused() {
        let path = Workspace::here().path("wrangler.toml");
        let refused = refusals(&std::fs::read_to_string(path).unwrap());
        assert_eq!(refused.len(), 2, "{refused:?}");
        assert!(refused[0].contains("ORIGIN") && refused[1].contains("MAIL_FROM"));
    }

    #[test]
    fn a_platform_that_would_record_urls_is_refused() {
        let traces = "[observability.traces]\nenabled = ";
        let off = |key: &str| format!("{key}false");
        assert!(after(&off(traces), &format!("{traces}true")).contains("range look-up"));
        let logs = "invocation_logs = ";
        assert!(after(&off(logs), &format!("{logs}true")).contains("range look-up"));
        assert!(after(&off(logs), "").contains("range look-up"), "silence");
        let own = "[env.production.observability]\nenabled = true\n";
        let text = format!("{}\n{own}", filled_in());
        let production = Settings::of(&text, Some("production")).unwrap();
        assert!(
            !production.refusals().is_empty(),
            "its own table inherits nothing"
        );
    }

    #[test]
    fn plain_http_is_refused() {
        let refused = after(
            "https://production.plaid.com",
            "http://production.plaid.com",
        );
        assert!(
            refused.contains("PLAID_BASE_URL must begin with https://"),
            "{refused}"
        );
    }

    #[test]
    fn a_secret_that_is_not_required_or_stands_in_the_open_is_refused() {
        assert!(after("\"KEYRING\", ", "").contains("KEYRING is not among"));
        let open = "DATABASE_ENGINE = \"d1\"\nPLAID_SECRET = \"oh\"";
        let refused = after("DATABASE_ENGINE = \"d1\"", open);
        assert!(refused.contains("PLAID_SECRET is a secret"), "{refused}");
    }

    #[test]
    fn planetscale_wants_its_address_and_its_secrets() {
        let refused = after(
            "DATABASE_ENGINE = \"d1\"",
            "DATABASE_ENGINE = \"planetscale\"",
        );
        for name in [
            "PLANETSCALE_URL",
            "PLANETSCALE_USERNAME",
            "PLANETSCALE_PASSWORD",
        ] {
            assert!(refused.contains(name), "{name}: {refused}");
        }
    }

    #[test]
    fn an_environment_that_does_not_exist_is_named() {
        let missing = Settings::of(&filled_in(), Some("staging")).err().unwrap();
        assert!(missing.to_string().contains("[env.staging]"));
    }
}
