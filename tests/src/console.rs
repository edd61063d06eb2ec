//! The audited console as operators use it, and the people whose data it is about.

use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{Authenticator, Client, Person, Reply, TestApp};

/// Whom the instances of these tests name as the first operator.
pub const FIRST_OPERATOR: &str = "first-operator@example.com";

/// What a terminal keeps (RFC 7636).
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// Someone with an account and a key in it: an operator, or one of those they look at.
pub struct KeyHolder {
    pub person: Person,
    /// The id of the key.
    pub key: String,
    authenticator: Mutex<Authenticator>,
}

/// A session of the console.
pub struct Console {
    pub client: Client,
    pub session: String,
    pub operator: String,
    pub token: String,
}

impl TestApp {
    /// Someone with an account and a key.
    pub fn key_holder(&self) -> KeyHolder {
        self.hold_key(self.person())
    }

    /// Who may become the first operator.
    pub fn first_operator(&self) -> KeyHolder {
        let mut applicant = self.applicant();
        FIRST_OPERATOR.clone_into(&mut applicant.email);
        applicant.sign_up().expect(202);
        let token = self.mailbox().token_for(&applicant.email);
        let reply = applicant.confirm(&token);
        reply.expect(201);
        self.hold_key(Person::new(applicant, &reply))
    }

    fn hold_key(&self, person: Person) -> KeyHolder {
        let mut authenticator = self.authenticator();
        KeyHolder {
            key: person.enrol(&mut authenticator),
            person,
            authenticator: Mutex::new(authenticator),
        }
    }
}

impl KeyHolder {
    /// Her key, to use or to turn against the service.
    pub fn with_key<T>(&self, act: impl FnOnce(&mut Authenticator) -> T) -> T {
        let mut key = self
            .authenticator
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        act(&mut key)
    }

    /// Asks for a code for the console, approved by the key.
    #[track_caller]
    pub fn authorize(&self, reason: &Value) -> Reply {
        let path = "/v1/operator/authorizations";
        let first = self.person.post(path, reason);
        if first.status() != 403 || !first.text().contains("step-up-required") {
            return first;
        }
        self.with_key(|key| self.person.by_key(key, "POST", path, Some(reason)))
    }

    /// Signs in to the console.
    #[track_caller]
    pub fn log_in(&self) -> Console {
        let reply = self.authorize(&reason());
        reply.expect(201);
        let begun = begin(&self.person, &reply.string("/code"), VERIFIER);
        begun.expect(201);
        let token = begun.string("/token");
        Console {
            client: self.person.applicant.client.with_token(&token),
            session: begun.string("/id"),
            operator: begun.string("/operator/id"),
            token,
        }
    }

    /// Opens a consent: what there is to read, and what the browser needs.
    #[track_caller]
    pub fn open(&self, consent: &str) -> Value {
        let path = format!("/v1/me/consents/{consent}/openings");
        self.person
            .post(&path, &json!({"passkey": self.key}))
            .expect(201)
    }

    /// Signs what was opened.
    pub fn sign(&self, consent: &str, opened: &Value) -> Reply {
        let credential = self.with_key(|key| key.get(&opened["options"]));
        self.send_signature(consent, opened, &credential)
    }

    /// Sends a signature for what was opened.
    pub fn send_signature(&self, consent: &str, opened: &Value, credential: &Value) -> Reply {
        let path = format!("/v1/me/consents/{consent}/grant");
        let body = json!({"challenge": opened["challenge"], "credential": credential});
        self.person.post(&path, &body)
    }

    /// Opens a consent and signs it.
    #[track_caller]
    pub fn grant(&self, consent: &str) -> Value {
        let opened = self.open(consent);
        self.sign(consent, &opened).expect(200)
    }

    /// Ends it.
    #[track_caller]
    pub fn revoke(&self, consent: &str) -> Value {
        let path = format!("/v1/me/consents/{consent}/revoke");
        self.person.post(&path, &json!({})).expect(200)
    }

    /// What the log says of her, newest first: kind, outcome and why not.
    #[track_caller]
    pub fn access_log(&self) -> Vec<Value> {
        let list = self.person.get("/v1/me/access-log?limit=100").expect(200);
        list["data"].as_array().expect("entries").clone()
    }
}

/// A reason to be at the console.
pub fn reason() -> Value {
    json!({
        "code_challenge": challenge(),
        "reason_type": "support",
        "reason": "She asks where a transfer is",
        "ticket": "HELP-4711",
    })
}

/// The challenge of what the terminal keeps.
pub fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

/// Begins a session of the console with a code.
pub fn begin(client: &Client, code: &str, verifier: &str) -> Reply {
    let body = json!({"code": code, "code_verifier": verifier});
    client.post("/v1/operator/sessions", &body)
}

impl Console {
    /// Gives a command.
    pub fn give(&self, command: &str, arguments: &Value) -> Reply {
        self.send(&json!({"command": command, "arguments": arguments}))
    }

    /// Gives one under a consent.
    pub fn give_under(&self, consent: &str, command: &str, arguments: &Value) -> Reply {
        self.send(&json!({"command": command, "arguments": arguments, "consent": consent}))
    }

    /// Sends an order as it is.
    pub fn send(&self, order: &Value) -> Reply {
        self.client.post("/v1/operator/commands", order)
    }

    /// The rows of a command that runs.
    #[track_caller]
    pub fn rows(&self, command: &str, arguments: &Value) -> Vec<Value> {
        let reply = self.give(command, arguments).expect(200);
        reply["rows"].as_array().expect("rows").clone()
    }

    /// Asks for a consent: its id.
    #[track_caller]
    pub fn ask(&self, person: &Person, resources: &[&str], fields: &[&str], uses: u32) -> String {
        let arguments = json!({
            "user": person.id, "resources": resources, "fields": fields,
            "purpose": "We look for a transfer", "hours": 24, "uses": uses,
        });
        let rows = self.rows("consent.request", &arguments);
        rows[0]["consent"].as_str().expect("an id").to_owned()
    }

    /// Makes somebody an operator: the operator's id.
    #[track_caller]
    pub fn grant(&self, holder: &KeyHolder, role: &str) -> String {
        let email = &holder.person.applicant.email;
        let arguments = json!({"email": email, "name": format!("{role} of tests"), "role": role});
        let rows = self.rows("operator.grant", &arguments);
        rows[0]["operator"].as_str().expect("an id").to_owned()
    }

    /// Ends the session.
    #[track_caller]
    pub fn log_out(&self) {
        self.client
            .delete("/v1/operator/sessions/current")
            .expect(204);
    }
}
