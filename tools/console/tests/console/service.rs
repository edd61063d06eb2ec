//! A service on a loopback port: it notes each request, and answers as it was told.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

/// A request, read whole.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Lower-case names.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What it is answered with.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// The server. Its threads end with the test's process.
pub(crate) struct Service {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Service {
    pub(crate) fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &seen, answer.as_ref()));
            }
        });
        Self { port, requests }
    }

    /// One that opens and ends sessions, and answers commands like this.
    pub(crate) fn of_commands(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(move |request| match (&*request.method, &*request.path) {
            ("POST", "/v1/operator/sessions") => Reply::json(201, &session()),
            ("DELETE", "/v1/operator/sessions/current") => Reply::empty(204),
            ("GET", "/v1/operator/sessions/current") => invited(request),
            ("POST", "/v1/operator/commands") => answer(request),
            _ => Reply::empty(404),
        })
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Those of commands.
    pub(crate) fn commands(&self) -> Vec<Request> {
        let mut requests = self.requests();
        requests.retain(|request| request.path == "/v1/operator/commands");
        requests
    }
}

impl Request {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::bytes(status, body.to_string())
    }

    pub(crate) fn bytes(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            fields: Vec::new(),
            body: body.into(),
        }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::bytes(status, "")
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// A problem (RFC 9457) with more members.
    pub(crate) fn problem(status: u16, slug: &str, detail: &str, members: &Value) -> Self {
        let mut body = json!({
            "type": format!("/problems/{slug}"),
            "title": "Refused",
            "status": status,
            "detail": detail,
        });
        let members = members.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(members);
        Self::json(status, &body)
    }
}

pub(crate) const TOKEN: &str = "opc_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What the service answers to a code.
pub(crate) fn session() -> Value {
    json!({
        "id": "cse_0199c1f2b7a47d3c8e5f60718293a4b9",
        "token": TOKEN,
        "expires_at": "2999-01-01T00:00:00Z",
        "operator": {
            "id": "opr_0199c1f2b7a47d3c8e5f60718293a4b7",
            "name": "Grace Hopper",
            "role": "employee",
        },
        "reason_type": "support",
        "reason": "Ada's transfer of 3 March",
        "ticket": "HELP-311",
    })
}

/// What it answers to a token that was handed over.
fn invited(request: &Request) -> Reply {
    if request.field("authorization") != Some(&*format!("Bearer {TOKEN}")) {
        return Reply::problem(401, "unauthenticated", "The session is over.", &json!({}));
    }
    let mut session = session();
    session.as_object_mut().unwrap().remove("token");
    session["operator"]["role"] = "auditor".into();
    Reply::json(200, &session)
}

fn serve(
    stream: TcpStream,
    seen: &Mutex<Vec<Request>>,
    answer: &(dyn Fn(&Request) -> Reply + Send + Sync),
) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or_default() == 0 {
        return;
    }
    let mut words = line.split_ascii_whitespace().map(str::to_owned);
    let mut request = Request {
        method: words.next().unwrap(),
        path: words.next().unwrap(),
        fields: Vec::new(),
        body: Vec::new(),
    };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        let field = (name.to_ascii_lowercase(), value.trim().to_owned());
        request.fields.push(field);
    }
    let length = request.field("content-length").unwrap_or("0");
    request.body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut request.body).unwrap();
    let reply = answer(&request);
    seen.lock().unwrap().push(request);
    let mut head = format!(
        "HTTP/1.1 {} X\r\ncontent-length: {}\r\nconnection: close\r\n",
        reply.status,
        reply.body.len()
    );
    for (name, value) in &reply.fields {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend(reply.body);
    // Who asked may read no more than it wants.
    let _ = reader.get_mut().write_all(&bytes);
}
