//! Sign-up: a password, a mailed token, and no account until both come together
//! ([`super::confirm`]).
//!
//! Invariant: a known email takes the same path to the end, where another mail
//! goes out: the token of its pending sign-up is then nobody's.

use pwned::policy::{Context, Password, Policy};

use super::{
    Visitor,
    email::Email,
    leaks::{LookUp, Verdict},
    mails,
    token::OpaqueToken,
};
use crate::{
    app::App,
    id::RowId,
    platform::Timestamp,
    problem::{FieldError, Problem, Result},
    store::{
        people::{self, LeakState},
        sign_ups::{self, SignUpRecord},
        table::index,
        throttle::{self, FreeTries},
    },
    text::nfc,
};

/// How long the look-up may take, in milliseconds.
const LOOK_UP_MS: u32 = 1_000;
/// Mails to one address that one network may cause before it has to wait.
const FREE_MAILS: FreeTries = FreeTries(20);
const MAX_NAME_CHARS: usize = 100;
pub(super) const NAME_INVALID: &str =
    "A name has 1 to 100 characters, none of them control characters.";

/// Someone who wants an account, as far as the form can tell.
pub(crate) struct Applicant {
    email: Email,
    name: Option<String>,
    password: Password,
}

impl Applicant {
    /// Holds the form to the rules; the problem names every field at once.
    pub(crate) fn check(email: &str, name: Option<&str>, password: &str) -> Result<Self> {
        let mut errors = Vec::new();
        let mut refuse = |field: &'static str, code, message: String| {
            errors.push(FieldError {
                field: field.into(),
                code,
                message: message.into(),
            });
        };
        let parsed = Email::parse(email);
        if parsed.is_none() {
            refuse(
                "email",
                "email_invalid",
                "This is not an address that mail can be sent to.".into(),
            );
        }
        let name: Option<String> = name.map(|name| nfc(name.trim()));
        if name.as_deref().is_some_and(|name| !is_name(name)) {
            refuse("name", "name_invalid", NAME_INVALID.into());
        }
        let context = Context {
            email,
            name: name.as_deref().unwrap_or_default(),
        };
        let password = Policy::Sole.check(password, &context);
        for violation in password.as_ref().err().into_iter().flatten() {
            refuse(
                "password",
                violation.code(),
                format!("{}.", capitalised(&violation.to_string())),
            );
        }
        match (parsed, password) {
            (Some(email), Ok(password)) if errors.is_empty() => Ok(Self {
                email,
                name,
                password,
            }),
            _ => Err(Problem::invalid(errors)),
        }
    }
}

/// A name as it is kept, of a person or of something of hers.
pub(crate) fn checked_name(typed: &str) -> Result<String> {
    let name: String = nfc(typed.trim());
    if is_name(&name) {
        Ok(name)
    } else {
        Err(Problem::invalid_field("name", "name_invalid", NAME_INVALID))
    }
}

pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= MAX_NAME_CHARS
        && !name.chars().any(char::is_control)
}

fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(rest).collect()
    })
}

/// Mails a token, or, to someone with an account, that she has one. One
/// Argon2id, one look-up, two batches and one mail, whoever it is.
pub(crate) async fn sign_up(app: &App, visitor: &Visitor, applicant: &Applicant) -> Result<()> {
    let look_up = LookUp::start(app, &applicant.password, LOOK_UP_MS);
    let system = app.system_keys().await?;
    let login = applicant.email.login().as_str();
    let email_index = system.blind(index::LOGIN_EMAIL, login.as_bytes());
    let tries = format!("{login}\0{}", visitor.network());
    let tries = system.blind(index::SIGN_UP_TRIES, tries.as_bytes());
    let now = Timestamp::now();
    let [exist, count, look] = throttle::count(tries, FREE_MAILS, now);
    let [_, counted, look, known] = app
        .db
        .batch([exist, count, look, people::is_known(email_index)])
        .await?;
    throttle::admit(&counted, look, now)?;
    let is_known = known.rows()?.first::<(i64,)>()?.is_some();

    let password_hash = app.hasher.hash(&applicant.password)?;
    let leak = match look_up.verdict().await {
        Verdict::Found { count } => return Err(Problem::password_exposed(count)),
        Verdict::NotFound => LeakState::NotFound { checked_at: now },
        Verdict::Unknown => LeakState::Unchecked,
    };
    let token = OpaqueToken::generate()?;
    let record = SignUpRecord {
        token_hash: token.hash().hex(),
        email_index,
        email: applicant.email.address().to_owned(),
        login: login.to_owned(),
        name: applicant.name.clone(),
        password_hash,
        leak,
    };
    app.db
        .batch([sign_ups::insert(&system, RowId::new()?, &record, now)?])
        .await?;
    if is_known {
        mails::sign_up_of_known(app, &applicant.email).await
    } else {
        mails::confirm_sign_up(app, &applicant.email, &token).await
    }
}
