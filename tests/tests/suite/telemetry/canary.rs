//! The canary: a word planted in every input of every route, with and without a session, well
//! formed and not, in what a provider answers, and in a person's own data. It is in nothing that
//! is sent to whoever watches, nor in a line of the log.

use end_to_end::{Client, Person, TestApp};
use serde_json::{Value, json};

use super::{both, options, request_id};

/// Like nothing else, and the same however it is escaped.
const CANARY: &str = "plantedxyzzy";
/// The same in hex.
const HEX: &str = "706c616e74656478797a7a79";

/// A code of Plaid's that nobody knows. An operator is to see it in the log; others are not.
const CODE: &str = "PLANTED_CODE";

/// Every header that a handler reads.
const HEADERS: [&str; 9] = [
    "user-agent",
    "cookie",
    "idempotency-key",
    "step-up",
    "plaid-verification",
    "stripe-signature",
    "balance-device",
    "if-none-match",
    "x-request-id",
];

/// A call to a route, as its document has it.
struct Operation<'a> {
    document: &'a Value,
    method: String,
    path: String,
    what: &'a Value,
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, what) in methods.as_object().expect("methods") {
            operations.push(Operation {
                document,
                method: method.to_uppercase(),
                path: path.clone(),
                what,
            });
        }
    }
    operations
}

/// A value of a schema with the canary wherever a text may stand; `strict` keeps to formats.
fn planted(document: &Value, schema: &Value, strict: bool, depth: u8) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        let pointer = name.trim_start_matches('#');
        let found = document.pointer(pointer).cloned().unwrap_or_default();
        return planted(document, &found, strict, depth);
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(first) = schema[several].as_array().and_then(|all| all.last()) {
            return planted(document, first, strict, depth);
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().and_then(Value::as_str),
        kind => kind.as_str(),
    };
    match kind {
        Some("object") if depth < 6 => {
            let properties = schema["properties"].as_object();
            let members = properties.into_iter().flatten().map(|(name, schema)| {
                let value = planted(document, schema, strict, depth + 1);
                (name.clone(), value)
            });
            Value::Object(members.collect())
        }
        Some("array") if depth < 6 => {
            json!([planted(document, &schema["items"], strict, depth + 1)])
        }
        Some("integer" | "number") if strict => json!(1),
        Some("boolean") if strict => json!(true),
        _ if strict && schema["enum"].is_array() => schema["enum"][0].clone(),
        _ if strict && schema["format"] == "email" => json!(format!("{CANARY}@example.com")),
        _ => json!(format!("{CANARY} is a passphrase")),
    }
}

impl Operation<'_> {
    fn url(&self) -> String {
        let mut url = String::new();
        for part in self.path.split('/').skip(1) {
            let part = if part.starts_with('{') { CANARY } else { part };
            url = format!("{url}/{part}");
        }
        let parameters = self.what["parameters"].as_array();
        let names = parameters
            .into_iter()
            .flatten()
            .filter(|one| one["in"] == "query");
        let query: Vec<String> = names
            .filter_map(|one| Some(format!("{}={CANARY}", one["name"].as_str()?)))
            .collect();
        format!("{url}?{}&also={CANARY}", query.join("&"))
    }

    /// Its id, for the last of them.
    fn call(&self, client: &Client, body: &str) -> Option<String> {
        let mut call = client.call(&self.method, &self.url());
        for header in HEADERS {
            call = call.header(header, CANARY);
        }
        if self.what["requestBody"].is_object() {
            call = call.body("application/json", body);
        }
        let reply = call.send();
        reply.header("x-request-id").map(str::to_owned)
    }

    fn bodies(&self) -> Vec<String> {
        let schema = &self.what["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_null() {
            return vec![json!({CANARY: CANARY}).to_string()];
        }
        vec![
            planted(self.document, schema, true, 0).to_string(),
            planted(self.document, schema, false, 0).to_string(),
            format!("{{\"{CANARY}\": {CANARY}"),
        ]
    }
}

/// Somebody whose session holds, a new one where it was ended by what was called.
fn signed_in(app: &TestApp, person: Person) -> Person {
    if person.get("/v1/me").status() == 200 {
        person
    } else {
        app.person()
    }
}

/// What a provider says, when it fails, is as foreign as what a client says.
fn fail_at_the_providers(app: &TestApp, ada: &Person) {
    let connection = app.connect(ada, &json!({"transactions": 5}));
    let refusal = json!({"error_code": CODE, "error_message": CANARY});
    connection
        .bank
        .update(&json!({"add": [{"name": CANARY, "amount": 1}]}).to_string());
    connection.bank.fail("/transactions/sync", &refusal);
    connection.refresh();
    app.sweep();
    let webhook = json!({
        "webhook_type": CANARY, "webhook_code": CANARY, "item_id": CANARY, CANARY: CANARY,
        "error": {"error_code": CANARY, "error_message": CANARY, "display_message": CANARY},
    });
    let url = format!("{}/webhooks/plaid", app.stack().origin());
    let order = json!({"url": url, "body": webhook});
    assert_eq!(app.bank().fire(&order), [200], "signed, of an unknown kind");
    app.bank().fail("/link/token/create", &refusal);
    ada.post("/v1/link-tokens", &json!({}));
    app.bank().heal();
}

#[test]
fn nothing_of_anybodys_is_in_what_is_sent_or_logged() {
    let app = TestApp::start_with(options("telemetry-canary"));
    let document = app.stranger().get("/openapi.json").json();
    let operations = operations(&document);
    assert!(operations.len() > 60, "{} routes", operations.len());
    let mut ada = app.person();
    fail_at_the_providers(&app, &ada);
    let mut last = None;
    for (number, operation) in operations.iter().enumerate() {
        ada = signed_in(&app, ada);
        // A network of its own, as each has its limits.
        let address = format!("198.19.{}.{}", 1 + number / 250, 1 + number % 250);
        let client = Client::new(&app.stack().origin(), &address);
        for body in operation.bodies() {
            operation.call(&client.with_token(CANARY), &body);
            operation.call(&client.with_token(&ada.token), &body);
            last = operation.call(&client, &body);
        }
    }
    app.sweep();
    let last = last.expect("an id");
    for sink in both(&app) {
        let arrived = sink.wait_for("the last request", |arrived| {
            let spans = arrived.spans();
            let is_last = |span: &serde_json::Value| request_id(span) == last;
            spans.iter().any(is_last) && !arrived.spans_of("tick").is_empty()
        });
        assert!(
            arrived.spans().len() > operations.len(),
            "there was much to tell"
        );
        assert!(!arrived.logs().is_empty());
        assert_eq!(arrived.refused(), [] as [Value; 0]);
        let text = arrived.text();
        holds_no_canary("a sink", &text);
        assert!(
            !text.contains(CODE),
            "what a provider says is for the log alone"
        );
    }
    let log = app.stack().log();
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("\"event\":"))
        .collect();
    assert!(log.contains(CODE), "what failed was logged");
    holds_no_canary("the log", &lines.join("\n"));
    assert!(!log.contains("Uncaught"), "nothing ended in an exception");
}

#[track_caller]
fn holds_no_canary(place: &str, text: &str) {
    let text = text.to_lowercase();
    for canary in [CANARY, HEX] {
        if let Some(at) = text.find(canary) {
            let start = at.saturating_sub(200);
            let around = text.get(start..(at + 100).min(text.len()));
            panic!("{place} has it: {around:?}");
        }
    }
}
