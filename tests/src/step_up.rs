//! Sensitive requests, as a client goes about them: refused first, approved, and
//! sent again.

use serde_json::{Value, json};

use crate::{Authenticator, Person, Reply};

/// A sensitive request that was refused: what it has to be approved with.
pub struct Refused<'a> {
    person: &'a Person,
    method: String,
    path: String,
    body: Option<Value>,
    pub action: Value,
    pub methods: Value,
}

impl Person {
    /// Sends a sensitive request without an approval; it must be refused.
    #[track_caller]
    pub fn refused(&self, method: &str, path: &str, body: Option<&Value>) -> Refused<'_> {
        let problem = self
            .request(method, path, body, None)
            .expect_problem(403, "step-up-required");
        Refused {
            person: self,
            method: method.into(),
            path: path.into(),
            body: body.cloned(),
            action: problem["action"].clone(),
            methods: problem["methods"].clone(),
        }
    }

    /// A sensitive request of someone without a second factor.
    #[track_caller]
    pub fn by_password(&self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let refused = self.refused(method, path, body);
        assert_eq!(refused.methods, json!(["password"]));
        let approval = refused.approve(|_| json!({"password": self.applicant.password}));
        refused.again(&approval)
    }

    /// A sensitive request of someone with a key.
    #[track_caller]
    pub fn by_key(
        &self,
        key: &mut Authenticator,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Reply {
        let refused = self.refused(method, path, body);
        let approval = refused.approve(|begun| json!({"credential": key.get(&begun["options"])}));
        refused.again(&approval)
    }

    /// Adds a key to an account without a second factor: its id.
    #[track_caller]
    pub fn enrol(&self, key: &mut Authenticator) -> String {
        let body = self.new_key(key);
        let reply = self.by_password("POST", "/v1/me/passkeys", Some(&body));
        reply.expect(201);
        reply.string("/id")
    }

    /// What enrols a key, but for the approval.
    #[track_caller]
    pub fn new_key(&self, key: &mut Authenticator) -> Value {
        let begun = self
            .post("/v1/passkey-challenges", &json!({"purpose": "enrolment"}))
            .expect(201);
        json!({
            "challenge": begun["challenge"],
            "name": "a key",
            "credential": key.create(&begun["options"]),
        })
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        approval: Option<&str>,
    ) -> Reply {
        let mut call = self.call(method, path);
        if let Some(body) = body {
            call = call.json(body);
        }
        if let Some(approval) = approval {
            call = call.header("step-up", approval);
        }
        call.send()
    }
}

impl Refused<'_> {
    /// Begins to step up: challenge, methods, options.
    #[track_caller]
    pub fn begin(&self) -> Value {
        self.person
            .post("/v1/me/step-ups", &json!({"action": self.action}))
            .expect(201)
    }

    /// Steps up with the proof that `prove` makes of what was begun: the approval.
    #[track_caller]
    pub fn approve(&self, prove: impl FnOnce(&Value) -> Value) -> String {
        let begun = self.begin();
        let mut proof = prove(&begun);
        proof["challenge"] = begun["challenge"].clone();
        let reply = self.person.post("/v1/me/step-ups/confirm", &proof);
        reply.expect(201);
        reply.string("/step_up")
    }

    /// The request again, with an approval.
    pub fn again(&self, approval: &str) -> Reply {
        self.person
            .request(&self.method, &self.path, self.body.as_ref(), Some(approval))
    }
}
