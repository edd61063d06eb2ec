//! What we read.

use plaid::{
    AccessTokenInvalidate, AccountsBalanceGet, AccountsGet, CallError, Endpoint, ErrorClass,
    HoldingsGet, InstitutionsGetById, ItemGet, ItemRemove, ItemWebhookUpdate, LiabilitiesGet,
    LinkTokenCreate, LinkTokenGet, PublicTokenExchange, RecurringGet, Request, TransactionsRefresh,
    TransactionsSync, VerificationKeyGet, read_reply,
};
use serde_json::Value;

use super::openapi::{Document, documents};
use super::sample::{FILLS, Fill, sample};

/// Reads a body as the reply of an endpoint; `None` when it can be read.
fn problem(endpoint: Endpoint, body: &[u8]) -> Option<CallError> {
    fn read<R: Request>(body: &[u8]) -> Option<CallError> {
        read_reply::<R>(200, body).err()
    }
    match endpoint {
        Endpoint::LinkTokenCreate => read::<LinkTokenCreate<'_>>(body),
        Endpoint::LinkTokenGet => read::<LinkTokenGet<'_>>(body),
        Endpoint::ItemPublicTokenExchange => read::<PublicTokenExchange<'_>>(body),
        Endpoint::TransactionsSync => read::<TransactionsSync<'_>>(body),
        Endpoint::TransactionsRefresh => read::<TransactionsRefresh<'_>>(body),
        Endpoint::TransactionsRecurringGet => read::<RecurringGet<'_>>(body),
        Endpoint::AccountsGet => read::<AccountsGet<'_>>(body),
        Endpoint::AccountsBalanceGet => read::<AccountsBalanceGet<'_>>(body),
        Endpoint::InvestmentsHoldingsGet => read::<HoldingsGet<'_>>(body),
        Endpoint::LiabilitiesGet => read::<LiabilitiesGet<'_>>(body),
        Endpoint::ItemWebhookUpdate => read::<ItemWebhookUpdate<'_>>(body),
        Endpoint::ItemAccessTokenInvalidate => read::<AccessTokenInvalidate<'_>>(body),
        Endpoint::ItemGet => read::<ItemGet<'_>>(body),
        Endpoint::ItemRemove => read::<ItemRemove<'_>>(body),
        Endpoint::InstitutionsGetById => read::<InstitutionsGetById<'_>>(body),
        Endpoint::WebhookVerificationKeyGet => read::<VerificationKeyGet>(body),
    }
}

fn assert_readable(document: &Document, endpoint: Endpoint, reply: &Value) {
    let body = serde_json::to_vec(reply).expect("JSON");
    let problem = problem(endpoint, &body);
    assert!(
        problem.is_none(),
        "{}: {problem:?}\n{reply:#}",
        document.name
    );
}

#[test]
fn plaids_own_examples_are_readable() {
    for document in documents() {
        for endpoint in Endpoint::ALL {
            let examples = document.reply_examples(endpoint);
            assert!(!examples.is_empty(), "{endpoint:?} has no example");
            for example in examples {
                document.assert_valid(document.reply_schema(endpoint), example);
                assert_readable(&document, endpoint, example);
            }
        }
    }
}

#[test]
fn every_reply_the_schema_allows_is_readable() {
    for document in documents() {
        for endpoint in Endpoint::ALL {
            let schema = document.reply_schema(endpoint);
            for fill in FILLS {
                let reply = sample(&document, schema, fill);
                if !matches!(fill, Fill::Newer) {
                    document.assert_valid(schema, &reply);
                }
                assert_readable(&document, endpoint, &reply);
            }
        }
    }
}

#[test]
fn a_reply_without_a_required_member_is_unreadable() {
    for document in documents() {
        for endpoint in [
            Endpoint::LinkTokenCreate,
            Endpoint::LinkTokenGet,
            Endpoint::ItemPublicTokenExchange,
            Endpoint::TransactionsSync,
            Endpoint::TransactionsRecurringGet,
            Endpoint::AccountsGet,
            Endpoint::AccountsBalanceGet,
            Endpoint::InvestmentsHoldingsGet,
            Endpoint::LiabilitiesGet,
            Endpoint::ItemGet,
            Endpoint::ItemWebhookUpdate,
            Endpoint::ItemAccessTokenInvalidate,
            Endpoint::InstitutionsGetById,
            Endpoint::WebhookVerificationKeyGet,
        ] {
            assert!(
                matches!(
                    problem(endpoint, b"{}"),
                    Some(CallError::UnreadableReply { .. })
                ),
                "{endpoint:?} of {}",
                document.name
            );
        }
    }
}

#[test]
fn every_error_the_schema_allows_is_readable_and_classed() {
    for document in documents() {
        let types = document.schema("PlaidErrorType")["enum"]
            .as_array()
            .expect("types");
        for error_type in types {
            for fill in FILLS {
                // The schema is nullable as a part of others; an answer never is.
                let mut error = sample(&document, &document.schema("PlaidError")["anyOf"][0], fill);
                error["error_type"] = error_type.clone();
                error["error_code"] = "A_CODE_OF_A_LATER_DATE".into();
                error["status"] = Value::Null;
                let body = serde_json::to_vec(&error).expect("JSON");
                let answer = read_reply::<ItemGet<'_>>(400, &body)
                    .err()
                    .expect("not a 200");
                assert!(
                    matches!(answer, CallError::Plaid(_)),
                    "{answer:?}\n{error:#}"
                );
                let expected = match error_type.as_str() {
                    Some("RATE_LIMIT_EXCEEDED") => ErrorClass::RateLimited,
                    Some("API_ERROR") => ErrorClass::Transient,
                    _ => ErrorClass::Other,
                };
                assert_eq!(answer.classify(), expected, "{error_type}");
            }
        }
    }
}
