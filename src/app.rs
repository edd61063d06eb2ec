//! What an isolate holds from its first request to its end, and what one request
//! holds of it.

use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use http::request::Parts;
use passkey::RelyingParty;

use crate::{
    backup::Backup,
    banking::PlaidClient,
    billing::{BillingConfig, StripeClient},
    config::{Config, DatabaseConfig, Settings},
    identity::{Hasher, TokenCache},
    platform::{
        Assets, Bindings, Gate, Mailer, Queue, log,
        telemetry::{self, Provider, Service, TelemetryConfig},
    },
    problem::{Kind, Problem, Result},
    store::{
        Database,
        engine::{D1, Engine, PlanetScale},
        keys::{KeyCache, UserKeys},
    },
};

/// One request's (or message's) hold on the isolate.
#[derive(Clone)]
pub(crate) struct App {
    shared: Arc<Shared>,
    pub(crate) db: Database,
    pub(crate) hasher: Hasher,
}

/// Built once per isolate: configuration, keys, caches, bindings.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) keys: KeyCache,
    pub(crate) tokens: TokenCache,
    pub(crate) plaid: PlaidClient,
    /// None where nobody can pay.
    pub(crate) stripe: Option<StripeClient>,
    /// None where nothing is backed up.
    pub(crate) backup: Option<Backup>,
    pub(crate) queue: Queue,
    pub(crate) assets: Assets,
    pub(crate) gate: Gate,
    pub(crate) mailer: Mailer,
    /// Who we are to an authenticator.
    pub(crate) relying_party: RelyingParty,
    db: Database,
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

static SHARED: OnceLock<std::result::Result<Arc<Shared>, String>> = OnceLock::new();

impl App {
    /// The isolate's state, built from `env` when first asked. A configuration
    /// that does not hold refuses everything (fail closed).
    pub(crate) fn of_isolate(env: impl FnOnce() -> Bindings) -> Result<Self> {
        let built = SHARED.get_or_init(|| {
            Shared::build(&env()).map(Arc::new).inspect_err(|wrong| {
                log::error("configuration", None, wrong);
            })
        });
        match built {
            Ok(shared) => Ok(Self {
                shared: Arc::clone(shared),
                db: shared.db.counted_anew(),
                hasher: Hasher::default(),
            }),
            Err(_) => Err(Problem::unavailable(
                "The service is not configured; its log names what is missing.",
                "configuration",
            )),
        }
    }

    /// Stripe, where it is configured.
    pub(crate) fn stripe(&self) -> Result<&StripeClient> {
        self.stripe.as_ref().ok_or_else(|| {
            Problem::new(
                Kind::NotFound,
                "This instance takes no payments: all of it is free.",
            )
        })
    }

    /// The system's own keys.
    pub(crate) async fn system_keys(&self) -> Result<Arc<UserKeys>> {
        self.keys.system(&self.db).await
    }
}

impl Shared {
    fn build(bindings: &Bindings) -> std::result::Result<Self, String> {
        let Settings {
            config,
            keyring,
            billing,
            backup,
            telemetry,
        } = Config::read(bindings)?;
        watch(telemetry, &config, billing.as_ref(), backup.as_ref());
        let handle = |name| {
            bindings
                .handle(name)
                .ok_or_else(|| format!("the binding {name} is missing"))
        };
        Ok(Self {
            keys: KeyCache::new(keyring),
            tokens: TokenCache::default(),
            plaid: PlaidClient::new(&config),
            stripe: billing.map(StripeClient::new),
            backup,
            queue: Queue::new(handle("EVENTS")?),
            assets: Assets::new(handle("ASSETS")?),
            gate: Gate::new(handle("GATE")?),
            mailer: Mailer::new(handle("MAIL")?),
            relying_party: RelyingParty::new(&config.origin, "Balance")
                .ok_or("ORIGIN is no origin that keys can be bound to")?,
            db: Database::new(engine(&config, bindings)?),
            config,
        })
    }
}

/// Who is watched, for the instrument.
fn watch(
    telemetry: TelemetryConfig,
    config: &Config,
    billing: Option<&BillingConfig>,
    backup: Option<&Backup>,
) {
    let mut providers = vec![
        (Provider::Plaid, config.plaid_base_url.clone()),
        (Provider::PwnedPasswords, config.pwned_base_url.clone()),
    ];
    if let Some(billing) = billing {
        providers.push((Provider::Stripe, billing.base_url.clone()));
    }
    if let Some(backup) = backup {
        providers.push((Provider::ObjectStore, backup.endpoint.clone()));
    }
    if let Some(log) = &config.account_log {
        providers.push((Provider::Cloudflare, log.base_url.clone()));
    }
    if let DatabaseConfig::PlanetScale { url, .. } = &config.database {
        providers.push((Provider::PlanetScale, url.clone()));
    }
    let service = Service {
        environment: config.environment,
        deployment: config.deployment.as_deref(),
        providers,
    };
    telemetry::begin(telemetry, &service);
}

fn engine(config: &Config, bindings: &Bindings) -> std::result::Result<Engine, String> {
    match &config.database {
        DatabaseConfig::D1 => {
            let handle = bindings.handle("DB").ok_or("the binding DB is missing")?;
            Ok(Engine::D1(D1::new(handle)))
        }
        DatabaseConfig::PlanetScale {
            url,
            username,
            password,
        } => PlanetScale::new(url.clone(), username.expose(), password.expose())
            .map(Engine::PlanetScale)
            .ok_or_else(|| "PLANETSCALE_USERNAME or PLANETSCALE_PASSWORD cannot be sent".into()),
    }
}

impl<S: Sync> FromRequestParts<S> for App {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Problem::unavailable("The service is not configured.", "configuration"))
    }
}
