//! Plaid's errors: type, code, status and message as <https://plaid.com/docs/errors/> lists them.

use std::borrow::Cow;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};

/// One error, before it has a request id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlaidError {
    pub(super) status: StatusCode,
    pub(super) error_type: Cow<'static, str>,
    pub(super) code: Cow<'static, str>,
    pub(super) message: Cow<'static, str>,
}

/// Code, type, status, message.
type Entry = (&'static str, &'static str, u16, &'static str);

const RATE: &str = "rate limit exceeded for attempts to access this item. please try again later";
const QUIET: &str =
    "this institution is not currently responding to this request. please try again soon";

#[rustfmt::skip]
const CATALOGUE: [Entry; 46] = [
    ("INVALID_BODY", "INVALID_REQUEST", 400, "body could not be parsed as JSON"),
    ("INVALID_FIELD", "INVALID_REQUEST", 400, "a field is invalid"),
    ("INVALID_HEADERS", "INVALID_REQUEST", 400, "a header is missing or invalid"),
    ("MISSING_FIELDS", "INVALID_REQUEST", 400, "required fields are missing"),
    ("UNKNOWN_FIELDS", "INVALID_REQUEST", 400, "fields are not recognized by this endpoint"),
    ("INVALID_CONFIGURATION", "INVALID_REQUEST", 400, "please ensure that the request body is formatted correctly"),
    ("NOT_FOUND", "INVALID_REQUEST", 404, "not found"),
    ("INVALID_API_KEYS", "INVALID_INPUT", 400, "invalid client_id or secret provided"),
    ("INVALID_ACCESS_TOKEN", "INVALID_INPUT", 400, "could not find matching access token"),
    ("INVALID_PUBLIC_TOKEN", "INVALID_INPUT", 400, "could not find matching public token"),
    ("INVALID_LINK_TOKEN", "INVALID_INPUT", 400, "invalid link_token provided"),
    ("INVALID_INSTITUTION", "INVALID_INPUT", 400, "invalid institution_id provided"),
    ("INVALID_ACCOUNT_ID", "INVALID_INPUT", 400, "failed to find requested account ID for requested item"),
    ("INVALID_PRODUCT", "INVALID_INPUT", 400, "client is not authorized to access the requested products"),
    ("INVALID_WEBHOOK_VERIFICATION_KEY_ID", "INVALID_INPUT", 400, "invalid key_id provided. note that key_ids are specific to Plaid environments, and verification requests must be made to the same environment that the webhook was sent from"),
    ("ADDITIONAL_CONSENT_REQUIRED", "INVALID_INPUT", 400, "client does not have user consent to access this product. to obtain consent, send the user through Link update mode"),
    ("INVALID_CREDENTIALS", "ITEM_ERROR", 400, "the provided credentials were not correct"),
    ("INVALID_MFA", "ITEM_ERROR", 400, "the provided MFA response(s) were not correct"),
    ("ITEM_LOGIN_REQUIRED", "ITEM_ERROR", 400, "the login details of this item have changed (credentials, MFA, or required user action) and a user login is required to update this information. use Link's update mode to restore the item to a good state"),
    ("ITEM_LOCKED", "ITEM_ERROR", 400, "the account is locked. prompt the user to visit the institution's site and unlock their account"),
    ("ITEM_NOT_FOUND", "ITEM_ERROR", 400, "The Item you requested cannot be found. This Item does not exist, has been previously removed via /item/remove, or has had access removed by the user."),
    ("ITEM_NOT_SUPPORTED", "ITEM_ERROR", 400, "this account is not currently supported"),
    ("ACCESS_NOT_GRANTED", "ITEM_ERROR", 400, "access to this product was not granted for the account"),
    ("INSUFFICIENT_CREDENTIALS", "ITEM_ERROR", 400, "insufficient credentials provided to authenticate with the institution"),
    ("USER_SETUP_REQUIRED", "ITEM_ERROR", 400, "the account has not been fully set up. prompt the user to visit the issuing institution's site and finish the setup process"),
    ("USER_PERMISSION_REVOKED", "ITEM_ERROR", 400, "the holder of this account has revoked their permission for your application to access it"),
    ("NO_ACCOUNTS", "ITEM_ERROR", 400, "no valid accounts were found for this item"),
    ("NO_INVESTMENT_ACCOUNTS", "ITEM_ERROR", 400, "there are no valid investment account(s) associated with this Item"),
    ("NO_LIABILITY_ACCOUNTS", "ITEM_ERROR", 400, "there are no valid liability account(s) associated with this Item"),
    ("PRODUCTS_NOT_SUPPORTED", "ITEM_ERROR", 400, "the requested products are not supported by this institution"),
    ("PRODUCT_NOT_READY", "ITEM_ERROR", 400, "the requested product is not yet ready. please provide a webhook or try the request again later"),
    ("TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION", "TRANSACTIONS_ERROR", 400, "Underlying transaction data changed since last page was fetched. Please restart pagination from last update."),
    ("INSTITUTION_DOWN", "INSTITUTION_ERROR", 400, QUIET),
    ("INSTITUTION_NOT_RESPONDING", "INSTITUTION_ERROR", 400, QUIET),
    ("INSTITUTION_NOT_AVAILABLE", "INSTITUTION_ERROR", 400, "this institution is not currently available"),
    ("INSTITUTION_NO_LONGER_SUPPORTED", "INSTITUTION_ERROR", 400, "this institution is no longer supported"),
    ("INTERNAL_SERVER_ERROR", "API_ERROR", 500, "an unexpected error occurred"),
    ("PLANNED_MAINTENANCE", "API_ERROR", 503, "the Plaid API is temporarily unavailable due to planned maintenance. visit https://status.plaid.com/ for more information"),
    ("SANDBOX_PRODUCT_NOT_ENABLED", "SANDBOX_ERROR", 400, "the product is not enabled for this item"),
    ("SANDBOX_WEBHOOK_INVALID", "SANDBOX_ERROR", 400, "webhook for this item is either not set or invalid"),
    ("ACCOUNTS_LIMIT", "RATE_LIMIT_EXCEEDED", 429, RATE),
    ("BALANCE_LIMIT", "RATE_LIMIT_EXCEEDED", 429, RATE),
    ("ITEM_GET_LIMIT", "RATE_LIMIT_EXCEEDED", 429, RATE),
    ("TRANSACTIONS_SYNC_LIMIT", "RATE_LIMIT_EXCEEDED", 429, RATE),
    ("INVESTMENT_HOLDINGS_GET_LIMIT", "RATE_LIMIT_EXCEEDED", 429, RATE),
    ("RATE_LIMIT", "RATE_LIMIT_EXCEEDED", 429, RATE),
];

impl PlaidError {
    /// The error of this code. One that is not listed gets its type and status from its ending.
    pub(super) fn of(code: impl Into<Cow<'static, str>>) -> Self {
        let code = code.into();
        let listed = CATALOGUE.iter().find(|(listed, ..)| *listed == code);
        let (error_type, status, message) = match listed {
            Some((_, error_type, status, message)) => (*error_type, *status, *message),
            None if code.ends_with("_LIMIT") => ("RATE_LIMIT_EXCEEDED", 429, RATE),
            None => ("ITEM_ERROR", 400, "an error occurred"),
        };
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST),
            error_type: error_type.into(),
            code,
            message: message.into(),
        }
    }

    /// The error of this code with words of its own.
    pub(super) fn saying(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            message: message.into(),
            ..Self::of(code)
        }
    }

    /// One field is not as it must be.
    pub(super) fn field(message: impl Into<Cow<'static, str>>) -> Self {
        Self::saying("INVALID_FIELD", message)
    }

    /// As it stands in an Item's or a webhook's `error`.
    pub(super) fn embedded(&self) -> Value {
        json!({
            "error_type": self.error_type,
            "error_code": self.code,
            "error_message": self.message,
            "display_message": null,
            "documentation_url": self.documentation_url(),
            "suggested_action": null,
            "status": self.status.as_u16(),
        })
    }

    pub(super) fn response(&self, request_id: &str) -> Response {
        let body = json!({
            "display_message": null,
            "documentation_url": self.documentation_url(),
            "error_code": self.code,
            "error_message": self.message,
            "error_type": self.error_type,
            "request_id": request_id,
            "suggested_action": null,
        });
        (self.status, Json(body)).into_response()
    }

    fn documentation_url(&self) -> String {
        let kind = self.error_type.trim_end_matches("_ERROR");
        let anchor = kind.to_ascii_lowercase().replace('_', "-");
        format!("https://plaid.com/docs/?ref=error#{anchor}-errors")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unlisted_limit_is_a_429_and_any_other_code_an_item_error() {
        assert_eq!(PlaidError::of("AUTH_LIMIT").status, 429);
        let odd = PlaidError::of("SOMETHING_NEW");
        assert_eq!((odd.status.as_u16(), &*odd.error_type), (400, "ITEM_ERROR"));
    }
}
