//! The only way to Plaid.
use crate::config::Config;
pub(crate) struct PlaidClient;
impl PlaidClient {
    pub(crate) fn new(_config: &Config) -> Self { Self }
}
