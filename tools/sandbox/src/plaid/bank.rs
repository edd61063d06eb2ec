//! Everything the service knows, behind one lock, and how an Item comes into being.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::accounts::Account;
use super::courier::{Deliveries, Outgoing};
use super::errors::PlaidError;
use super::failures::Failures;
use super::history::{self, Window};
use super::institutions::Institution;
use super::item::{Item, Stage, Unread, Wealth};
use super::keys::KeyRing;
use super::ledger::Ledger;
use super::limits::Limits;
use super::link::LinkToken;
use super::requests::RequestLog;
use super::sync::Mutation;
use super::transaction::Transaction;
use super::{Defaults, Settings, WebhookPolicy};
use crate::seed::{generator, identifier, uuid};

/// How long a public token can be exchanged.
const PUBLIC_TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(30);
/// What the initial pull covers.
const INITIAL_DAYS: i32 = 30;
const DAYS_A_MONTH: f64 = 30.4375;

/// The state of the service.
pub(super) struct Bank {
    pub(super) settings: Settings,
    pub(super) defaults: Defaults,
    pub(super) webhook_policy: WebhookPolicy,
    pub(super) items: Vec<Item>,
    pub(super) links: Vec<LinkToken>,
    pub(super) keys: KeyRing,
    pub(super) limits: Limits,
    pub(super) failures: Failures,
    pub(super) requests: RequestLog,
    pub(super) deliveries: Deliveries,
    /// Webhooks to send once the lock is free.
    pub(super) outbox: Vec<Outgoing>,
    /// Items whose pull goes on by the clock.
    pub(super) staged: Vec<(String, u64)>,
    pub(super) tokens: Rng,
    request_ids: Rng,
    opened: u64,
}

/// What a new Item is to be.
pub(super) struct Opening {
    pub(super) institution: &'static Institution,
    pub(super) products: Vec<String>,
    /// Beyond what the products bring with them.
    pub(super) consented_products: Vec<String>,
    pub(super) webhook: Option<String>,
    pub(super) username: String,
    pub(super) transactions: usize,
    pub(super) days: i32,
    pub(super) stage: Stage,
    pub(super) stage_millis: Option<u64>,
    pub(super) public_token: Option<String>,
    /// Accounts and rows of a custom user, in place of the institution's.
    pub(super) custom: Option<Custom>,
}

/// Fills a custom Item: its accounts, and after that its rows.
pub(super) type Custom = Box<dyn FnOnce(&mut Rng) -> (Vec<Account>, Vec<Transaction>)>;

impl Bank {
    pub(super) fn open(settings: Settings) -> Self {
        let seed = settings.seed;
        Self {
            defaults: settings.defaults.clone(),
            webhook_policy: settings.webhooks.clone(),
            settings,
            items: Vec::new(),
            links: Vec::new(),
            keys: KeyRing::new(generator(seed, "keys"), Timestamp::now().as_second()),
            limits: Limits::default(),
            failures: Failures::default(),
            requests: RequestLog::default(),
            deliveries: Deliveries::default(),
            outbox: Vec::new(),
            staged: Vec::new(),
            tokens: generator(seed, "tokens"),
            request_ids: generator(seed, "requests"),
            opened: 0,
        }
    }

    /// As at the start. Deliveries under way keep their numbers.
    pub(super) fn reset(&mut self) {
        let mut deliveries = std::mem::take(&mut self.deliveries);
        deliveries.forget();
        *self = Self {
            deliveries,
            ..Self::open(self.settings.clone())
        };
    }

    pub(super) fn request_id(&mut self) -> String {
        identifier(&mut self.request_ids, 15)
    }

    pub(super) fn access_token(&mut self) -> String {
        format!("access-sandbox-{}", uuid(&mut self.tokens))
    }

    pub(super) fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The Item that this access token opens, removed or not.
    pub(super) fn by_access_token(&self, token: &str) -> Result<usize, PlaidError> {
        if !token.starts_with("access-sandbox-") {
            return Err(PlaidError::saying(
                "INVALID_ACCESS_TOKEN",
                "provided access token is in an invalid format. expected format: access-<environment>-<identifier>",
            ));
        }
        self.items
            .iter()
            .position(|item| item.access_token.as_deref() == Some(token))
            .ok_or_else(|| PlaidError::of("INVALID_ACCESS_TOKEN"))
    }

    /// An opening by the defaults.
    pub(super) fn opening(&self, institution: &'static Institution) -> Opening {
        let defaults = &self.defaults;
        Opening {
            institution,
            products: Vec::new(),
            consented_products: Vec::new(),
            webhook: None,
            username: "user_good".to_owned(),
            transactions: defaults.transactions,
            days: days(defaults.months),
            stage: defaults.ready,
            stage_millis: defaults.stage_millis,
            public_token: None,
            custom: None,
        }
    }

    /// Makes an Item. Its products are what was asked for and what the defaults add.
    pub(super) fn open_item(&mut self, opening: Opening) -> &mut Item {
        self.opened += 1;
        let mut rng = generator(self.settings.seed, ("item", self.opened));
        let (accounts, rows) = if let Some(fill) = opening.custom {
            fill(&mut rng)
        } else {
            let templates = opening.institution.accounts.iter();
            let accounts: Vec<Account> = templates
                .map(|template| Account::open(&mut rng, template))
                .collect();
            let window = Window::ending(self.settings.today, opening.days);
            let rows = history::write(&mut rng, &accounts, window, opening.transactions);
            (accounts, rows)
        };
        let recent = Window::ending(self.settings.today, INITIAL_DAYS).first;
        let (history, initial) = rows.into_iter().partition(|row| row.date < recent);
        let mut products = opening.products;
        products.extend(self.defaults.products.iter().cloned());
        let mut consented = consent(&products, &opening.consented_products);
        consented.extend(self.defaults.consented_products.iter().cloned());
        let now = Timestamp::now();
        let public_token = opening
            .public_token
            .unwrap_or_else(|| format!("public-sandbox-{}", uuid(&mut self.tokens)));
        let mut item = Item {
            id: identifier(&mut rng, 37),
            public_token,
            public_token_expires: now + PUBLIC_TOKEN_LIFE,
            access_token: None,
            removed: false,
            institution: opening.institution,
            username: opening.username,
            products: distinct(products),
            consented_products: distinct(consented),
            webhook: opening.webhook,
            error: None,
            consent_expiration_time: None,
            created_at: now,
            accounts,
            ledger: Ledger::default(),
            stage: Stage::NotReady,
            unread: Unread { initial, history },
            sync_called: false,
            mutation: Mutation::Off,
            wealth: Wealth::default(),
            last_update: None,
            last_webhook: None,
            rng,
        };
        // What is there from the start is not announced before the client knows the Item.
        while item.stage < opening.stage {
            item.advance(&mut Vec::new());
        }
        if let Some(millis) = opening
            .stage_millis
            .filter(|_| item.stage < Stage::Historical)
        {
            self.staged.push((item.id.clone(), millis));
        }
        self.items.push(item);
        let last = self.items.len() - 1;
        self.items.get_mut(last).expect("it was just pushed")
    }
}

/// About so many days.
pub(super) fn days(months: i32) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "a few thousand at most")]
    let days = (f64::from(months.clamp(1, 1_200)) * DAYS_A_MONTH).round() as i32;
    days
}

/// Plaid lists every product whose data the person consented to share, not only those asked for.
fn consent(products: &[String], additional: &[String]) -> Vec<String> {
    let mut consented = Vec::new();
    for product in products.iter().chain(additional) {
        consented.push(product.clone());
        let along: &[&str] = match product.as_str() {
            "transactions" => &["recurring_transactions", "transactions_refresh"],
            "auth" => &["transfer", "signal"],
            "identity" => &["identity_match"],
            _ => &[],
        };
        consented.extend(along.iter().map(|product| (*product).to_owned()));
    }
    if !consented.is_empty() {
        consented.extend(["balance".to_owned(), "balance_plus".to_owned()]);
    }
    consented
}

fn distinct(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names.dedup();
    names
}
