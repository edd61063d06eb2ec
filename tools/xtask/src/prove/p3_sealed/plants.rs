//! What is planted where. Each value is long and odd enough that finding it is no accident.

use super::super::traces::Value;

pub(super) const BROWSER: &str = "PlantedBrowser/7.31 (Xyloband; rv:941.2)";
pub(super) const ADDRESS: &str = "203.0.113.219";
/// Where the real browser is.
pub(super) const BROWSERS_ADDRESS: &str = "127.0.0.1";
pub(super) const SEARCHED: &str = "planted-needle-quagmire";
pub(super) const WRONG_PASSWORD: &str = "a planted guess at midnight 7741";
pub(super) const LINK_KEY: &str = "planted-link-key-4c1f9a";
pub(super) const ITEM_KEY: &str = "planted-item-key-93bd07";
pub(super) const SIGN_UP_KEY: &str = "planted-sign-up-key-e08a55";
pub(super) const TOKEN_NAME: &str = "Planted spreadsheet of Zanzibar";
pub(super) const NEW_EMAIL: &str = "Chrysoprase.Dotterel@Planted-Mail.example";
pub(super) const BANK_USER: &str = "planted-bank-user-mirabelle";
pub(super) const OWN_CATEGORY: &str = "Planted Sourdough Philately";
pub(super) const NOTE: &str = "planted: for the godmother in Ljubljana";
pub(super) const TAG: &str = "planted-tag-periwinkle";

/// An account as the bank has it.
pub(super) struct Account {
    pub(super) name: &'static str,
    pub(super) official_name: &'static str,
    pub(super) mask: &'static str,
    /// Major units; in minor ones above 2^48, which SQLite stores in eight bytes.
    pub(super) available: f64,
    pub(super) current: f64,
}

pub(super) const ACCOUNTS: [Account; 2] = [
    Account {
        name: "Planted Wren Checking",
        official_name: "Planted Ornithological Current Account of Distinction",
        mask: "Q7X4VB9K",
        available: 9_142_861_535_773.31,
        current: 9_152_861_535_774.42,
    },
    Account {
        name: "Planted Plover Savings",
        official_name: "Planted Wader Deposit, Tidal Edition",
        mask: "Z3W8TJ5M",
        available: 9_162_861_535_775.53,
        current: 9_172_861_535_776.64,
    },
];

/// A transaction as the bank books it.
pub(super) struct Booking {
    pub(super) name: &'static str,
    pub(super) merchant: &'static str,
    pub(super) description: &'static str,
    pub(super) amount: f64,
    pub(super) date: &'static str,
    pub(super) authorized: &'static str,
    pub(super) category: &'static str,
    pub(super) detail: &'static str,
    pub(super) pending: bool,
}

/// Those there are from the start, and one that a webhook brings.
pub(super) const BOOKINGS: [Booking; 3] = [
    Booking {
        name: "Planted Café Zwölfuhr",
        merchant: "Zwölfuhr Kaffeehaus GmbH (planted)",
        description: "PLANTED*ZWOELFUHR 00917 WIEN",
        amount: 9_237_428_615_357.19,
        date: "2025-03-07",
        authorized: "2025-03-05",
        category: "PLANTED_PRIMARY_QUAGGA",
        detail: "PLANTED_DETAIL_OKAPI",
        pending: false,
    },
    Booking {
        name: "Planted Lantern Repairs",
        merchant: "Lantern & Wick (planted)",
        description: "PLANTED*LANTERN/WICK 55120",
        amount: -9_337_428_615_358.28,
        date: "2025-04-11",
        authorized: "2025-04-09",
        category: "PLANTED_PRIMARY_TAPIR",
        detail: "PLANTED_DETAIL_SAIGA",
        pending: true,
    },
    Booking {
        name: "Planted Webhook Bakery",
        merchant: "Brot & Botschaft (planted)",
        description: "PLANTED*BROT 31337",
        amount: 9_437_428_615_359.37,
        date: "2025-05-23",
        authorized: "2025-05-21",
        category: "PLANTED_PRIMARY_DIKDIK",
        detail: "PLANTED_DETAIL_GERENUK",
        pending: false,
    },
];

/// All that was planted.
#[derive(Default)]
pub(super) struct Plants {
    sealed: Vec<Value>,
    never_kept: Vec<Value>,
}

impl Plants {
    /// Kept by the service, sealed.
    pub(super) fn seal(&mut self, what: &str, text: &str) {
        self.sealed.push(value(what, text));
    }

    /// Passes through, and is not to be kept in any form.
    pub(super) fn pass(&mut self, what: &str, text: &str) {
        self.never_kept.push(value(what, text));
    }

    pub(super) fn sealed(&self) -> Vec<Value> {
        self.sealed.clone()
    }

    pub(super) fn never_kept(&self) -> Vec<Value> {
        self.never_kept.clone()
    }
}

fn value(what: &str, text: &str) -> Value {
    Value {
        what: format!("{what} {text:?}"),
        text: text.to_owned(),
    }
}

/// An amount as the service keeps it: hundredths, as an integer.
pub(super) fn minor_units(amount: f64) -> String {
    format!("{amount:.2}").replace('.', "")
}
