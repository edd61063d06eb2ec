//! The mail that an instance has sent, as the stand-in took it in.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Client;

/// Everyone's mailbox.
pub struct Mailbox(Client);

/// A mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub id: u64,
    pub from: String,
    pub subject: String,
    pub text: String,
}

/// A code is 32 bytes in base64url.
const TOKEN_LENGTH: usize = 43;

impl Mailbox {
    pub(crate) fn new(url: &str) -> Self {
        Self(Client::new(url, "127.0.0.1"))
    }

    /// Waits until an address has so many mails; all of them, oldest first.
    pub fn wait_for(&self, address: &str, count: usize) -> Vec<Mail> {
        let mut mails = self.to(address);
        // On a machine that is busy with two suites wrangler's log may be late.
        let deadline = Instant::now() + Duration::from_secs(90);
        while mails.len() < count {
            assert!(
                Instant::now() < deadline,
                "{address} got {} of {count} mails",
                mails.len()
            );
            let after = mails.last().map_or(0, |mail| mail.id);
            mails.extend(self.ask(&format!(
                "/messages?to={}&wait=30&after={after}",
                escape(address)
            )));
        }
        mails
    }

    /// Waits until an address has a mail with this subject; all with it.
    pub fn wait_for_subject(&self, address: &str, subject: &str) -> Vec<Mail> {
        let mut count = 1;
        loop {
            let mut mails = self.wait_for(address, count);
            count = mails.len() + 1;
            mails.retain(|mail| mail.subject == subject);
            if !mails.is_empty() {
                return mails;
            }
        }
    }

    /// What an address has been sent so far.
    pub fn to(&self, address: &str) -> Vec<Mail> {
        self.ask(&format!("/messages?to={}", escape(address)))
    }

    /// The code in the newest mail to an address, once there is one.
    pub fn token_for(&self, address: &str) -> String {
        let mails = self.wait_for(address, 1);
        let mail = mails.last().expect("a mail");
        mail.token()
            .unwrap_or_else(|| panic!("no code in {mail:?}"))
    }

    fn ask(&self, path: &str) -> Vec<Mail> {
        let reply = self.0.get(path).expect(200);
        let messages = reply["messages"].as_array().expect("messages");
        messages.iter().map(Mail::new).collect()
    }
}

impl Mail {
    fn new(message: &Value) -> Self {
        let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        Self {
            id: message["id"].as_u64().expect("an id"),
            from: text("from"),
            subject: text("subject"),
            text: text("text"),
        }
    }

    /// The code in it.
    pub fn token(&self) -> Option<String> {
        let is_token = |word: &&str| {
            word.len() == TOKEN_LENGTH
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        self.text
            .split_whitespace()
            .find(is_token)
            .map(str::to_owned)
    }
}

fn escape(address: &str) -> String {
    address.bytes().fold(String::new(), |text, byte| {
        if byte.is_ascii_alphanumeric() {
            text + char::from(byte).encode_utf8(&mut [0; 4])
        } else {
            format!("{text}%{byte:02X}")
        }
    })
}
