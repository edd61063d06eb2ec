//! The controls of the Stripe stand-in: what is paid, what fails, which events come when.
//! Everything is said of one customer, so that tests beside one another do not meet.

use serde_json::{Value, json};

use crate::{Client, Person, Reply};

/// Everything behind Stripe.
#[derive(Clone)]
pub struct Stripe(Client);

/// One customer, as Stripe knows her.
#[derive(Clone)]
pub struct StripeCustomer {
    stripe: Client,
    pub id: String,
}

/// A card that pays.
pub const PAYS: &str = "4242 4242 4242 4242";
/// A card that is declined at once.
pub const DECLINED: &str = "4000 0000 0000 0002";
/// A card that can be saved and never charged.
pub const FAILS_LATER: &str = "4000000000000341";

impl Stripe {
    pub(crate) fn new(url: &str) -> Self {
        Self(Client::new(url, "127.0.0.1"))
    }

    /// What a person types into the page of Checkout, and what the page answers: 303 to
    /// the client, or itself again with the reason.
    pub fn pay(&self, checkout: &Reply, card: &str) -> Reply {
        let form = format!("email=ada%40stripe.example&card={}", card.replace(' ', "+"));
        let page = Self::path(&checkout.string("/url"));
        let form_type = "application/x-www-form-urlencoded";
        self.0.call("POST", &page).body(form_type, form).send()
    }

    /// A button of the portal.
    pub fn press(&self, portal: &Reply, form: &str) -> Reply {
        let page = Self::path(&portal.string("/url"));
        let form_type = "application/x-www-form-urlencoded";
        self.0
            .call("POST", &page)
            .body(form_type, form.to_owned())
            .send()
    }

    /// One of its own pages, as a path.
    fn path(url: &str) -> String {
        let rest = url
            .strip_prefix("http://")
            .expect("a page of the stand-in's");
        let (_, path) = rest.split_once('/').expect("a path");
        format!("/{path}")
    }

    /// The customer that a person is, once she is one.
    pub fn customer(&self, person: &Person) -> StripeCustomer {
        let truth = self.made_for(person);
        StripeCustomer {
            stripe: self.0.clone(),
            id: truth["customer"]["id"]
                .as_str()
                .expect("a customer")
                .to_owned(),
        }
    }

    /// What there is of a person: `customer`, `customers` (how many), `subscriptions`.
    pub fn made_for(&self, person: &Person) -> Value {
        self.0
            .get(&format!("/_control/truth?user={}", person.id))
            .expect(200)
    }

    /// Calls fail as the details say: `path`, `mode`, `about` …
    pub fn fail(&self, details: &Value) {
        self.0.post("/_control/fail", details).expect(200);
    }

    /// Nothing about this fails any more.
    pub fn heal(&self, about: &str) {
        self.0
            .delete(&format!("/_control/fail?about={about}"))
            .expect(200);
    }

    /// Signs and sends any body; the status it was answered with.
    pub fn send(&self, body: &str, manner: &Value) -> u64 {
        let asked = json!({"body": body, "manner": manner});
        let sent = self.0.post("/_control/send", &asked).expect(200);
        sent["status"].as_u64().expect("an answer")
    }

    /// The calls that name this: `method`, `target`, `headers`, `body`.
    pub fn calls_about(&self, about: &str) -> Vec<Value> {
        let log = self.0.get("/_control/requests").expect(200);
        let calls = log["requests"].as_array().expect("requests").iter();
        let is_about = |call: &&Value| call.to_string().contains(about);
        calls.filter(is_about).cloned().collect()
    }
}

impl StripeCustomer {
    fn control(&self, path: &str, asked: &Value) -> Value {
        self.stripe
            .post(&format!("/_control/{path}"), asked)
            .expect(200)
    }

    /// Whether her events come by themselves.
    pub fn deliver_events(&self, enabled: bool) {
        self.control(
            "webhooks",
            &json!({"customer": self.id, "enabled": enabled}),
        );
    }

    /// Ids of her events, oldest first.
    pub fn events(&self) -> Vec<String> {
        let path = format!("/_control/events?customer={}", self.id);
        let log = self.stripe.get(&path).expect(200);
        let events = log["events"].as_array().expect("events").iter();
        events
            .map(|event| event["id"].as_str().expect("an id").to_owned())
            .collect()
    }

    /// Sends events, in this order or all at once; the statuses they were answered with.
    pub fn deliver(&self, events: &[String], together: bool) -> Vec<u64> {
        self.deliver_so(events, together, &json!({}))
    }

    /// As [`Self::deliver`], signed in another manner.
    pub fn deliver_so(&self, events: &[String], together: bool, manner: &Value) -> Vec<u64> {
        let asked = json!({"events": events, "together": together, "manner": manner});
        let sent = self.control("deliver", &asked);
        let statuses = sent["statuses"].as_array().expect("statuses").iter();
        statuses
            .map(|status| status.as_u64().unwrap_or_default())
            .collect()
    }

    /// A subscription that was paid for somewhere.
    pub fn subscribe(&self) -> String {
        let begun = self.control("subscriptions", &json!({"customer": self.id}));
        begun["id"].as_str().expect("an id").to_owned()
    }

    /// Changes a subscription in any way; `silent`ly, as if the event were lost for good.
    pub fn change(&self, subscription: &str, members: &Value, silent: bool) {
        let asked = json!({"subscription": subscription, "members": members, "silent": silent});
        let path = "/_control/subscriptions";
        self.stripe
            .call("PATCH", path)
            .json(&asked)
            .send()
            .expect(200);
    }

    /// Her time passes. `details`: the card that renewals are tried with, what becomes of
    /// an unpaid one.
    pub fn advance(&self, days: i64, details: &Value) {
        let mut asked = json!({"customer": self.id, "seconds": days * 86_400});
        if let (Some(asked), Some(details)) = (asked.as_object_mut(), details.as_object()) {
            asked.extend(details.clone());
        }
        self.control("advance", &asked);
    }

    /// What there is of her: `customer` (null once deleted), `subscriptions`, newest first.
    pub fn truth(&self) -> Value {
        self.stripe
            .get(&format!("/_control/truth?customer={}", self.id))
            .expect(200)
    }
}
