//! Link tokens: `/link/token/create`, `/link/token/get`, and what a person does in Link.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::errors::PlaidError;
use super::{Call, Reply};
use crate::seed::uuid;

const LIFE: SignedDuration = SignedDuration::from_hours(4);
const LIFE_IN_UPDATE_MODE: SignedDuration = SignedDuration::from_mins(30);
const LANGUAGES: [&str; 17] = [
    "da", "nl", "en", "et", "fr", "de", "hi", "it", "lv", "lt", "no", "pl", "pt", "ro", "es", "sv",
    "vi",
];
/// Plaid's default where nobody asks for more.
const DEFAULT_DAYS: i32 = 90;

/// A token that opens Link.
pub(super) struct LinkToken {
    pub(super) token: String,
    pub(super) created_at: Timestamp,
    pub(super) expires: Timestamp,
    /// The Item to repair, in update mode.
    pub(super) repairs: Option<String>,
    pub(super) asked: Asked,
    pub(super) session: Option<Session>,
}

/// What a person did with it.
pub(super) struct Session {
    pub(super) id: String,
    pub(super) finished_at: Timestamp,
    pub(super) public_token: Option<String>,
    pub(super) metadata: Value,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    client_name: String,
    language: String,
    country_codes: Vec<String>,
    user: Option<User>,
    user_id: Option<String>,
    products: Option<Vec<String>>,
    required_if_supported_products: Option<Vec<String>>,
    optional_products: Option<Vec<String>>,
    additional_consented_products: Option<Vec<String>>,
    pub(super) webhook: Option<String>,
    access_token: Option<String>,
    redirect_uri: Option<String>,
    hosted_link: Option<Value>,
    #[serde(default)]
    transactions: History,
}

#[derive(Deserialize)]
struct User {
    client_user_id: String,
}

#[derive(Default, Deserialize)]
struct History {
    days_requested: Option<i32>,
}

impl Asked {
    /// What the Item will have: all that was asked for and that the institution supports.
    pub(super) fn products(&self, supported: &[&str]) -> Vec<String> {
        let optional = self
            .required_if_supported_products
            .iter()
            .chain(&self.optional_products)
            .flatten()
            .filter(|product| supported.contains(&product.as_str()));
        let required = self.products.iter().flatten();
        required.chain(optional).cloned().collect()
    }

    pub(super) fn consented_products(&self) -> Vec<String> {
        self.additional_consented_products
            .clone()
            .unwrap_or_default()
    }

    pub(super) fn days_requested(&self) -> i32 {
        self.transactions.days_requested.unwrap_or(DEFAULT_DAYS)
    }

    fn check(&self) -> Result<(), PlaidError> {
        let user = self.user.as_ref();
        if user.is_none() && self.user_id.is_none() {
            return Err(PlaidError::saying(
                "MISSING_FIELDS",
                "the following required fields are missing: user",
            ));
        }
        if user.is_some_and(|user| user.client_user_id.contains('@')) {
            return Err(PlaidError::field(
                "client_user_id should not contain personally identifiable information",
            ));
        }
        if !LANGUAGES.contains(&self.language.as_str()) {
            return Err(PlaidError::field("language must be a supported language"));
        }
        if self
            .redirect_uri
            .as_ref()
            .is_some_and(|uri| uri.contains('?'))
        {
            return Err(PlaidError::field(
                "redirect_uri must not contain query parameters",
            ));
        }
        let wants_products = self.products.as_ref().is_some_and(|list| !list.is_empty());
        match (self.access_token.is_some(), wants_products) {
            (false, false) => Err(PlaidError::field("products must be a non-empty array")),
            (true, true) => Err(PlaidError::field(
                "products must not be given in update mode",
            )),
            _ => self.check_products(),
        }
    }

    fn check_products(&self) -> Result<(), PlaidError> {
        // Plaid's own rule: these come with the others and are not asked for.
        const NOT_ASKED_FOR: [&str; 2] = ["balance", "recurring_transactions"];
        let products = self.products.iter().flatten();
        let consented = self.additional_consented_products.iter().flatten();
        let mut all = products.clone().chain(consented.clone());
        if let Some(product) = all.find(|product| NOT_ASKED_FOR.contains(&product.as_str())) {
            return Err(PlaidError::saying(
                "INVALID_PRODUCT",
                format!(
                    "client is not authorized to access the following products: [\"{product}\"]"
                ),
            ));
        }
        let asked: Vec<&String> = products.collect();
        let mut consented = consented;
        match consented.find(|product| asked.contains(product)) {
            Some(product) => Err(PlaidError::field(format!(
                "additional_consented_products must not overlap with products: {product}"
            ))),
            None => Ok(()),
        }
    }
}

pub(super) fn create(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    let asked: Asked = call.read()?;
    asked.check()?;
    let repairs = match asked.access_token {
        Some(_) => Some(call.any_item()?.0.id.clone()),
        None => None,
    };
    let life = match repairs {
        Some(_) => LIFE_IN_UPDATE_MODE,
        None => LIFE,
    };
    let now = Timestamp::now();
    let is_hosted = asked.hosted_link.is_some();
    let token = format!("link-sandbox-{}", uuid(&mut call.bank.tokens));
    call.bank.links.push(LinkToken {
        token: token.clone(),
        created_at: now,
        expires: now + life,
        repairs,
        asked,
        session: None,
    });
    let reply = Reply::new()
        .member("link_token", &token)
        .member("expiration", &(now + life));
    Ok(if is_hosted {
        // No page is there: what a person would do on it, `/_control/link` does.
        reply.member(
            "hosted_link_url",
            &format!("https://secure.plaid.com/hl/{token}"),
        )
    } else {
        reply
    })
}

pub(super) fn get(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    #[derive(Deserialize)]
    struct Get {
        link_token: String,
    }
    let Get { link_token } = call.read()?;
    let mut links = call.bank.links.iter();
    let link = links
        .find(|link| link.token == link_token)
        .ok_or_else(|| PlaidError::of("INVALID_LINK_TOKEN"))?;
    let asked = &link.asked;
    let sessions: Vec<Value> = link
        .session
        .iter()
        .map(|session| finished(link, session))
        .collect();
    Ok(Reply::new()
        .member("link_token", &link.token)
        .member("created_at", &link.created_at)
        .member("expiration", &link.expires)
        .member("link_sessions", &sessions)
        .member(
            "metadata",
            &json!({
                "initial_products": asked.products.clone().unwrap_or_default(),
                "webhook": asked.webhook,
                "country_codes": asked.country_codes,
                "language": asked.language,
                "redirect_uri": asked.redirect_uri,
                "client_name": asked.client_name,
            }),
        ))
}

fn finished(link: &LinkToken, session: &Session) -> Value {
    let added: Vec<Value> = session
        .public_token
        .iter()
        .map(|public_token| {
            json!({
                "public_token": public_token,
                "accounts": session.metadata["accounts"],
                "institution": session.metadata["institution"],
            })
        })
        .collect();
    json!({
        "link_session_id": session.id,
        "started_at": link.created_at,
        "finished_at": session.finished_at,
        "events": [],
        "results": {
            "item_add_results": added,
            "cra_item_add_results": [],
            "cra_update_results": [],
            "bank_income_results": [],
            "payroll_income_results": [],
            "document_income_results": null,
        },
    })
}
