//! Programs that a person lets in: API tokens, good for their scopes only.

use serde_json::json;

use crate::{Client, Person, Reply, TestApp};

/// Every scope there is.
const SCOPES: [&str; 6] = [
    "profile:read",
    "accounts:read",
    "transactions:read",
    "transactions:write",
    "items:read",
    "items:write",
];

impl TestApp {
    /// A program with a token of this person's, good for these scopes.
    pub fn program_of(&self, person: &Person, scopes: &[&str]) -> Client {
        let body = json!({"name": "a program", "scopes": scopes, "expires_in_days": 1});
        let minted = person.by_password("POST", "/v1/me/tokens", Some(&body));
        minted.expect(201);
        self.stranger().with_token(&minted.string("/token"))
    }

    /// A request is open to a token of this scope, and to none of all the others.
    #[track_caller]
    pub fn assert_opened_by(&self, scope: &str, person: &Person, send: impl Fn(&Client) -> Reply) {
        let others: Vec<&str> = SCOPES.into_iter().filter(|other| *other != scope).collect();
        let refused = send(&self.program_of(person, &others));
        refused.expect_problem(403, "insufficient-scope");
        send(&self.program_of(person, &[scope])).expect(200);
        send(&self.stranger()).expect_problem(401, "unauthenticated");
    }
}
