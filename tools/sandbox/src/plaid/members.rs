//! The members of the larger requests, by the slice of Plaid's `OpenAPI` document.

use super::shape::{
    Member, Shape,
    Shape::{AnyText, Anything, Day, Flag, List, Object, OneOf, OrNull, Text, Url, Whole},
    may, need,
};

pub(super) const ACCESS_TOKEN: Member = need("access_token", Text);

pub(super) const OF_ACCOUNTS: &[Member] = &[
    ACCESS_TOKEN,
    may("options", Object(&[may("account_ids", List(&Text, 0))])),
];

pub(super) const TRANSACTIONS_SYNC: &[Member] = &[
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

pub(super) const CATEGORY_VERSION: Shape = OneOf(&["v1", "v2"]);
pub(super) const COUNTRIES: Shape = List(
    &OneOf(&[
        "US", "GB", "ES", "NL", "FR", "IE", "CA", "DE", "IT", "PL", "DK", "NO", "SE", "EE", "LT",
        "LV", "PT", "BE", "AT", "FI",
    ]),
    1,
);

pub(super) const REMOVAL_REASONS: &[&str] = &[
    "FRAUD_FIRST_PARTY",
    "FRAUD_FALSE_IDENTITY",
    "FRAUD_ABUSE",
    "FRAUD_OTHER",
    "CONNECTION_IS_NON_FUNCTIONAL",
    "OTHER",
];

pub(super) const WEBHOOK_TYPES: &[&str] = &[
    "AUTH",
    "HOLDINGS",
    "INVESTMENTS_TRANSACTIONS",
    "ITEM",
    "LIABILITIES",
    "TRANSACTIONS",
    "ASSETS",
];

pub(super) const WEBHOOK_CODES: &[&str] = &[
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
pub(super) const PRODUCTS: Shape = List(
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

pub(super) const LINK_TOKEN_CREATE: &[Member] = &[
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

pub(super) const PUBLIC_TOKEN_CREATE: &[Member] = &[
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
