//! Configuration: wrangler's variables and secrets, read once per isolate and
//! checked whole, so that what is missing or wrong is named in one clear error.
//! Without a valid configuration every request but the health check is refused.

use vault::Keyring;
use zeroize::Zeroizing;

use crate::{
    audit::{AccountLog, AuditKey},
    backup::Backup,
    billing::BillingConfig,
    platform::{Bindings, telemetry::TelemetryConfig},
};

/// Where the service runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Environment {
    /// A developer's machine: plain HTTP to stand-ins is allowed.
    Development,
    /// Everything else.
    Production,
}

/// A secret of the configuration: no Debug, no Display, wiped on drop.
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(value: String) -> Self {
        Self(Zeroizing::new(value))
    }

    /// For the header of the one request it belongs to.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// Which database holds the rows.
pub(crate) enum DatabaseConfig {
    /// The binding `DB`.
    D1,
    /// `PlanetScale`, over HTTP.
    PlanetScale {
        url: String,
        username: Secret,
        password: Secret,
    },
}

/// What the variables of `docs/OPERATIONS.md` say.
pub(crate) struct Config {
    pub(crate) environment: Environment,
    /// Scheme, host and port, without a slash at the end.
    pub(crate) origin: String,
    pub(crate) database: DatabaseConfig,
    pub(crate) plaid_base_url: String,
    pub(crate) plaid_client_id: Secret,
    pub(crate) plaid_secret: Secret,
    pub(crate) pwned_base_url: String,
    pub(crate) mail_from: String,
    /// Who may become the first operator, by the email of an account.
    pub(crate) first_operator: Option<String>,
    /// Which version of the Worker runs.
    pub(crate) deployment: Option<String>,
    /// What signs the audit log's checkpoints.
    pub(crate) audit_key: AuditKey,
    /// The log of the account that the service runs in; none where it is not read.
    pub(crate) account_log: Option<AccountLog>,
}

/// All that the variables say, for who keeps which part.
pub(crate) struct Settings {
    pub(crate) config: Config,
    pub(crate) keyring: Keyring,
    /// None where nobody can pay.
    pub(crate) billing: Option<BillingConfig>,
    /// None where nothing is backed up.
    pub(crate) backup: Option<Backup>,
    /// Who watches.
    pub(crate) telemetry: TelemetryConfig,
}

impl Config {
    /// Reads and checks everything; the error names all that is wrong, and quotes
    /// no value.
    pub(crate) fn read(bindings: &Bindings) -> Result<Settings, String> {
        let mut wrong = Vec::new();
        let mut required = |name: &str| {
            bindings.variable(name).unwrap_or_else(|| {
                wrong.push(format!("{name} is not set"));
                String::new()
            })
        };
        let environment = required("ENVIRONMENT");
        let origin = required("ORIGIN");
        let keyring = Zeroizing::new(required("KEYRING"));
        let audit_key = Secret::new(required("AUDIT_SIGNING_KEY"));
        let engine = bindings.variable("DATABASE_ENGINE");
        let database = match engine.as_deref() {
            Some("planetscale") => DatabaseConfig::PlanetScale {
                url: required("PLANETSCALE_URL"),
                username: Secret::new(required("PLANETSCALE_USERNAME")),
                password: Secret::new(required("PLANETSCALE_PASSWORD")),
            },
            _ => DatabaseConfig::D1,
        };
        let has_audit_key = !audit_key.expose().is_empty();
        let audit_key = AuditKey::parse(audit_key.expose());
        let is_no_key = has_audit_key && audit_key.is_none();
        let mut config = Self {
            environment: Environment::Production,
            origin,
            database,
            plaid_base_url: required("PLAID_BASE_URL"),
            plaid_client_id: Secret::new(required("PLAID_CLIENT_ID")),
            plaid_secret: Secret::new(required("PLAID_SECRET")),
            pwned_base_url: required("PWNED_BASE_URL"),
            mail_from: required("MAIL_FROM"),
            first_operator: bindings.variable("FIRST_OPERATOR"),
            deployment: bindings.version(),
            // None is named below, and refuses everything.
            audit_key: audit_key.unwrap_or_default(),
            account_log: None,
        };
        if is_no_key {
            wrong.push("AUDIT_SIGNING_KEY is not base64 of 32 bytes".into());
        }
        config.account_log = AccountLog::read(bindings, &mut wrong);
        let billing = BillingConfig::read(bindings, &mut wrong);
        let backup = Backup::read(bindings, &mut wrong);
        let telemetry = TelemetryConfig::read(bindings, &mut wrong);
        match environment.as_str() {
            "development" => config.environment = Environment::Development,
            "production" | "" => {}
            _ => wrong.push("ENVIRONMENT is neither development nor production".into()),
        }
        if !matches!(engine.as_deref(), None | Some("d1" | "planetscale")) {
            wrong.push("DATABASE_ENGINE is neither d1 nor planetscale".into());
        }
        let mut urls = vec![
            ("ORIGIN", &config.origin),
            ("PLAID_BASE_URL", &config.plaid_base_url),
            ("PWNED_BASE_URL", &config.pwned_base_url),
        ];
        if let Some(billing) = &billing {
            urls.push(("STRIPE_BASE_URL", &billing.base_url));
        }
        if let Some(log) = &config.account_log {
            urls.push(("CLOUDFLARE_API_BASE_URL", &log.base_url));
        }
        if let Some(backup) = &backup {
            urls.push(("BACKUP_S3_ENDPOINT", &backup.endpoint));
        }
        urls.extend(telemetry.urls());
        let mut names = vec!["ASSETS", "EVENTS", "GATE", "MAIL"];
        match &config.database {
            DatabaseConfig::D1 => names.push("DB"),
            DatabaseConfig::PlanetScale { url, .. } => urls.push(("PLANETSCALE_URL", url)),
        }
        for (name, url) in urls {
            if let Some(complaint) = refuse_url(url, config.environment) {
                wrong.push(format!("{name} {complaint}"));
            }
        }
        for name in names {
            if bindings.handle(name).is_none() {
                wrong.push(format!("the binding {name} is missing"));
            }
        }
        let keyring = match Keyring::parse(&keyring) {
            Ok(keyring) => Some(keyring),
            Err(_) if keyring.is_empty() => None,
            Err(error) => {
                wrong.push(format!("KEYRING: {error}"));
                None
            }
        };
        match keyring {
            Some(keyring) if wrong.is_empty() => Ok(Settings {
                config,
                keyring,
                billing,
                backup,
                telemetry,
            }),
            _ => Err(wrong.join("; ")),
        }
    }
}

/// What is wrong with a base URL, if anything.
fn refuse_url(url: &str, environment: Environment) -> Option<&'static str> {
    if url.is_empty() {
        return None; // already named as missing
    }
    if url.ends_with('/') {
        return Some("ends with a slash");
    }
    let parsed: http::Uri = match url.parse() {
        Ok(parsed) => parsed,
        Err(_) => return Some("is not a URL"),
    };
    if parsed.host().is_none() {
        return Some("names no host");
    }
    match parsed.scheme_str() {
        Some("https") => None,
        Some("http") if environment == Environment::Development => None,
        _ => Some("must begin with https://"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_development_only() {
        let url = "http://127.0.0.1:8788";
        assert_eq!(refuse_url(url, Environment::Development), None);
        assert_eq!(
            refuse_url(url, Environment::Production),
            Some("must begin with https://")
        );
    }

    #[test]
    fn a_base_url_has_a_host_and_no_slash_at_its_end() {
        for url in ["https://host/", "https://", "no url at all", "/path"] {
            assert!(refuse_url(url, Environment::Production).is_some(), "{url}");
        }
        assert_eq!(
            refuse_url("https://sandbox.plaid.com", Environment::Production),
            None
        );
    }
}
