//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Date;
use lexopt::prelude::*;

use crate::plaid::{Defaults, Settings, Stage};
use crate::planetscale;
use crate::stripe;

/// What `--help` prints.
pub const USAGE: &str = "\
sandbox: local stand-ins for Plaid, Pwned Passwords, Stripe, Cloudflare, an object store,
PlanetScale, New Relic, AppSignal and a mailbox

  --plaid-port N  --pwned-port N  --mailbox-port N  --stripe-port N
  --cloudflare-port N  --s3-port N  --new-relic-port N
  --appsignal-port N           ports (0 picks a free one)
  --seed N                     data, ids and tokens are a function of it
  --today YYYY-MM-DD           the bank's date
  --transactions N             transactions of a new Item
  --plaid-client-id S  --plaid-secret S
  --stage-millis N             new Items become ready in two steps of N ms
  --webhook-retries A,B,C      pauses in ms before each retry of a webhook
  --webhook-timeout-millis N   how long a webhook's receiver may take
  --stripe-secret-key S  --stripe-webhook-secret S
  --stripe-webhook-url URL     where events go
  --stripe-webhook-retries A,B,C   pauses in ms before each retry of an event
  --mail-log FILE              wrangler's log, followed for mail
  --smtp-port N                take mail by SMTP too (0 picks a free port)
  --exit-with-parent           end when stdin closes
  --mysql-socket PATH          a MariaDB to put PlanetScale's protocol before
  --planetscale-port N         port (0 picks a free one)
  --planetscale-database NAME  made if it is missing
  --planetscale-username S  --planetscale-password S
  --planetscale-transaction-millis N   how old a transaction may get
  --planetscale-query-millis N         how long a statement may take
  --vschema FILE               keyspaces and sharding, as Vitess's VSchema has them

README.md beside the source lists the control calls.";

/// What the stand-ins start with.
#[derive(Clone, Default)]
pub struct Options {
    /// Port of Plaid; 0 picks a free one.
    pub plaid_port: u16,
    /// Port of Pwned Passwords; 0 picks a free one.
    pub pwned_port: u16,
    /// Port of the mailbox; 0 picks a free one.
    pub mailbox_port: u16,
    /// Port of Stripe; 0 picks a free one.
    pub stripe_port: u16,
    /// Port of Cloudflare's API; 0 picks a free one.
    pub cloudflare_port: u16,
    /// Port of the object store; 0 picks a free one.
    pub s3_port: u16,
    /// Port of New Relic; 0 picks a free one.
    pub new_relic_port: u16,
    /// Port of AppSignal; 0 picks a free one.
    pub appsignal_port: u16,
    /// Port of PlanetScale; 0 picks a free one.
    pub planetscale_port: u16,
    /// Port of SMTP, where mail comes by that; 0 picks a free one.
    pub smtp_port: Option<u16>,
    /// wrangler's log.
    pub mail_log: Option<PathBuf>,
    /// End when stdin closes.
    pub exit_with_parent: bool,
    /// Keys, seed, date and webhook policy of Plaid.
    pub(crate) plaid: Settings,
    /// Keys and webhook policy of Stripe.
    pub(crate) stripe: stripe::Settings,
    /// MariaDB, keys and limits of PlanetScale.
    pub(crate) planetscale: planetscale::Settings,
}

/// What the arguments asked for.
pub enum Parsed {
    /// Start.
    Run(Box<Options>),
    /// Print [`USAGE`].
    Help,
}

/// An argument that cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BadArgument(#[from] lexopt::Error);

impl Options {
    /// Reads arguments, without the program's name.
    ///
    /// # Errors
    /// On an unknown option or a value of the wrong form.
    pub fn from_arguments(
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Parsed, BadArgument> {
        let mut options = Self::default();
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("plaid-port") => options.plaid_port = parser.value()?.parse()?,
                Long("pwned-port") => options.pwned_port = parser.value()?.parse()?,
                Long("mailbox-port") => options.mailbox_port = parser.value()?.parse()?,
                Long("stripe-port") => options.stripe_port = parser.value()?.parse()?,
                Long("cloudflare-port") => options.cloudflare_port = parser.value()?.parse()?,
                Long("s3-port") => options.s3_port = parser.value()?.parse()?,
                Long("new-relic-port") => options.new_relic_port = parser.value()?.parse()?,
                Long("appsignal-port") => options.appsignal_port = parser.value()?.parse()?,
                Long("stripe-secret-key") => {
                    options.stripe.secret_key = parser.value()?.string()?;
                }
                Long("stripe-webhook-secret") => {
                    options.stripe.webhook_secret = parser.value()?.string()?;
                }
                Long("stripe-webhook-url") => {
                    options.stripe.webhook_url = Some(parser.value()?.string()?);
                }
                Long("stripe-webhook-retries") => {
                    options.stripe.retries = parser.value()?.parse_with(|list| {
                        list.split(',')
                            .filter(|pause| !pause.is_empty())
                            .map(|pause| pause.parse().map(Duration::from_millis))
                            .collect::<Result<_, _>>()
                    })?;
                }
                Long("smtp-port") => options.smtp_port = Some(parser.value()?.parse()?),
                Long("mail-log") => options.mail_log = Some(parser.value()?.into()),
                Long("exit-with-parent") => options.exit_with_parent = true,
                Long("help") | Short('h') => return Ok(Parsed::Help),
                Long("seed") => {
                    options.plaid.seed = parser.value()?.parse()?;
                    options.stripe.seed = options.plaid.seed;
                }
                Long("today") => options.plaid.today = parser.value()?.parse::<Date>()?,
                Long("transactions") => {
                    options.plaid.defaults.transactions = parser.value()?.parse()?;
                }
                Long("plaid-client-id") => options.plaid.client_id = parser.value()?.string()?,
                Long("plaid-secret") => options.plaid.secret = parser.value()?.string()?,
                Long("stage-millis") => {
                    options.plaid.defaults = Defaults {
                        ready: Stage::NotReady,
                        stage_millis: Some(parser.value()?.parse()?),
                        ..options.plaid.defaults
                    };
                }
                Long("planetscale-port") => options.planetscale_port = parser.value()?.parse()?,
                Long(name) if planetscale::Settings::is_option(name) => {
                    let name = name.to_owned();
                    options.planetscale.set(&name, parser.value()?)?;
                }
                Long("webhook-retries") => {
                    options.plaid.webhooks.retry_millis = parser.value()?.parse_with(|list| {
                        list.split(',')
                            .filter(|pause| !pause.is_empty())
                            .map(str::parse)
                            .collect::<Result<_, _>>()
                    })?;
                }
                Long("webhook-timeout-millis") => {
                    let millis: u64 = parser.value()?.parse()?;
                    options.plaid.webhooks.timeout = Duration::from_millis(millis);
                }
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Parsed::Run(Box::new(options)))
    }
}
