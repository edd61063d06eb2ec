//! Plaid's sandbox institutions, and the accounts that a person has at each.

use serde_json::{Value, json};

use super::currency::{BTC, Currency, ETH, EUR, GBP, JPY, KWD, USD};

/// A bank.
pub(super) struct Institution {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    url: &'static str,
    colour: &'static str,
    pub(super) oauth: bool,
    countries: &'static [&'static str],
    routing_numbers: &'static [&'static str],
    pub(super) products: &'static [&'static str],
    pub(super) accounts: &'static [Template],
}

/// An account as it is opened.
pub(super) struct Template {
    pub(super) name: &'static str,
    pub(super) official_name: &'static str,
    pub(super) mask: &'static str,
    pub(super) kind: &'static str,
    pub(super) subtype: &'static str,
    pub(super) currency: Currency,
    /// In minor units.
    pub(super) available: Option<i64>,
    pub(super) current: i64,
    pub(super) limit: Option<i64>,
}

const fn account(
    mask: &'static str,
    (kind, subtype): (&'static str, &'static str),
    (name, official_name): (&'static str, &'static str),
    currency: Currency,
    (available, current, limit): (Option<i64>, i64, Option<i64>),
) -> Template {
    Template {
        name,
        official_name,
        mask,
        kind,
        subtype,
        currency,
        available,
        current,
        limit,
    }
}

const CHECKING: (&str, &str) = ("depository", "checking");
const SAVINGS: (&str, &str) = ("depository", "savings");
const CARD: (&str, &str) = ("credit", "credit card");

const EVERYTHING: &[&str] = &[
    "assets",
    "auth",
    "balance",
    "identity",
    "investments",
    "liabilities",
    "recurring_transactions",
    "signal",
    "transactions",
    "transactions_refresh",
    "transfer",
];
const CURRENT_ONLY: &[&str] = &[
    "auth",
    "balance",
    "identity",
    "liabilities",
    "recurring_transactions",
    "transactions",
    "transactions_refresh",
    "transfer",
];

#[rustfmt::skip]
pub(super) static ALL: [Institution; 6] = [
    Institution {
        id: "ins_109508",
        name: "First Platypus Bank",
        url: "https://plaid.com",
        colour: "#1f1f1f",
        oauth: false,
        countries: &["US"],
        routing_numbers: &["110000000"],
        products: EVERYTHING,
        accounts: &[
            account("0000", CHECKING, ("Plaid Checking", "Plaid Gold Standard 0% Interest Checking"), USD, (Some(10_000), 11_000, None)),
            account("1111", SAVINGS, ("Plaid Saving", "Plaid Silver Standard 0.1% Interest Saving"), USD, (Some(20_000), 21_000, None)),
            account("2222", ("depository", "cd"), ("Plaid CD", "Plaid Bronze Standard 0.2% Interest CD"), USD, (None, 100_000, None)),
            account("3333", CARD, ("Plaid Credit Card", "Plaid Diamond 12.5% APR Interest Credit Card"), USD, (None, 41_000, Some(200_000))),
            account("4444", ("depository", "money market"), ("Plaid Money Market", "Plaid Platinum Standard 1.85% Interest Money Market"), USD, (Some(4_320_000), 4_320_000, None)),
            account("5555", ("investment", "ira"), ("Plaid IRA", "Plaid Individual Retirement Account"), USD, (None, 32_076, None)),
            account("6666", ("investment", "401k"), ("Plaid 401k", "Plaid Four-O-One K"), USD, (None, 2_363_198, None)),
            account("7777", ("loan", "student"), ("Plaid Student Loan", "Plaid Student Loan"), USD, (None, 6_526_200, None)),
            account("8888", ("loan", "mortgage"), ("Plaid Mortgage", "Plaid Mortgage"), USD, (None, 5_630_206, None)),
        ],
    },
    Institution {
        id: "ins_109509",
        name: "First Gingham Credit Union",
        url: "https://plaid.com",
        colour: "#5a7fb5",
        oauth: false,
        countries: &["US"],
        routing_numbers: &["110000001"],
        products: CURRENT_ONLY,
        accounts: &[
            account("0001", CHECKING, ("Gingham Checking", "Gingham Everyday Checking"), USD, (Some(184_219), 190_004, None)),
            account("1112", SAVINGS, ("Gingham Share Savings", "Gingham Member Share Savings"), USD, (Some(1_250_000), 1_250_000, None)),
            account("3334", CARD, ("Gingham Visa", "Gingham Platinum Visa"), USD, (Some(361_805), 138_195, Some(500_000))),
        ],
    },
    Institution {
        id: "ins_109510",
        name: "Tattersall Federal Credit Union",
        url: "https://plaid.com",
        colour: "#7b4f2c",
        oauth: false,
        countries: &["US"],
        routing_numbers: &["110000002"],
        products: EVERYTHING,
        accounts: &[
            account("0002", CHECKING, ("Tattersall Checking", "Tattersall Free Checking"), USD, (Some(92_044), 92_044, None)),
            account("5556", ("investment", "brokerage"), ("Tattersall Brokerage", "Tattersall Self-Directed Brokerage"), USD, (Some(51_239), 8_412_977, None)),
        ],
    },
    Institution {
        id: "ins_109511",
        name: "Tartan Bank",
        url: "https://plaid.com",
        colour: "#0f5132",
        oauth: false,
        countries: &["US", "GB", "DE", "FR"],
        routing_numbers: &["110000003"],
        products: CURRENT_ONLY,
        accounts: &[
            account("0392", CHECKING, ("円普通預金", "Tartan Yen Account"), JPY, (Some(482_310), 482_310, None)),
            account("0414", CHECKING, ("Tartan Dinar", "Tartan Kuwaiti Dinar Account"), KWD, (Some(1_204_375), 1_204_375, None)),
            account("0978", CHECKING, ("Tartan Girokonto", "Tartan Euro Account"), EUR, (Some(341_907), 352_050, None)),
            account("0826", CHECKING, ("Tartan Current Account", "Tartan Sterling Account"), GBP, (Some(119_942), 119_942, Some(50_000))),
        ],
    },
    Institution {
        id: "ins_109512",
        name: "Houndstooth Bank",
        url: "https://plaid.com",
        colour: "#333333",
        oauth: false,
        countries: &["US"],
        routing_numbers: &["110000004"],
        products: CURRENT_ONLY,
        accounts: &[
            account("0003", CHECKING, ("Houndstooth Checking", "Houndstooth Plain Checking"), USD, (Some(77_310), 80_000, None)),
            account("0021", ("depository", "cash management"), ("Bitcoin Wallet", "Houndstooth Bitcoin Wallet"), BTC, (Some(12_345_678), 12_345_678, None)),
            account("0060", ("depository", "cash management"), ("Ether Wallet", "Houndstooth Ether Wallet"), ETH, (Some(250_000_000), 250_000_001, None)),
        ],
    },
    Institution {
        id: "ins_127287",
        name: "Platypus OAuth Bank",
        url: "https://plaid.com",
        colour: "#1f1f1f",
        oauth: true,
        countries: &["US", "GB"],
        routing_numbers: &["110000005"],
        products: EVERYTHING,
        accounts: &[
            account("0004", CHECKING, ("OAuth Checking", "Platypus OAuth Checking"), USD, (Some(301_055), 310_000, None)),
            account("1114", SAVINGS, ("OAuth Savings", "Platypus OAuth Savings"), USD, (Some(640_000), 640_000, None)),
        ],
    },
];

/// The institution of this id.
pub(super) fn find(id: &str) -> Option<&'static Institution> {
    ALL.iter().find(|institution| institution.id == id)
}

impl Institution {
    /// The schema's `Institution`.
    pub(super) fn describe(&self, optional_metadata: bool) -> Value {
        let mut described = json!({
            "institution_id": self.id,
            "name": self.name,
            "products": self.products,
            "country_codes": self.countries,
            "routing_numbers": self.routing_numbers,
            "dtc_numbers": [],
            "oauth": self.oauth,
        });
        if optional_metadata && let Some(members) = described.as_object_mut() {
            members.insert("url".to_owned(), json!(self.url));
            members.insert("primary_color".to_owned(), json!(self.colour));
            members.insert("logo".to_owned(), Value::Null);
        }
        described
    }

    pub(super) fn serves(&self, countries: &[String]) -> bool {
        countries
            .iter()
            .any(|country| self.countries.contains(&country.as_str()))
    }
}
