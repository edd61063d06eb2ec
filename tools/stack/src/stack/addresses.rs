//! Where an instance's servers are.

use super::Stack;
use crate::mariadb::MariaDb;

impl Stack {
    /// Scheme, host and port of the Worker, as its `ORIGIN` says unless overridden.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Where plain workerd hears its operator, which is on no network elsewhere.
    #[must_use]
    pub fn operator_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.operator)
    }

    /// The Plaid stand-in itself, its control surface included; empty without stand-ins.
    #[must_use]
    pub fn plaid_url(&self) -> &str {
        self.sandbox
            .as_ref()
            .map_or("", |sandbox| &sandbox.addresses.plaid)
    }

    /// The Pwned Passwords stand-in; empty without stand-ins.
    #[must_use]
    pub fn pwned_url(&self) -> &str {
        self.sandbox
            .as_ref()
            .map_or("", |sandbox| &sandbox.addresses.pwned)
    }

    /// The Stripe stand-in, its pages and its control surface included; empty without stand-ins.
    #[must_use]
    pub fn stripe_url(&self) -> &str {
        self.sandbox
            .as_ref()
            .map_or("", |sandbox| &sandbox.addresses.stripe)
    }

    /// The Cloudflare stand-in, its pages and its control surface included; empty without stand-ins.
    #[must_use]
    pub fn cloudflare_url(&self) -> &str {
        self.sandbox
            .as_ref()
            .map_or("", |sandbox| &sandbox.addresses.cloudflare)
    }

    /// The stand-in of the object store, its control surface included; empty without stand-ins.
    #[must_use]
    pub fn s3_url(&self) -> &str {
        self.sandbox
            .as_ref()
            .map_or("", |sandbox| &sandbox.addresses.s3)
    }

    /// The New Relic stand-in, its control surface included; empty without stand-ins.
    #[must_use]
    pub fn new_relic_url(&self) -> &str {
        self.sandbox
            .as_ref()
            .map_or("", |sandbox| &sandbox.addresses.new_relic)
    }

    /// The AppSignal stand-in, its control surface included; empty without stand-ins.
    #[must_use]
    pub fn appsignal_url(&self) -> &str {
        self.sandbox
            .as_ref()
            .map_or("", |sandbox| &sandbox.addresses.appsignal)
    }

    /// The mailbox; empty without stand-ins.
    #[must_use]
    pub fn mailbox_url(&self) -> &str {
        self.sandbox
            .as_ref()
            .map_or("", |sandbox| &sandbox.addresses.mailbox)
    }

    /// The stand-in for PlanetScale, its control surface included; empty on D1.
    #[must_use]
    pub fn planetscale_url(&self) -> &str {
        self.sandbox
            .as_ref()
            .map_or("", |sandbox| &sandbox.addresses.planetscale)
    }

    /// The database server behind the stand-in for PlanetScale; none on D1.
    #[must_use]
    pub fn mariadb(&self) -> Option<&MariaDb> {
        self.mariadb.as_ref()
    }
}
