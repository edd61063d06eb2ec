//! People, before and after they have an account.

use std::ops::Deref;

use serde_json::json;

use crate::{Client, Reply};

/// Someone who may sign up.
#[derive(Clone)]
pub struct Applicant {
    pub client: Client,
    pub email: String,
    pub password: String,
}

impl Applicant {
    /// Signs up.
    pub fn sign_up(&self) -> Reply {
        self.client.post(
            "/v1/users",
            &json!({"email": self.email, "password": self.password}),
        )
    }

    /// Confirms with her password.
    pub fn confirm(&self, token: &str) -> Reply {
        self.client.post(
            "/v1/email-verifications",
            &json!({"token": token, "password": self.password}),
        )
    }

    /// Signs in.
    pub fn sign_in(&self) -> Reply {
        self.sign_in_with(&self.password)
    }

    /// Tries to sign in with a password.
    pub fn sign_in_with(&self, password: &str) -> Reply {
        self.client.post(
            "/v1/sessions",
            &json!({"email": self.email, "password": password}),
        )
    }
}

/// Someone with an account and a session. What she asks for, she asks with it.
#[derive(Clone)]
pub struct Person {
    pub applicant: Applicant,
    pub id: String,
    pub token: String,
    client: Client,
}

impl Person {
    /// From the reply that confirmed her sign-up.
    pub fn new(applicant: Applicant, confirmed: &Reply) -> Self {
        let token = confirmed.string("/session/token");
        let client = applicant.client.with_token(&token);
        Self {
            applicant,
            id: confirmed.string("/user/id"),
            token,
            client,
        }
    }

    /// The same person in another session of hers.
    #[must_use]
    pub fn on_another_device(&self) -> Self {
        let reply = self.applicant.sign_in();
        reply.expect(201);
        let token = reply.string("/token");
        let client = self.applicant.client.with_token(&token);
        Self {
            applicant: self.applicant.clone(),
            id: self.id.clone(),
            token,
            client,
        }
    }
}

impl Deref for Person {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}
