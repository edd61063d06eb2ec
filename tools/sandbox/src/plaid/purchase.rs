//! One payment to one payee, as Plaid describes it.

use fastrand::Rng;
use jiff::civil::Date;

use super::accounts::Account;
use super::lexeme;
use super::merchants::Merchant;
use super::transaction::{Category, Counterparty, Location, Transaction, icon};
use crate::seed::identifier;

/// Street, city, region, postal code, latitude, longitude.
type Place = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    f64,
    f64,
);

const PLACES: [Place; 4] = [
    (
        "300 Post St",
        "San Francisco",
        "CA",
        "94108",
        37.7881,
        -122.4075,
    ),
    (
        "1425 Telegraph Ave",
        "Oakland",
        "CA",
        "94612",
        37.8065,
        -122.2711,
    ),
    (
        "201 S 4th St",
        "San Jose",
        "CA",
        "95112",
        37.3339,
        -121.8853,
    ),
    ("77 Broadway", "New York", "NY", "10006", 40.7076, -74.0119),
];

/// `cents` of a dollar, in the currency of the account.
pub(super) fn paid(
    rng: &mut Rng,
    account: &Account,
    merchant: &Merchant,
    cents: i64,
    date: Date,
) -> Transaction {
    let currency = account.currency;
    let logo = merchant.website.map(|site| {
        let name = site.split('.').next().unwrap_or(site);
        format!("https://plaid-merchant-logos.plaid.com/{name}_1.png")
    });
    let entity = merchant.website.map(|_| identifier(rng, 26));
    let website = merchant.website.map(str::to_owned);
    let in_store = merchant.channel == "in store";
    Transaction {
        amount: lexeme::number(currency.worth(cents), currency.scale),
        counterparties: vec![Counterparty {
            name: merchant.name.to_owned(),
            entity_id: entity.clone(),
            kind: counterparty(merchant.primary).to_owned(),
            website: website.clone(),
            logo_url: logo.clone(),
            confidence_level: confidence(entity.is_some()).to_owned(),
        }],
        iso_currency_code: currency.iso(),
        unofficial_currency_code: currency.unofficial(),
        location: if in_store {
            place(rng)
        } else {
            Location::default()
        },
        logo_url: logo,
        merchant_entity_id: entity.clone(),
        merchant_name: Some(merchant.name.to_owned()),
        name: merchant.description.to_owned(),
        original_description: Some(format!("POS DEBIT {}", merchant.description)),
        payment_channel: merchant.channel.to_owned(),
        personal_finance_category: Some(Category {
            primary: merchant.primary.to_owned(),
            detailed: merchant.detailed.to_owned(),
            confidence_level: confidence(entity.is_some()).to_owned(),
        }),
        personal_finance_category_icon_url: icon(merchant.primary),
        transaction_type: transaction_type(merchant.channel).to_owned(),
        website,
        ..Transaction::bare(identifier(rng, 37), account.account_id.clone(), date)
    }
}

fn confidence(known: bool) -> &'static str {
    if known { "VERY_HIGH" } else { "LOW" }
}

fn counterparty(primary: &str) -> &'static str {
    match primary {
        "INCOME" => "income_source",
        "TRANSFER_OUT" | "LOAN_PAYMENTS" => "financial_institution",
        _ => "merchant",
    }
}

fn transaction_type(channel: &str) -> &'static str {
    match channel {
        "online" => "digital",
        "in store" => "place",
        _ => "special",
    }
}

fn place(rng: &mut Rng) -> Location {
    let Some((address, city, region, postal_code, lat, lon)) = rng.choice(PLACES.iter()) else {
        return Location::default();
    };
    Location {
        address: Some((*address).to_owned()),
        city: Some((*city).to_owned()),
        region: Some((*region).to_owned()),
        postal_code: Some((*postal_code).to_owned()),
        country: Some("US".to_owned()),
        lat: Some(*lat),
        lon: Some(*lon),
        store_number: Some(rng.u16(100..9_999).to_string()),
    }
}
