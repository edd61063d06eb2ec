//! What billing needs to know. Without Stripe's key there is no billing: nobody pays,
//! and nobody is held to a limit.

use stripe::{SecretKey, webhook::SigningSecret};

use crate::platform::Bindings;

/// Connections that a person may have for nothing, where nothing else is said.
const FREE_CONNECTIONS: u32 = 2;

/// The variables `STRIPE_*` and `FREE_CONNECTIONS`, checked.
pub(crate) struct BillingConfig {
    pub(crate) base_url: String,
    pub(crate) key: SecretKey,
    /// Several while one is being rolled.
    pub(crate) webhook_secrets: Vec<SigningSecret>,
    /// What can be subscribed to, in the order they were named.
    pub(crate) offers: Vec<Offer>,
    pub(crate) trial_days: Option<u32>,
    pub(crate) free_connections: u32,
}

/// A price of Stripe's, and our name for it.
pub(crate) struct Offer {
    pub(crate) name: String,
    pub(crate) price: String,
}

impl BillingConfig {
    /// None without `STRIPE_SECRET_KEY`. What is wrong is added to `wrong`, by name.
    pub(crate) fn read(bindings: &Bindings, wrong: &mut Vec<String>) -> Option<Self> {
        let key = bindings.variable("STRIPE_SECRET_KEY")?;
        let mut refuse = |name: &str, what: &str| wrong.push(format!("{name} {what}"));
        let key = SecretKey::new(key);
        if key.is_none() {
            refuse("STRIPE_SECRET_KEY", "cannot be sent");
        }
        let secrets = bindings
            .variable("STRIPE_WEBHOOK_SECRETS")
            .unwrap_or_default();
        let secrets: Option<Vec<_>> = secrets
            .split_whitespace()
            .map(|secret| SigningSecret::new(secret.to_owned()))
            .collect();
        if secrets.as_ref().is_none_or(Vec::is_empty) {
            refuse("STRIPE_WEBHOOK_SECRETS", "names no secret");
        }
        let offers = offers(&bindings.variable("STRIPE_PRICES").unwrap_or_default());
        if offers.is_none() {
            refuse("STRIPE_PRICES", "is no list of name=price");
        }
        let mut number = |name: &str| {
            let text = bindings.variable(name)?;
            let number = text.parse().ok();
            if number.is_none() {
                refuse(name, "is no number");
            }
            number
        };
        let (trial_days, free) = (number("STRIPE_TRIAL_DAYS"), number("FREE_CONNECTIONS"));
        Some(Self {
            base_url: bindings
                .variable("STRIPE_BASE_URL")
                .unwrap_or_else(|| "https://api.stripe.com".into()),
            key: key?,
            webhook_secrets: secrets?,
            offers: offers?,
            trial_days: trial_days.filter(|days| *days > 0),
            free_connections: free.unwrap_or(FREE_CONNECTIONS),
        })
    }

    /// The name of a price, where it is one of the offers.
    pub(crate) fn offer_of(&self, price: &str) -> Option<&str> {
        let offer = self.offers.iter().find(|offer| offer.price == price)?;
        Some(&offer.name)
    }
}

/// `monthly=price_1 yearly=price_2`; none where it is not of this form or empty.
fn offers(text: &str) -> Option<Vec<Offer>> {
    let mut offers: Vec<Offer> = Vec::new();
    for word in text.split_whitespace() {
        let (name, price) = word.split_once('=')?;
        let is_taken = offers.iter().any(|offer| offer.name == name);
        if name.is_empty() || price.is_empty() || is_taken {
            return None;
        }
        offers.push(Offer {
            name: name.to_owned(),
            price: price.to_owned(),
        });
    }
    (!offers.is_empty()).then_some(offers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_keep_their_order_and_no_name_stands_twice() {
        let read = offers("monthly=price_1  yearly=price_2").unwrap();
        let names: Vec<_> = read.iter().map(|offer| offer.name.as_str()).collect();
        assert_eq!(names, ["monthly", "yearly"]);
        for wrong in ["", "monthly", "=price_1", "monthly=", "a=price_1 a=price_2"] {
            assert!(offers(wrong).is_none(), "{wrong:?}");
        }
    }
}
