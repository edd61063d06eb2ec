//! What is printed: a request as a curl one could paste, and its reply. A secret stands in a
//! request as a shell variable, and in a reply by its first characters.

use crate::client::{Reply, Request};

use super::json::Json;

/// Characters of a secret that are shown.
const SHOWN: usize = 6;
/// Characters of a line.
const WIDTH: usize = 92;

/// Header fields of a reply that say something.
const INTERESTING: [&str; 6] = [
    "set-cookie",
    "retry-after",
    "www-authenticate",
    "idempotent-replayed",
    "location",
    "server-timing",
];

/// What was told so far.
#[derive(Default)]
pub(super) struct Transcript {
    steps: u32,
    /// Name and value.
    secrets: Vec<(&'static str, String)>,
}

impl Transcript {
    /// Where the servers are, for whoever pastes.
    pub(super) fn opening(servers: &[(&str, &str)]) {
        for (name, url) in servers {
            println!("{name}={url}");
        }
    }

    /// Begins a step.
    pub(super) fn step(&mut self, title: &str, story: &str) {
        self.steps += 1;
        let title = format!("── {} · {title} ", self.steps);
        let rule = "─".repeat(WIDTH.saturating_sub(title.chars().count()));
        println!("\n{title}{rule}\n{}", wrapped(story));
    }

    pub(super) fn steps(&self) -> u32 {
        self.steps
    }

    /// The request, to the server that a variable names.
    pub(super) fn request(&self, server: &str, request: &Request) {
        println!("\n{}", self.curl(server, request));
    }

    /// The reply.
    pub(super) fn reply(&self, reply: &Reply) {
        let status = ureq::http::StatusCode::from_u16(reply.status);
        let reason = status.ok().and_then(|status| status.canonical_reason());
        println!("\n{} {}", reply.status, reason.unwrap_or_default());
        for name in INTERESTING {
            if let Some(value) = reply.header(name) {
                println!("{name}: {}", self.shortened(value));
            }
        }
        // Before anything is cut: half a secret would not be known for one.
        let body = self.shortened(&reply.text());
        match Json::read(body.as_bytes()) {
            Some(json) => println!("\n{}", json.pretty()),
            None if body.is_empty() => {}
            None => println!("\n{body}"),
        }
    }

    /// Remembers a secret.
    pub(super) fn keep(&mut self, name: &'static str, value: &str) {
        self.secrets.retain(|(kept, _)| *kept != name);
        self.secrets.push((name, value.to_owned()));
    }

    /// A secret by its name.
    pub(super) fn secret(&self, name: &str) -> Option<&str> {
        let mut kept = self.secrets.iter();
        kept.find(|(kept, _)| *kept == name)
            .map(|(_, value)| value.as_str())
    }

    /// Says how a secret is called from here on.
    pub(super) fn name(&self, name: &str) {
        if let Some(secret) = self.secret(name) {
            println!("\n{name}={}", short(secret));
        }
    }

    fn curl(&self, server: &str, request: &Request) -> String {
        let url = format!("${server}{}", self.named(&request.path, "$", ""));
        let url = if url.contains(['&', '?']) {
            format!("\"{url}\"")
        } else {
            url
        };
        let method = match request.method {
            "GET" | "POST" => String::new(),
            other => format!("-X {other} "),
        };
        let mut parts = vec![format!("curl {method}{url}")];
        for (name, value) in &request.fields {
            let value = self.named(value, "$", "");
            let quote = if value.contains('$') { '"' } else { '\'' };
            parts.push(format!("-H {quote}{name}: {value}{quote}"));
        }
        if let Some(body) = &request.body {
            let body = self.named(&body.replace('\'', r"'\''"), "'$", "'");
            parts.push(format!("-d '{body}'"));
        }
        let line = parts.join(" ");
        if line.chars().count() > WIDTH {
            parts.join(" \\\n    ")
        } else {
            line
        }
    }

    /// With secrets as variables.
    fn named(&self, text: &str, before: &str, after: &str) -> String {
        self.secrets
            .iter()
            .fold(text.to_owned(), |text, (name, value)| {
                text.replace(value, &format!("{before}{name}{after}"))
            })
    }

    /// With secrets by their first characters.
    fn shortened(&self, text: &str) -> String {
        self.secrets
            .iter()
            .fold(text.to_owned(), |text, (_, value)| {
                text.replace(value, &short(value))
            })
    }
}

/// In lines.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        if let Some(line) = lines.last_mut() {
            if line.chars().count() + 1 + word.chars().count() > WIDTH {
                lines.push(word.to_owned());
            } else {
                line.push_str(if line.is_empty() { "" } else { " " });
                line.push_str(word);
            }
        }
    }
    lines.join("\n")
}

fn short(secret: &str) -> String {
    // What begins all tokens of a kind tells nothing of this one.
    let told = secret
        .rfind("-sandbox-")
        .map_or(0, |at| at + "-sandbox-".len());
    let shown: String = secret.chars().take(told + SHOWN).collect();
    format!("{shown}…")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn transcript() -> Transcript {
        let mut transcript = Transcript::default();
        transcript.keep("TOKEN", "jY2oX0f3mN6bV9cL1kD4aQ7wE5rT8uI0pS2gH3zB6xM");
        transcript
    }

    #[test]
    fn a_secret_in_a_request_is_a_variable_that_the_shell_fills_in() {
        let token = "jY2oX0f3mN6bV9cL1kD4aQ7wE5rT8uI0pS2gH3zB6xM";
        let request = Request::post("/v1/x?a=1", &json!({"token": token, "name": "d'Arc"}))
            .field("authorization", &format!("Bearer {token}"));
        assert_eq!(
            transcript().curl("BALANCE", &request),
            "curl \"$BALANCE/v1/x?a=1\" \\\n    -H 'content-type: application/json' \\\n    \
             -H \"authorization: Bearer $TOKEN\" \\\n    \
             -d '{\"name\":\"d'\\''Arc\",\"token\":\"'$TOKEN'\"}'"
        );
        let request = Request::get("/v1/me").field("authorization", &format!("Bearer {token}"));
        assert_eq!(
            transcript().curl("BALANCE", &request),
            "curl $BALANCE/v1/me -H \"authorization: Bearer $TOKEN\""
        );
    }

    #[test]
    fn a_story_is_told_in_lines_that_lose_no_word() {
        let story = "one two ".repeat(40);
        let told = wrapped(story.trim());
        assert!(told.lines().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(told.replace('\n', " "), story.trim());
    }

    #[test]
    fn a_secret_in_a_reply_is_shortened() {
        let text = "{\"token\":\"jY2oX0f3mN6bV9cL1kD4aQ7wE5rT8uI0pS2gH3zB6xM\"}";
        assert_eq!(transcript().shortened(text), "{\"token\":\"jY2oX0…\"}");
        assert_eq!(short("link-sandbox-af1a0311-da53"), "link-sandbox-af1a03…");
    }
}
