//! Calls about an Item, an institution or a webhook key.

use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::given;
use super::errors::PlaidError;
use super::item::Stage;
use super::{Call, Reply, institutions, webhooks};

/// `/item/get`, which also answers for an Item whose login is broken.
pub(super) fn get(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    let (item, _) = call.any_item()?;
    let mut described = item.describe();
    if let Some(members) = described.as_object_mut() {
        members.insert("created_at".to_owned(), json!(item.created_at));
        members.insert("consented_use_cases".to_owned(), json!([]));
        members.insert(
            "consented_data_scopes".to_owned(),
            json!(scopes(&item.consented_products)),
        );
    }
    let updated = (item.stage > Stage::NotReady)
        .then_some(item.last_update)
        .flatten();
    let sent = item.last_webhook.as_ref();
    let status = json!({
        "transactions": {
            "last_successful_update": updated,
            "last_failed_update": null,
        },
        "investments": null,
        "last_webhook": sent.map(|(at, code)| json!({ "sent_at": at, "code_sent": code })),
    });
    Ok(Reply::new()
        .member("item", &described)
        .member("status", &status))
}

fn scopes(consented: &[String]) -> Vec<&'static str> {
    let scope = |product: &String| match product.as_str() {
        "balance" => Some("account_balance_info"),
        "transactions" => Some("transactions"),
        "investments" => Some("investments"),
        "liabilities" => Some("credit_loan_info"),
        "auth" => Some("account_routing_number"),
        "identity" => Some("contact_info"),
        _ => None,
    };
    consented.iter().filter_map(scope).collect()
}

/// `/item/remove`.
pub(super) fn remove(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    call.any_item()?.0.removed = true;
    Ok(Reply::new())
}

/// `/item/webhook/update`.
pub(super) fn update_webhook(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    #[derive(Deserialize)]
    struct Update {
        #[serde(default, deserialize_with = "given")]
        webhook: Option<Option<String>>,
    }
    let Update { webhook } = call.read()?;
    let (item, outbox) = call.any_item()?;
    item.webhook = webhook.flatten();
    let body = webhooks::update_acknowledged(item);
    item.fire("WEBHOOK_UPDATE_ACKNOWLEDGED", &body, outbox);
    Ok(Reply::new().member("item", &item.describe()))
}

/// `/item/access_token/invalidate`: a new token; the old one opens nothing any more.
pub(super) fn invalidate_access_token(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    let new_token = call.bank.access_token();
    call.any_item()?.0.access_token = Some(new_token.clone());
    Ok(Reply::new().member("new_access_token", &new_token))
}

/// `/institutions/get_by_id`.
pub(super) fn institution(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    #[derive(Deserialize)]
    struct Get {
        institution_id: String,
        country_codes: Vec<String>,
        #[serde(default)]
        options: Options,
    }
    #[derive(Default, Deserialize)]
    struct Options {
        #[serde(default)]
        include_optional_metadata: bool,
        #[serde(default)]
        include_status: bool,
    }
    let asked: Get = call.read()?;
    let institution = institutions::find(&asked.institution_id)
        .filter(|institution| institution.serves(&asked.country_codes))
        .ok_or_else(|| PlaidError::of("INVALID_INSTITUTION"))?;
    let mut described = institution.describe(asked.options.include_optional_metadata);
    if asked.options.include_status {
        described["status"] = Value::Null;
    }
    Ok(Reply::new().member("institution", &described))
}

/// `/webhook_verification_key/get`.
pub(super) fn verification_key(call: &mut Call<'_>) -> Result<Reply, PlaidError> {
    #[derive(Deserialize)]
    struct Get {
        key_id: String,
    }
    let Get { key_id } = call.read()?;
    let key = call
        .bank
        .keys
        .public(&key_id)
        .ok_or_else(|| PlaidError::of("INVALID_WEBHOOK_VERIFICATION_KEY_ID"))?;
    Ok(Reply::new().member("key", &key))
}
