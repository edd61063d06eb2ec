//! A life with something planted in each of its days: applicants, accounts, banks, sessions,
//! factors, searches, webhooks, and a farewell.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::super::instance::{Applicant, Instance, Link, confirm, sign_in};
use super::plants::{
    ACCOUNTS, ADDRESS, BANK_USER, BOOKINGS, BROWSER, Booking, ITEM_KEY, LINK_KEY, NOTE,
    OWN_CATEGORY, Plants, SEARCHED, SIGN_UP_KEY, TAG, WRONG_PASSWORD, minor_units,
};
use super::safety;
use crate::client::{Client, Request, elements, string};

const ADA: Applicant = Applicant {
    email: "Quetzal.Ferrous@Planted-Mail.example",
    name: "Zinaïda Quartzhammer",
    password: "a planted Würzburg lullaby 5526",
};
/// Never confirms.
const PENDING: Applicant = Applicant {
    email: "Obsidian.Merganser@Planted-Mail.example",
    name: "Thaddeus Plantworthy",
    password: "a planted Antwerp nocturne 8813",
};

pub(super) struct Life {
    pub(super) plants: Plants,
    /// Of her, in her browser.
    person: Client,
    /// Our ids of the two connections.
    items: [String; 2],
    /// Plaid's id of the first.
    plaid_item: String,
}

impl Life {
    /// Everything up to the first bookings that a webhook brought.
    pub(super) fn begin(instance: &Instance) -> Result<Self> {
        let mut plants = Plants::default();
        plants.seal("a user agent", BROWSER);
        plants.seal("an address", ADDRESS);
        let browser = instance
            .balance
            .with("user-agent", BROWSER)
            .with("cf-connecting-ip", ADDRESS);
        let token = account(instance, &browser, &mut plants)?;
        let person = browser.with_token(&token);
        let sessions = person.get("/v1/sessions")?.expect(200)?;
        ensure!(
            string(&sessions, "/data/0/ip")? == ADDRESS,
            "the planted address did not arrive"
        );

        safety::of_a_browser(instance)?;
        safety::of_ada(instance, &person, &ADA, &mut plants)?;
        safety::leave(instance, &mut plants)?;
        subscribe(instance, &person, &mut plants)?;

        let link = connect(instance, &person, &mut plants)?;
        let first = link.0;
        for booking in BOOKINGS {
            plant(&mut plants, &booking);
        }
        let [_, _, late] = &BOOKINGS;
        let booked = instance.book(&link.1.item, &json!({"add": [draft(late, None)]}))?;
        instance.until_found(&person, late.name)?;
        plants.pass("a transaction's id at Plaid", &string(&booked, "/added/0")?);
        say(instance, &person, late.name, &mut plants)?;
        warn(instance, &person, (&first, &link.1.item), &mut plants)?;
        plants.pass("a search", SEARCHED);
        let searched = person
            .post("/v1/transactions/search", &json!({"text": SEARCHED}))?
            .expect(200)?;
        ensure!(
            elements(&searched, "/data").is_empty(),
            "the needle was found"
        );
        // The cursor as of now; and the second bank, whose rows go in the end.
        let truth = instance
            .plaid
            .get(&format!("/_control/items/{}/truth", link.1.item))?
            .expect(200)?;
        plants.seal("a cursor", &string(&truth, "/cursor")?);
        let second = second_bank(instance, &person, &mut plants)?;
        Ok(Self {
            plants,
            person,
            items: [first, second],
            plaid_item: link.1.item,
        })
    }

    /// After a restart: the same again, so that everything is written anew.
    pub(super) fn go_on(&self, instance: &Instance) -> Result<()> {
        let [first, _] = &self.items;
        instance.plaid.delete("/_control/fail")?.expect(200)?;
        let update = json!({"add": 40, "modify": [], "webhooks": true});
        instance.book(&self.plaid_item, &update)?;
        self.person
            .post(&format!("/v1/items/{first}/sync"), &json!({}))?
            .expect(200)?;
        // By now she has a second factor.
        sign_in(&instance.balance.with("user-agent", BROWSER), &ADA)?.expect(202)?;
        let [early, ..] = &BOOKINGS;
        instance.until_found(&self.person, early.name)
    }

    /// Unlinks the second bank: what is deleted stays in the file for a while, sealed as it was.
    pub(super) fn end(&self) -> Result<()> {
        let [_, second] = &self.items;
        self.person
            .delete(&format!("/v1/items/{second}"))?
            .expect(204)?;
        self.person.get("/v1/transactions")?.expect(200)?;
        Ok(())
    }
}

/// Two sign-ups, one confirmation, a wrong password and a sign-in.
fn account(instance: &Instance, browser: &Client, plants: &mut Plants) -> Result<String> {
    for applicant in [&ADA, &PENDING] {
        plants.seal("an email", applicant.email);
        plants.seal("an email as compared", &applicant.email.to_lowercase());
        plants.seal("a name", applicant.name);
        plants.pass("a password", applicant.password);
        let body = json!({"email": applicant.email, "name": applicant.name, "password": applicant.password});
        let request = Request::post("/v1/users", &body);
        let key = format!("{SIGN_UP_KEY}-{}", applicant.name.len());
        browser
            .send(&request.field("idempotency-key", &key))?
            .expect(202)?;
        plants.pass("an idempotency key", &key);
        plants.pass("a mailed code", &instance.code(applicant.email)?);
    }
    let confirmed = confirm(browser, &instance.code(ADA.email)?, &ADA)?;
    confirmed.expect(201)?;
    plants.pass("a session's token", &confirmed.string("/session/token")?);
    plants.pass("a wrong password", WRONG_PASSWORD);
    let guess = Applicant {
        password: WRONG_PASSWORD,
        ..ADA
    };
    sign_in(browser, &guess)?.expect(401)?;
    let unknown = Applicant {
        email: "nobody@planted-mail.example",
        ..guess
    };
    plants.pass("an unknown email", unknown.email);
    sign_in(browser, &unknown)?.expect(401)?;
    let signed_in = sign_in(browser, &ADA)?;
    signed_in.expect(201)?;
    let token = signed_in.string("/token")?;
    plants.pass("a session's token", &token);
    Ok(token)
}

/// A subscription: what Stripe calls her and it.
fn subscribe(instance: &Instance, person: &Client, plants: &mut Plants) -> Result<()> {
    let offer = json!({"offer": "yearly"});
    let page = person.post("/v1/billing/checkout", &offer)?;
    plants.pass(
        "a page to pay on",
        &page.expect(201).and(page.string("/url"))?,
    );
    let me = person.get("/v1/me")?.string("/id")?;
    let hers = format!("/_control/truth?user={me}");
    let customer = instance.stripe.get(&hers)?.string("/customer/id")?;
    let paid = json!({"customer": customer, "price": "price_yearly"});
    let paid = instance.stripe.post("/_control/subscriptions", &paid)?;
    plants.seal("a customer's id at Stripe", &customer);
    plants.seal("a subscription's id at Stripe", &paid.string("/id")?);
    instance.eventually("the plan has changed", || {
        let plan = person.get("/v1/billing/subscription")?;
        Ok(plan.string("/plan")? == "plus")
    })
}

/// The first bank, with accounts and bookings of ours. Gives our id of it, and Link's word.
fn connect(instance: &Instance, person: &Client, plants: &mut Plants) -> Result<(String, Link)> {
    let request = Request::post("/v1/link-tokens", &json!({})).field("idempotency-key", LINK_KEY);
    let made = person.send(&request)?;
    made.expect(201)?;
    plants.pass("an idempotency key", LINK_KEY);
    let link_token = made.string("/link_token")?;
    // Part of the reply that is kept for the key.
    plants.seal("a Link token", &link_token);
    let how = json!({"institution_id": "ins_109509", "username": BANK_USER, "transactions": 120});
    let link = instance.play_link(&link_token, &how)?;
    plants.pass("a bank's user name", BANK_USER);
    plants.pass("a public token", &link.public_token);
    plants.seal("an institution", "First Gingham Credit Union");
    plants.seal("an institution's id", "ins_109509");
    plants.seal("an Item's id at Plaid", &link.item);

    let accounts = elements(&link.metadata, "/accounts");
    let mut picked = Vec::new();
    for (account, planted) in accounts.iter().zip(&ACCOUNTS) {
        let id = string(account, "/id")?;
        let path = format!("/_control/items/{}/accounts/{id}", link.item);
        let body = json!({
            "name": planted.name,
            "official_name": planted.official_name,
            "mask": planted.mask,
            "available": planted.available,
            "current": planted.current,
        });
        let request = Request {
            method: "PATCH",
            ..Request::post(&path, &body)
        };
        instance.plaid.send(&request)?.expect(200)?;
        picked.push(json!({"name": planted.name, "mask": planted.mask}));
        plants.seal("an account's id at Plaid", &id);
        plants.seal("an account's name", planted.name);
        plants.seal("an account's official name", planted.official_name);
        plants.seal("a mask", planted.mask);
        plants.seal("a balance", &minor_units(planted.available));
        plants.seal("a balance", &minor_units(planted.current));
    }
    ensure!(
        picked.len() == ACCOUNTS.len(),
        "the bank has too few accounts"
    );
    let checking = string(accounts.first().context("no account")?, "/id")?;
    let [one, two, _] = &BOOKINGS;
    let drafts = [draft(one, Some(&checking)), draft(two, Some(&checking))];
    let booked = instance.book(&link.item, &json!({"add": drafts}))?;
    for id in elements(&booked, "/added").iter().filter_map(Value::as_str) {
        plants.pass("a transaction's id at Plaid", id);
    }

    let institution = link.metadata.pointer("/institution/institution_id");
    let body = json!({
        "public_token": link.public_token,
        "institution": {"institution_id": institution},
        "accounts": picked,
    });
    let request = Request::post("/v1/items", &body).field("idempotency-key", ITEM_KEY);
    let made = person.send(&request)?;
    made.expect(201)?;
    plants.pass("an idempotency key", ITEM_KEY);
    plants.seal(
        "an access token",
        &string(&instance.item(&link.item)?, "/access_token")?,
    );
    Ok((made.string("/id")?, link))
}

/// A category, a note and a tag of her own, and totals that are made with them.
fn say(instance: &Instance, person: &Client, of: &str, plants: &mut Plants) -> Result<()> {
    let found = person.post("/v1/transactions/search", &json!({"text": of}))?;
    let path = format!("/v1/transactions/{}", found.string("/data/0/id")?);
    let own = json!({"corrected_category": OWN_CATEGORY, "note": NOTE, "tags": [TAG]});
    let request = Request {
        method: "PATCH",
        ..Request::post(&path, &own)
    };
    person.send(&request)?.expect(200)?;
    plants.seal("a category of her own", OWN_CATEGORY);
    plants.seal("a note", NOTE);
    plants.seal("a tag", TAG);
    instance.eventually("totals with her category", || {
        let flow = person.get("/v1/cash-flow?from=2025-03&to=2025-05")?;
        Ok(flow.expect(200)?.to_string().contains(OWN_CATEGORY))
    })
}

/// A bank that says when it will end the connection.
fn warn(
    instance: &Instance,
    person: &Client,
    (item, plaid_item): (&str, &str),
    plants: &mut Plants,
) -> Result<()> {
    let event = json!({"item_id": plaid_item, "code": "PENDING_DISCONNECT"});
    instance
        .plaid
        .post("/_control/webhooks/fire", &event)?
        .expect(200)?;
    let path = format!("/v1/items/{item}");
    instance.eventually("a warning with a date", || {
        let shown = person.get(&path)?.expect(200)?;
        Ok(shown.pointer("/warnings/0/at").is_some())
    })?;
    let at = person.get(&path)?.string("/warnings/0/at")?;
    plants.seal("when a connection ends", &at);
    Ok(())
}

/// The second bank, which stops answering in the middle of its sixth page: four were read while
/// the person waited, one more by a message. What is staged is in the database, and where the
/// sync stands.
fn second_bank(instance: &Instance, person: &Client, plants: &mut Plants) -> Result<String> {
    const PAGES: usize = 5;
    let how = json!({"institution_id": "ins_109511", "transactions": (PAGES + 1) * 500});
    let link = instance.link(person, &how)?;
    let hangs = json!({"endpoint": "/transactions/sync", "item_id": link.item, "mode": "hang", "skip": PAGES});
    instance.plaid.post("/_control/fail", &hangs)?.expect(200)?;
    let made = person.post("/v1/items", &json!({"public_token": link.public_token}))?;
    made.expect(201)?;
    plants.pass("a public token", &link.public_token);
    plants.seal("an Item's id at Plaid", &link.item);
    plants.seal(
        "an access token",
        &string(&instance.item(&link.item)?, "/access_token")?,
    );
    instance.eventually("the page that hangs", || {
        let log = instance.plaid.get("/_control/requests")?.expect(200)?;
        let pages = elements(&log, "/requests").iter().filter(|request| {
            request
                .get("path")
                .is_some_and(|path| path == "/transactions/sync")
                && request.get("item_id").and_then(Value::as_str) == Some(&link.item)
        });
        Ok(pages.count() > PAGES)
    })?;
    made.string("/id")
}

fn draft(booking: &Booking, account: Option<&str>) -> Value {
    json!({
        "account_id": account,
        "name": booking.name,
        "merchant_name": booking.merchant,
        "original_description": booking.description,
        "amount": booking.amount,
        "date": booking.date,
        "authorized_date": booking.authorized,
        "pending": booking.pending,
        "category": {
            "primary": booking.category,
            "detailed": booking.detail,
            "confidence_level": "HIGH",
        },
    })
}

fn plant(plants: &mut Plants, booking: &Booking) {
    plants.seal("a transaction's name", booking.name);
    plants.seal("a merchant", booking.merchant);
    plants.seal("the bank's own words", booking.description);
    plants.seal("an amount", &minor_units(booking.amount));
    plants.seal("a date", booking.date);
    plants.seal("a date", booking.authorized);
    plants.seal("a month", booking.date.get(..7).unwrap_or_default());
    plants.seal("a category", booking.category);
    plants.seal("a category", booking.detail);
}
