//! What we send.

use plaid::{
    AccessToken, AccessTokenInvalidate, AccountsBalanceGet, AccountsGet, CountryCode, Endpoint,
    HoldingsGet, InstitutionsGetById, ItemGet, ItemRemove, ItemWebhookUpdate, LiabilitiesGet,
    LinkSettings, LinkTokenCreate, LinkTokenGet, PublicToken, PublicTokenExchange, RecurringGet,
    Request, TransactionsRefresh, TransactionsSync, VerificationKeyGet, webhook::KeyId,
};
use serde_json::Value;

use super::openapi::documents;

/// A request of every kind, in every form it can take.
fn every_request() -> Vec<(Endpoint, Value)> {
    fn json<R: Request>(request: &R) -> (Endpoint, Value) {
        let body = request.body();
        (R::ENDPOINT, serde_json::from_slice(&body).expect("JSON"))
    }

    let access_token = AccessToken::new("access-sandbox-5cd6e1b1".to_owned());
    let public_token = PublicToken::new("public-sandbox-b0e2c4ee".to_owned());
    let countries = [CountryCode::Us, CountryCode::Ca];
    let settings = |redirect_uri| {
        LinkSettings::new(
            "Balance",
            "en",
            &countries,
            "https://balance.example/webhooks/plaid",
            redirect_uri,
        )
        .expect("a short name")
    };
    let app = Some("https://balance.example/link");
    vec![
        json(&LinkTokenCreate::new_item(settings(None), "usr_1")),
        json(&LinkTokenCreate::new_item(settings(app), "usr_1")),
        json(&LinkTokenCreate::update_mode(
            settings(app),
            "usr_1",
            &access_token,
            false,
        )),
        json(&LinkTokenCreate::update_mode(
            settings(app),
            "usr_1",
            &access_token,
            true,
        )),
        json(&PublicTokenExchange::new(&public_token)),
        json(&TransactionsSync::page(&access_token, None)),
        json(&TransactionsSync::page(&access_token, Some("CAESJTVldm8="))),
        json(&TransactionsRefresh::new(&access_token)),
        json(&RecurringGet::new(&access_token)),
        json(&AccountsGet::new(&access_token)),
        json(&AccountsBalanceGet::new(&access_token)),
        json(&HoldingsGet::new(&access_token)),
        json(&LiabilitiesGet::new(&access_token)),
        json(&ItemWebhookUpdate::new(
            &access_token,
            "https://balance.example/webhooks/plaid",
        )),
        json(&AccessTokenInvalidate::new(&access_token)),
        json(&ItemGet::new(&access_token)),
        json(&ItemRemove::new(&access_token)),
        json(&InstitutionsGetById {
            institution_id: "ins_109508",
            country_codes: &countries,
        }),
        json(&VerificationKeyGet {
            key_id: KeyId::parse("bfbd5111-8e33-4643-8ced-b2e642a72f3c").expect("a UUID"),
        }),
        json(&LinkTokenCreate::new_item(settings(None), "usr_1").hosted()),
        json(&LinkTokenGet::new("link-sandbox-1")),
    ]
}

#[test]
fn every_endpoint_is_a_post_of_plaids() {
    for document in documents() {
        for endpoint in Endpoint::ALL {
            assert!(
                document.operation(endpoint).is_object(),
                "{}",
                endpoint.path()
            );
        }
    }
}

#[test]
fn every_request_is_what_plaid_asks_for() {
    let requests = every_request();
    for endpoint in Endpoint::ALL {
        assert!(
            requests.iter().any(|(to, _)| *to == endpoint),
            "{endpoint:?} is not tried"
        );
    }
    for document in documents() {
        for (endpoint, body) in &requests {
            document.assert_valid(document.request_schema(*endpoint), body);
        }
    }
}

#[test]
fn the_schema_would_notice_a_wrong_request() {
    for document in documents() {
        for (endpoint, mut body) in every_request() {
            let schema = document.validator(document.request_schema(endpoint));
            assert!(schema.is_valid(&body));
            body["a_member_of_nobodys"] = Value::Null;
            assert!(!schema.is_valid(&body), "{endpoint:?} takes anything");
        }
    }
}

#[test]
fn no_request_asks_for_more_than_reading() {
    let forbidden = [
        "transfer",
        "payment_initiation",
        "payment_configuration",
        "auth",
        "identity",
        "income_verification",
        "employment",
        "investments_auth",
        "statements",
        "card_switch",
        "cra_options",
        "optional_products",
        "required_if_supported_products",
    ];
    for (endpoint, body) in every_request() {
        for name in forbidden {
            assert!(body.get(name).is_none(), "{endpoint:?} has {name}");
        }
        for list in ["products", "additional_consented_products"] {
            for product in body[list].as_array().into_iter().flatten() {
                let name = product.as_str().unwrap_or_default();
                assert!(
                    ["transactions", "investments", "liabilities"].contains(&name),
                    "{endpoint:?} asks for {name}"
                );
            }
        }
    }
}

#[test]
fn update_mode_names_the_item_and_no_products() {
    let (_, update) = every_request().swap_remove(2);
    assert_eq!(update["access_token"], "access-sandbox-5cd6e1b1");
    assert!(update.get("products").is_none());
    assert!(update.get("additional_consented_products").is_none());
    assert!(update.get("transactions").is_none());
}

#[test]
fn a_new_item_asks_for_all_the_history_there_is() {
    let (_, new_item) = every_request().swap_remove(0);
    assert_eq!(new_item["products"], serde_json::json!(["transactions"]));
    assert_eq!(
        new_item["additional_consented_products"],
        serde_json::json!(["investments", "liabilities"])
    );
    assert_eq!(new_item["transactions"]["days_requested"], 730);
    assert!(new_item.get("access_token").is_none());
}

#[test]
fn a_first_sync_leaves_the_cursor_out() {
    let access_token = AccessToken::new("access".to_owned());
    for cursor in [None, Some("")] {
        let body = TransactionsSync::page(&access_token, cursor).body();
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        assert!(body.get("cursor").is_none(), "{body}");
        assert_eq!(body["count"], 500);
    }
}

#[test]
fn a_client_name_has_one_to_thirty_characters() {
    let accepted = |name: &str| {
        LinkSettings::new(name, "en", &[CountryCode::Us], "https://b.example", None).is_ok()
    };
    assert!(!accepted(""));
    assert!(accepted(&"é".repeat(30)));
    assert!(!accepted(&"é".repeat(31)));
}
