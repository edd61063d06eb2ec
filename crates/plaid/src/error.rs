//! What goes wrong with a call, and what to do about it.
//! Follows Plaid's error object and its list of error codes.
//! Invariant: decisions are made on `error_type` and `error_code` only; messages change.

use serde::Deserialize;
use thiserror::Error;

use crate::{Code, Endpoint};

/// Why a call gave no reply.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CallError {
    /// Plaid answered with an error of its own.
    #[error("{0}")]
    Plaid(PlaidError),
    /// Something answered with this status, and not in Plaid's words.
    #[error("the upstream answered with status {0}")]
    Status(u16),
    /// Over [`crate::MAX_REPLY_BYTES`].
    #[error("the reply is too large")]
    TooLarge,
    /// A 200 whose body breaks the API's contract. Says where, never what.
    #[error("the reply of {} is unreadable at line {line}, column {column}", endpoint.path())]
    UnreadableReply {
        /// What was called.
        endpoint: Endpoint,
        /// Line of the body, from 1; 0 where it is not text at all.
        line: usize,
        /// Column, in bytes.
        column: usize,
    },
}

impl CallError {
    /// Whether the bank is at fault ([`PlaidError::is_institution_fault`]).
    #[must_use]
    pub fn is_institution_fault(&self) -> bool {
        matches!(self, Self::Plaid(error) if error.is_institution_fault())
    }

    /// What to do about it.
    #[must_use]
    pub fn classify(&self) -> ErrorClass {
        match self {
            Self::Plaid(error) => error.classify(),
            Self::Status(status) => class_of_status(*status),
            Self::TooLarge | Self::UnreadableReply { .. } => ErrorClass::Other,
        }
    }
}

/// What an error asks of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The person has to go through Link's update mode.
    NeedsReauth,
    /// Come back later, with jitter.
    RateLimited,
    /// Drop the attempt, start the loop again from the cursor of the batch's start.
    MutationDuringPagination,
    /// Plaid is still fetching; a webhook will say when.
    ProductNotReady,
    /// A fault of Plaid's or the bank's that passes.
    Transient,
    /// The person withdrew permission: delete the Item's data.
    Revoked,
    /// Plaid has no such Item any more.
    ItemNotFound,
    /// Plaid does not know the access token: only a new link helps.
    TokenUnknown,
    /// The bank or the Item has nothing of the product that was asked for.
    NotOffered,
    /// A fault of ours, or one that does not pass: a human has to look.
    Other,
}

/// `error_type`: the family of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "Plaid's own names")]
pub enum ErrorType {
    InvalidRequest,
    InvalidResult,
    InvalidInput,
    InstitutionError,
    RateLimitExceeded,
    ApiError,
    ItemError,
    TransactionsError,
    OauthError,
    /// One we make no call that could cause, or one that is newer than this code.
    #[serde(other)]
    Other,
}

/// Plaid's error object.
///
/// `error_message` is left out: it is for developers, and may quote a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Error)]
#[error("{error_type:?}: {error_code}")]
pub struct PlaidError {
    /// The family.
    pub error_type: ErrorType,
    /// The error itself, such as `ITEM_LOGIN_REQUIRED`.
    pub error_code: Code,
    /// What the person may be told, in Plaid's words.
    #[serde(default)]
    pub display_message: Option<String>,
    /// What Plaid's support asks for.
    #[serde(default)]
    pub request_id: Option<Code>,
    /// The HTTP status; absent where the error is part of an Item or a webhook.
    #[serde(default)]
    pub status: Option<u16>,
}

impl PlaidError {
    /// Reads the body of an answer that is not a 200; `None` when it is not Plaid's.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        Self {
            status: Some(status),
            ..self
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn classify(&self) -> ErrorClass {
        match self.error_code.as_str() {
            "ITEM_LOGIN_REQUIRED"
            | "INVALID_CREDENTIALS"
            | "INVALID_MFA"
            | "INVALID_SEND_METHOD"
            | "INVALID_UPDATED_USERNAME"
            | "INSUFFICIENT_CREDENTIALS"
            | "USER_SETUP_REQUIRED"
            | "USER_INPUT_TIMEOUT"
            | "PASSWORD_RESET_REQUIRED"
            | "ITEM_LOCKED"
            | "ACCESS_NOT_GRANTED"
            | "ADDITIONAL_CONSENT_REQUIRED" => ErrorClass::NeedsReauth,
            "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION" => ErrorClass::MutationDuringPagination,
            "PRODUCT_NOT_READY" => ErrorClass::ProductNotReady,
            "USER_PERMISSION_REVOKED" => ErrorClass::Revoked,
            "ITEM_NOT_FOUND" => ErrorClass::ItemNotFound,
            "INVALID_ACCESS_TOKEN" => ErrorClass::TokenUnknown,
            "PRODUCTS_NOT_SUPPORTED"
            | "PRODUCT_NOT_ENABLED"
            | "INVALID_PRODUCT"
            | "NO_INVESTMENT_ACCOUNTS"
            | "NO_LIABILITY_ACCOUNTS"
            | "NO_ACCOUNTS" => ErrorClass::NotOffered,
            "INSTITUTION_DOWN"
            | "INSTITUTION_NOT_RESPONDING"
            | "INSTITUTION_NOT_AVAILABLE"
            | "INTERNAL_SERVER_ERROR"
            | "PLANNED_MAINTENANCE" => ErrorClass::Transient,
            _ => self.classify_unlisted(),
        }
    }

    /// Whether the bank is at fault, so that no other Item there fares better.
    #[must_use]
    pub fn is_institution_fault(&self) -> bool {
        matches!(
            self.error_code.as_str(),
            "INSTITUTION_DOWN" | "INSTITUTION_NOT_RESPONDING" | "INSTITUTION_NOT_AVAILABLE"
        )
    }

    /// A code of a later date is judged by its family, then by its status.
    fn classify_unlisted(&self) -> ErrorClass {
        match self.error_type {
            ErrorType::RateLimitExceeded => ErrorClass::RateLimited,
            ErrorType::ApiError => ErrorClass::Transient,
            _ => self.status.map_or(ErrorClass::Other, class_of_status),
        }
    }
}

const fn class_of_status(status: u16) -> ErrorClass {
    match status {
        429 => ErrorClass::RateLimited,
        408 | 500..=599 => ErrorClass::Transient,
        _ => ErrorClass::Other,
    }
}
