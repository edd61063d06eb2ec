//! Who watches: all variables are optional, and neither service is needed.

use crate::{
    config::{Environment, Secret},
    platform::Bindings,
};

/// Who watches, by the variables of `docs/OPERATIONS.md`.
pub(crate) struct TelemetryConfig {
    pub(super) new_relic: Option<NewRelicConfig>,
    pub(super) appsignal: Option<AppSignalConfig>,
    /// Every base URL that is set, by the name of its variable.
    urls: Vec<(&'static str, String)>,
}

/// New Relic.
pub(super) struct NewRelicConfig {
    pub(super) url: String,
    pub(super) license_key: Secret,
}

/// AppSignal.
pub(super) struct AppSignalConfig {
    pub(super) collector_url: String,
    pub(super) endpoint_url: String,
    pub(super) push_key: Secret,
    /// The endpoint takes errors by a key of its own; without it they are spans alone.
    pub(super) frontend_key: Option<Secret>,
}

/// What is watched.
pub(crate) struct Service<'a> {
    pub(crate) environment: Environment,
    /// Which version is deployed.
    pub(crate) deployment: Option<&'a str>,
    /// Whose base URLs are whose.
    pub(crate) providers: Vec<(super::Provider, String)>,
}

const NEW_RELIC_URL: &str = "https://otlp.nr-data.net";

impl TelemetryConfig {
    /// Reads the variables; what is wrong is added to `wrong`, by name.
    pub(crate) fn read(bindings: &Bindings, wrong: &mut Vec<String>) -> Self {
        let url = |name| bindings.variable(name);
        let otlp_url = url("NEW_RELIC_OTLP_URL");
        let collector_url = url("APPSIGNAL_COLLECTOR_URL");
        let endpoint_url = url("APPSIGNAL_ENDPOINT_URL");
        let urls = [
            ("NEW_RELIC_OTLP_URL", &otlp_url),
            ("APPSIGNAL_COLLECTOR_URL", &collector_url),
            ("APPSIGNAL_ENDPOINT_URL", &endpoint_url),
        ];
        let urls = urls
            .into_iter()
            .filter_map(|(name, url)| Some((name, url.clone()?)))
            .collect();
        let new_relic = key(bindings, "NEW_RELIC_LICENSE_KEY", wrong);
        let push_key = key(bindings, "APPSIGNAL_PUSH_API_KEY", wrong);
        let frontend_key = key(bindings, "APPSIGNAL_FRONTEND_API_KEY", wrong);
        if push_key.is_some() && collector_url.is_none() {
            wrong.push("APPSIGNAL_COLLECTOR_URL is not set".into());
        }
        if push_key.is_none() && frontend_key.is_some() {
            wrong.push("APPSIGNAL_PUSH_API_KEY is not set".into());
        }
        Self {
            new_relic: new_relic.map(|license_key| NewRelicConfig {
                url: otlp_url.unwrap_or_else(|| NEW_RELIC_URL.into()),
                license_key,
            }),
            appsignal: push_key.map(|push_key| AppSignalConfig {
                collector_url: collector_url.unwrap_or_default(),
                endpoint_url: endpoint_url.unwrap_or_else(|| appsignal::ENDPOINT_URL.into()),
                push_key,
                frontend_key,
            }),
            urls,
        }
    }

    /// Every base URL that is set, by the name of its variable.
    pub(crate) fn urls(&self) -> impl Iterator<Item = (&'static str, &String)> {
        self.urls.iter().map(|(name, url)| (*name, url))
    }
}

/// A key that can stand in a header and in a URL.
fn key(bindings: &Bindings, name: &str, wrong: &mut Vec<String>) -> Option<Secret> {
    let key = bindings.variable(name)?;
    if !appsignal::is_key(&key) {
        wrong.push(format!("{name} is no key"));
    }
    Some(Secret::new(key))
}
