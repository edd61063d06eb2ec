//! The calls there are: path, members of the request, handler. Nothing else is served.

use super::errors::PlaidError;
use super::members::{
    ACCESS_TOKEN, CATEGORY_VERSION, COUNTRIES, LINK_TOKEN_CREATE, OF_ACCOUNTS, PUBLIC_TOKEN_CREATE,
    REMOVAL_REASONS, TRANSACTIONS_SYNC, WEBHOOK_CODES, WEBHOOK_TYPES,
};
use super::shape::{
    Member,
    Shape::{AnyText, Day, Flag, List, Number, Object, OneOf, OrNull, Text, Url, Whole},
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
