//! P7: passwords are held against known leaks. Five hex digits of a SHA-1 leave, hidden among
//! padding, and nothing else does; a leaked password is refused with its count, and one that leaks
//! later is told to its owner at her next sign-in.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use stack::{Engine, StackOptions};

use super::instance::{Applicant, Instance, sign_in, sign_up};
use super::promise::{Checks, Promise};
use super::traces::{self, Search};
use crate::client::{elements, string};

pub(super) const PROMISE: Promise = Promise {
    name: "P7",
    sentence: "passwords are checked against known leaks, at sign-up and at each sign-in",
    unit: "traces of a password that left, or leaks not told",
    prove,
};

const LEAKED: Applicant = Applicant {
    email: "leaked@example.com",
    name: "Leaked",
    password: "a kestrel over seven meadows",
};
const GOOD: Applicant = Applicant {
    email: "careful@example.com",
    name: "Careful",
    password: "a curlew on nine mudflats",
};
/// On the local list: these never leave, not even by their prefix.
const COMMON: [&str; 3] = ["passwordpassword", "qwertyuiopasdfghjkl", "123456789012345"];
const LEAKED_COUNT: u64 = 4711;
const LATER_COUNT: u64 = 23;

fn prove(engine: Engine, checks: &mut Checks) -> Result<()> {
    let instance = Instance::start("p7", StackOptions::on(engine))?;
    let mut digests = vec![leak(&instance, LEAKED.password, LEAKED_COUNT)?];

    let refused = sign_up(&instance.balance, &LEAKED)?;
    let count = refused.json().get("exposed_count").and_then(Value::as_u64);
    checks.holds(
        "a leaked password is refused at sign-up, and how often it was seen is told",
        refused.status == 422
            && refused.problem().as_deref() == Some("password-exposed")
            && count == Some(LEAKED_COUNT),
        format!(
            "{} {}, count {}",
            refused.status,
            refused.problem().unwrap_or_default(),
            count.unwrap_or_default()
        ),
    );

    let token = instance.account(&instance.balance, &GOOD)?;
    let me = instance
        .balance
        .with_token(&token)
        .get("/v1/me")?
        .expect(200)?;
    checks.holds(
        "one that has not leaked is accepted, and its account says so",
        me.pointer("/password/exposed") == Some(&json!(false)),
        password(&me),
    );

    digests.push(leak(&instance, GOOD.password, LATER_COUNT)?);
    let signed_in = sign_in(&instance.balance, &GOOD)?;
    let reply = signed_in.expect(201)?;
    checks.holds(
        "one that leaks later is told at the next sign-in",
        reply.get("password_exposed") == Some(&json!(true))
            && reply.get("exposed_count") == Some(&json!(LATER_COUNT)),
        format!(
            "password_exposed {}, count {}",
            shown(&reply, "/password_exposed"),
            shown(&reply, "/exposed_count")
        ),
    );
    let me = instance
        .balance
        .with_token(&signed_in.string("/token")?)
        .get("/v1/me")?
        .expect(200)?;
    checks.holds(
        "and stays told in GET /v1/me",
        me.pointer("/password/exposed") == Some(&json!(true))
            && me.pointer("/password/exposed_count") == Some(&json!(LATER_COUNT)),
        password(&me),
    );

    what_left(&instance, &digests, checks)?;

    let before = requests(&instance)?.len();
    for common in COMMON {
        let applicant = Applicant {
            password: common,
            ..LEAKED
        };
        sign_up(&instance.balance, &applicant)?.expect(422)?;
    }
    let asked = requests(&instance)?.len() - before;
    checks.holds(
        "common passwords are refused without asking anyone",
        asked == 0,
        format!("{} refused, {asked} look-ups", COMMON.len()),
    );
    instance.stop();
    Ok(())
}

/// A password's SHA-1: the five digits that may leave, and the 35 that may not.
struct Digest {
    prefix: String,
    suffix: String,
}

fn leak(instance: &Instance, password: &str, count: u64) -> Result<Digest> {
    let leaked = json!({"password": password, "count": count});
    let leaked = instance
        .pwned
        .post("/_control/leak", &leaked)?
        .expect(200)?;
    Ok(Digest {
        prefix: string(&leaked, "/prefix")?,
        suffix: string(&leaked, "/suffix")?,
    })
}

fn requests(instance: &Instance) -> Result<Vec<Value>> {
    let log = instance.pwned.get("/_control/requests")?.expect(200)?;
    Ok(elements(&log, "/requests").to_vec())
}

/// The requests as they came, header by header.
fn what_left(instance: &Instance, digests: &[Digest], checks: &mut Checks) -> Result<()> {
    let requests = requests(instance)?;
    let targets: Vec<&str> = requests
        .iter()
        .filter_map(|request| request.get("target")?.as_str())
        .collect();
    checks.none(
        "what is asked is five hex digits of the SHA-1",
        targets.iter().filter(|target| {
            let prefix = target.strip_prefix("/range/").unwrap_or_default();
            !digests
                .iter()
                .any(|digest| digest.prefix.eq_ignore_ascii_case(prefix))
        }),
        format!("{} look-ups: {}", targets.len(), targets.join(" ")),
    );
    checks.holds(
        "both passwords were looked up",
        digests.iter().all(|digest| {
            targets.iter().any(|target| {
                target
                    .to_uppercase()
                    .ends_with(&digest.prefix.to_uppercase())
            })
        }),
        "",
    );
    checks.none(
        "each asks for padding, so that the length of the reply tells nothing",
        requests
            .iter()
            .filter(|request| header(request, "add-padding") != Some("true"))
            .map(|_| "one without"),
        format!("Add-Padding on {} look-ups", requests.len()),
    );
    checks.none(
        "none has a body",
        requests
            .iter()
            .filter(|request| {
                request
                    .get("body")
                    .and_then(Value::as_str)
                    .is_some_and(|body| !body.is_empty())
            })
            .map(|_| "one with"),
        "",
    );
    let value = |what: &str, text: &str| traces::Value {
        what: what.into(),
        text: text.into(),
    };
    let mut private = Vec::new();
    for (applicant, digest) in [&LEAKED, &GOOD].into_iter().zip(digests) {
        private.push(value("a password", applicant.password));
        private.push(value("an email", applicant.email));
        private.push(value("the rest of a SHA-1", &digest.suffix.to_uppercase()));
        private.push(value("the rest of a SHA-1", &digest.suffix.to_lowercase()));
    }
    let search = Search::new(private)?;
    let sent = serde_json::to_vec(&requests).context("writing the requests down")?;
    checks.none(
        "no password, no other digit of its SHA-1 and no email is anywhere in them",
        search.find(&sent),
        format!(
            "{} bytes of requests, {} patterns",
            sent.len(),
            search.patterns()
        ),
    );
    Ok(())
}

fn header<'a>(request: &'a Value, name: &str) -> Option<&'a str> {
    let fields = request.get("headers")?.as_array()?.iter();
    fields
        .filter_map(Value::as_array)
        .find_map(|field| match field.as_slice() {
            [field, value] if field.as_str()?.eq_ignore_ascii_case(name) => value.as_str(),
            _ => None,
        })
}

fn password(me: &Value) -> String {
    format!("password {}", shown(me, "/password"))
}

fn shown(value: &Value, pointer: &str) -> String {
    value
        .pointer(pointer)
        .map_or_else(|| "missing".to_owned(), Value::to_string)
}
