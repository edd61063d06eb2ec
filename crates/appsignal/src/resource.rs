//! The attributes by which the collector knows whose telemetry it has before it
//! (<https://docs.appsignal.com/opentelemetry/configuration.html>).

/// The application's name.
pub const NAME: &str = "appsignal.config.name";
/// Its environment: `production` …
pub const ENVIRONMENT: &str = "appsignal.config.environment";
/// The application's push API key.
pub const PUSH_API_KEY: &str = "appsignal.config.push_api_key";
/// Which version is deployed.
pub const REVISION: &str = "appsignal.config.revision";
/// What is it written in.
pub const LANGUAGE_INTEGRATION: &str = "appsignal.config.language_integration";
