//! The services, as they are configured, and who we are to them.

use otlp::KeyValue;

use super::config::{AppSignalConfig, NewRelicConfig, Service, TelemetryConfig};
use super::losses::Losses;
use super::sink::{Endpoint, SCOPE, Sink};
use super::vocabulary::Vendor;
use crate::config::Environment;

/// Both services, as far as they are configured.
pub(super) struct Sinks {
    new_relic: Option<Sink>,
    appsignal: Option<Sink>,
    pub(super) losses: Losses,
}

impl Sinks {
    /// None where there is neither.
    pub(super) fn new(config: TelemetryConfig, service: &Service<'_>) -> Option<Self> {
        if config.new_relic.is_none() && config.appsignal.is_none() {
            return None;
        }
        Some(Self {
            new_relic: config
                .new_relic
                .map(|config| Sink::new_relic(config, service)),
            appsignal: config
                .appsignal
                .map(|config| Sink::appsignal(config, service)),
            losses: Losses::default(),
        })
    }

    pub(super) const fn both(&self) -> [Option<&Sink>; 2] {
        [self.new_relic.as_ref(), self.appsignal.as_ref()]
    }
}

fn attributes(service: &Service<'_>) -> Vec<KeyValue> {
    vec![
        KeyValue::new("service.name", "balance"),
        KeyValue::new("service.version", revision(service)),
        KeyValue::new("deployment.environment.name", environment(service)),
        KeyValue::new("telemetry.sdk.language", "rust"),
    ]
}

const fn environment(service: &Service<'_>) -> &'static str {
    match service.environment {
        Environment::Development => "development",
        Environment::Production => "production",
    }
}

fn revision(service: &Service<'_>) -> String {
    service.deployment.unwrap_or(SCOPE.version).to_owned()
}

impl Sink {
    fn new_relic(config: NewRelicConfig, service: &Service<'_>) -> Self {
        let attributes = attributes(service);
        Self::new(
            Vendor::NewRelic,
            config.url,
            config.license_key,
            attributes,
            None,
        )
    }

    fn appsignal(config: AppSignalConfig, service: &Service<'_>) -> Self {
        use appsignal::resource;
        let mut attributes = attributes(service);
        attributes.extend([
            KeyValue::new(resource::NAME, "balance"),
            KeyValue::new(resource::ENVIRONMENT, environment(service)),
            KeyValue::new(resource::REVISION, revision(service)),
            KeyValue::new(resource::LANGUAGE_INTEGRATION, "rust"),
        ]);
        let endpoint = Endpoint {
            base_url: config.endpoint_url,
            frontend_key: config.frontend_key,
        };
        Self::new(
            Vendor::AppSignal,
            config.collector_url,
            config.push_key,
            attributes,
            Some(endpoint),
        )
    }
}
