//! Why a command did not run, in words: what is missing, and what would bring it. What the
//! service says (RFC 9457) is shown too, made harmless.

use serde::Deserialize;

use crate::arguments::is_id;
use crate::harmless::{escaped, harmless};
use crate::http::Reply;
use crate::session::Granted;

/// What the service's refusals have.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    r#type: String,
    title: String,
    detail: String,
    request_id: String,
    errors: Vec<FieldError>,
    /// Of `consent-required`: what a consent would have to name.
    fields: Vec<String>,
    resources: Vec<String>,
    user: String,
    /// Of `consent-refused`: where it stands.
    state: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FieldError {
    field: String,
    message: String,
}

/// The lines that explain a refusal.
pub(crate) fn words(reply: &Reply, session: &Granted) -> Vec<String> {
    let problem: Problem = serde_json::from_slice(&reply.body).unwrap_or_default();
    let said = match (problem.detail.as_str(), problem.title.as_str()) {
        ("", "") => format!("The service answered {}.", reply.status),
        ("", title) => title.to_owned(),
        (detail, _) => detail.to_owned(),
    };
    let mut lines = vec![harmless(&said)];
    let each = problem.errors.iter();
    lines.extend(
        each.map(|error| format!("  {}: {}", harmless(&error.field), harmless(&error.message))),
    );
    let slug = problem.r#type.rsplit('/').next().unwrap_or_default();
    lines.extend(match slug {
        "consent-required" => consent_required(&problem, session),
        "consent-refused" => vec![consent_refused(&problem.state)],
        "self-service" => {
            vec!["Nobody serves or reviews himself: ask another operator.".to_owned()]
        }
        "role-insufficient" => vec![format!(
            "Your role ({}) does not have this command.",
            harmless(&session.operator.role)
        )],
        "reveal-suspended" => vec![
            "Nothing is revealed to anyone while a review is more than 14 days late: \
             balance-console review list --pending"
                .to_owned(),
        ],
        "unauthenticated" => vec![format!(
            "The session is over (it lasts 15 minutes). Sign in again:\n  \
             balance-console login --reason-type {} --reason {} --ticket {}",
            escaped(&quoted(&session.reason_type)),
            escaped(&quoted(&session.reason)),
            escaped(&quoted(&session.ticket))
        )],
        "too-many-requests" => vec!["Wait a little, then try again.".to_owned()],
        _ => Vec::new(),
    });
    if !problem.request_id.is_empty() {
        lines.push(format!("(request {})", harmless(&problem.request_id)));
    }
    lines
}

/// The line that would ask for the consent that is missing.
fn consent_required(problem: &Problem, session: &Granted) -> Vec<String> {
    let mut command = vec!["  balance-console consent request".to_owned()];
    // The reply's, so that what is to be pasted into a shell is looked at first.
    let is_resource = |id: &&String| is_id(id, &["usr_", "item_", "acct_", "txn_"]);
    let is_field = |name: &&String| consent::Field::parse(name).is_some();
    // The narrowest comes first: no more is asked for.
    let resource = problem.resources.iter().find(is_resource);
    let fields: Vec<_> = problem.fields.iter().filter(is_field).collect();
    let Some(resource) = resource else {
        return Vec::new();
    };
    if !is_id(&problem.user, &["usr_"]) || fields.is_empty() {
        return Vec::new();
    }
    command.push(problem.user.clone());
    command.push(format!("--resource {resource}"));
    command.extend(fields.iter().map(|name| format!("--field {name}")));
    command.push(format!("--purpose {}", escaped(&quoted(&session.reason))));
    command.push("--hours 24 --uses 3".to_owned());
    vec![
        "A consent of hers is missing. This asks for it; she reads the purpose:".to_owned(),
        command.join(" "),
        "Once she signed, run the command again with --consent and the id that it prints."
            .to_owned(),
    ]
}

fn consent_refused(state: &str) -> String {
    match state {
        "requested" => "She has not signed it yet.".to_owned(),
        "declined" => "She declined it.".to_owned(),
        "expired" => "Its time is over: ask for another.".to_owned(),
        "revoked" => "She took it back.".to_owned(),
        "exhausted" => "It has no uses left: ask for another.".to_owned(),
        "" | "granted" => {
            "It does not cover this: balance-console consent show says what it names.".to_owned()
        }
        other => format!("It stands at: {}.", harmless(other)),
    }
}

/// A word of a shell, in single quotes where it needs them.
pub(crate) fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
