//! The calls there are: path, members of the request, handler. Nothing else is served.

use super::errors::PlaidError;
use super::shape::{
    Member,
    Shape::{AnyText, Anything, Day, Flag, List, Number, Object, OneOf, OrNull, Text, Url, Whole},
    may, need,
};
use super::{
    Call, Reply, accounts, investments, items, liabilities, link, public_token, recurring,
    sandbox_calls, sync,
};

/// One call.
pub(super) struct Route {
    path: &'static str,
    pub(super) members: &'static [Member],
    pub(super) handler: fn(&mut Call<'_>) -> Result<Reply, PlaidError>,
}

/// The call of this path.
pub(super) fn find(path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.path == path)
}

const fn route(
    path: &'static str,
    members: &'static [Member],
    handler: fn(&mut Call<'_>) -> Result<Reply, PlaidError>,
) -> Route {
    Route {
        path,
        members,
        handler,
    }
}

static ROUTES: [Route; 21] = [
    route("/link/token/create", LINK_TOKEN_CREATE, link::create),
    route("/link/token/get", &[need("link_token", Text)], link::get),
    route(
        "/item/public_token/exchange",
        &[need("public_token", Text)],
        public_token::exchange,
    ),
    route("/accounts/get", OF_ACCOUNTS, accounts::get),
    route(
        "/accounts/balance/get",
        &[
            ACCESS_TOKEN,
            may(
                "options",
                Object(&[
                    may("account_ids", List(&Text, 0)),
                    may("min_last_updated_datetime", Text),
                ]),
            ),
        ],
        accounts::get,
    ),
    route("/transactions/sync", TRANSACTIONS_SYNC, sync::sync),
    route("/transactions/refresh", &[ACCESS_TOKEN], recurring::refresh),
    route(
        "/transactions/recurring/get",
        &[
            ACCESS_TOKEN,
            may("account_ids", List(&Text, 0)),
            may(
                "options",
                Object(&[
                    may("include_personal_finance_category", Flag),
                    may("personal_finance_category_version", CATEGORY_VERSION),
                ]),
            ),
        ],
        recurring::get,
    ),
    route(
        "/investments/holdings/get",
        OF_ACCOUNTS,
        investments::holdings,
    ),
    route(
        "/investments/transactions/get",
        &[
            ACCESS_TOKEN,
            need("start_date", Day),
            need("end_date", Day),
            may(
                "options",
                Object(&[
                    may("account_ids", List(&Text, 0)),
                    may("count", Whole(1, 500)),
                    may("offset", Whole(0, i64::MAX)),
                    may("async_update", Flag),
                ]),
            ),
        ],
        investments::transactions,
    ),
    route("/liabilities/get", OF_ACCOUNTS, liabilities::get),
    route("/item/get", &[ACCESS_TOKEN], items::get),
    route(
        "/item/remove",
        &[
            ACCESS_TOKEN,
            may("reason_code", OrNull(&OneOf(REMOVAL_REASONS))),
            may("reason_note", OrNull(&AnyText)),
        ],
        items::remove,
    ),
    route(
        "/item/webhook/update",
        &[ACCESS_TOKEN, may("webhook", OrNull(&Url))],
        items::update_webhook,
    ),
    route(
        "/item/access_token/invalidate",
        &[ACCESS_TOKEN],
        items::invalidate_access_token,
    ),
    route(
        "/institutions/get_by_id",
        &[
            need("institution_id", Text),
            need("country_codes", COUNTRIES),
            may(
                "options",
                Object(&[
                    may("include_optional_metadata", Flag),
                    may("include_status", Flag),
                    may("include_auth_metadata", Flag),
                    may("include_payment_initiation_metadata", Flag),
                ]),
            ),
        ],
        items::institution,
    ),
    route(
        "/webhook_verification_key/get",
        &[need("key_id", Text)],
        items::verification_key,
    ),
    route(
        "/sandbox/public_token/create",
        PUBLIC_TOKEN_CREATE,
        public_token::create,
    ),
    route(
        "/sandbox/item/fire_webhook",
        &[
            ACCESS_TOKEN,
            may("webhook_type", OneOf(WEBHOOK_TYPES)),
            need("webhook_code", OneOf(WEBHOOK_CODES)),
        ],
        sandbox_calls::fire_webhook,
    ),
    route(
        "/sandbox/item/reset_login",
        &[ACCESS_TOKEN],
        sandbox_calls::reset_login,
    ),
    route(
        "/sandbox/transactions/create",
        &[
            ACCESS_TOKEN,
            need(
                "transactions",
                List(
                    &Object(&[
                        need("date_transacted", Day),
                        need("date_posted", Day),
                        need("amount", Number),
                        need("description", Text),
                        may("iso_currency_code", Text),
                    ]),
                    1,
                ),
            ),
        ],
        sandbox_calls::create_transactions,
    ),
];

const ACCESS_TOKEN: Member = need("access_token", Text);

const OF_ACCOUNTS: &[Member] = &[
    ACCESS_TOKEN,
    may("options", Object(&[may("account_ids", List(&Text, 0))])),
];

const TRANSACTIONS_SYNC: &[Member] = &[
    ACCESS_TOKEN,
    may("cursor", AnyText),
    may("count", Whole(1, 500)),
    may(
        "options",
        Object(&[
            may("include_original_description", OrNull(&Flag)),
            may("include_personal_finance_category", Flag),
            may("include_logo_and_counterparty_beta", Flag),
            may("personal_finance_category_version", CATEGORY_VERSION),
            may("days_requested", Whole(1, 730)),
            may("account_id", Text),
        ]),
    ),
];

const CATEGORY_VERSION: super::shape::Shape = OneOf(&["v1", "v2"]);
const COUNTRIES: super::shape::Shape = List(
    &OneOf(&[
        "US", "GB", "ES", "NL", "FR", "IE", "CA", "DE", "IT", "PL", "DK", "NO", "SE", "EE", "LT",
        "LV", "PT", "BE", "AT", "FI",
    ]),
    1,
);

const REMOVAL_REASONS: &[&str] = &[
    "FRAUD_FIRST_PARTY",
    "FRAUD_FALSE_IDENTITY",
    "FRAUD_ABUSE",
    "FRAUD_OTHER",
    "CONNECTION_IS_NON_FUNCTIONAL",
    "OTHER",
];

const WEBHOOK_TYPES: &[&str] = &[
    "AUTH",
    "HOLDINGS",
    "INVESTMENTS_TRANSACTIONS",
    "ITEM",
    "LIABILITIES",
    "TRANSACTIONS",
    "ASSETS",
];

const WEBHOOK_CODES: &[&str] = &[
    "DEFAULT_UPDATE",
    "NEW_ACCOUNTS_AVAILABLE",
    "SMS_MICRODEPOSITS_VERIFICATION",
    "AUTHORIZATION_GRANTED",
    "USER_PERMISSION_REVOKED",
    "USER_ACCOUNT_REVOKED",
    "PENDING_DISCONNECT",
    "RECURRING_TRANSACTIONS_UPDATE",
    "LOGIN_REPAIRED",
    "SYNC_UPDATES_AVAILABLE",
    "PRODUCT_READY",
    "ERROR",
];

/// Every product that Plaid names, those that move money included: refusing them is up to the caller.
const PRODUCTS: super::shape::Shape = List(
    &OneOf(&[
        "assets",
        "auth",
        "balance",
        "balance_plus",
        "beacon",
        "identity",
        "identity_match",
        "investments",
        "investments_auth",
        "liabilities",
        "payment_initiation",
        "identity_verification",
        "transactions",
        "credit_details",
        "income",
        "income_verification",
        "standing_orders",
        "transfer",
        "employment",
        "recurring_transactions",
        "transactions_refresh",
        "signal",
        "statements",
        "processor_payments",
        "processor_identity",
        "profile",
        "cra_base_report",
        "cra_income_insights",
        "cra_partner_insights",
        "cra_network_insights",
        "cra_cashflow_insights",
        "cra_monitoring",
        "cra_lend_score",
        "cra_plaid_credit_score",
        "layer",
        "pay_by_bank",
        "protect_linked_bank",
        "protect_transactions",
    ]),
    0,
);

const LINK_TOKEN_CREATE: &[Member] = &[
    need("client_name", Text),
    need("language", Text),
    need("country_codes", COUNTRIES),
    may(
        "user",
        Object(&[
            need("client_user_id", Text),
            may("legal_name", Anything),
            may("name", Anything),
            may("phone_number", Anything),
            may("phone_number_verified_time", Anything),
            may("email_address", Anything),
            may("email_address_verified_time", Anything),
            may("ssn", Anything),
            may("date_of_birth", Anything),
            may("address", Anything),
            may("id_number", Anything),
        ]),
    ),
    may("user_id", Text),
    may("products", OrNull(&PRODUCTS)),
    may("required_if_supported_products", OrNull(&PRODUCTS)),
    may("optional_products", OrNull(&PRODUCTS)),
    may("additional_consented_products", OrNull(&PRODUCTS)),
    may("webhook", Url),
    may("access_token", OrNull(&Text)),
    may("access_tokens", List(&Text, 0)),
    may("link_customization_name", AnyText),
    may("appearance_mode", Anything),
    may("redirect_uri", Url),
    may("android_package_name", AnyText),
    may("institution_data", Anything),
    may("card_switch", Anything),
    may("account_filters", Anything),
    may("eu_config", Anything),
    may("institution_id", Text),
    may("payment_configuration", Anything),
    may("payment_initiation", Anything),
    may("employment", Anything),
    may("income_verification", Anything),
    may("base_report", Anything),
    may("credit_partner_insights", Anything),
    may("cra_options", Anything),
    may("consumer_report_permissible_purpose", Anything),
    may("auth", Anything),
    may("transfer", Anything),
    may("update", Anything),
    may("identity_verification", Anything),
    may("statements", Anything),
    may("third_party_user_token", Anything),
    may("investments", Anything),
    may("investments_auth", Anything),
    may("hosted_link", Anything),
    may(
        "transactions",
        Object(&[may("days_requested", Whole(1, 730))]),
    ),
    may("cashflow_report", Anything),
    may("cra_enabled", Flag),
    may("identity", Anything),
    may("financekit_supported", Flag),
    may("enable_multi_item_link", Flag),
    may("user_token", Text),
];

const PUBLIC_TOKEN_CREATE: &[Member] = &[
    need("institution_id", Text),
    need("initial_products", PRODUCTS),
    may(
        "options",
        Object(&[
            may("webhook", Url),
            may("override_username", OrNull(&AnyText)),
            may("override_password", OrNull(&AnyText)),
            may(
                "transactions",
                OrNull(&Object(&[
                    may("start_date", Day),
                    may("end_date", Day),
                    may("days_requested", Whole(1, 730)),
                ])),
            ),
            may("statements", Anything),
            may("income_verification", Anything),
        ]),
    ),
    may("user_token", Text),
    may("user_id", Text),
];
