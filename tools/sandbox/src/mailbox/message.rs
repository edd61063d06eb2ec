//! A mail as a test wants to read it: addresses, subject, text.

use jiff::Timestamp;
use mail_parser::{Address, MessageParser};
use serde::Serialize;

/// What a mail consists of.
pub(super) struct Parts {
    pub(super) to: Vec<String>,
    pub(super) from: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: Option<String>,
}

/// A mail that arrived.
#[derive(Clone, Serialize)]
pub(super) struct Message {
    id: u64,
    to: Vec<String>,
    from: String,
    subject: String,
    text: String,
    html: Option<String>,
    received_at: Timestamp,
}

impl Message {
    pub(super) fn new(id: u64, received_at: Timestamp, parts: Parts) -> Self {
        Self {
            id,
            to: parts.to,
            from: parts.from,
            subject: parts.subject,
            text: parts.text,
            html: parts.html,
            received_at,
        }
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    pub(super) fn to(&self) -> &[String] {
        &self.to
    }

    pub(super) fn from(&self) -> &str {
        &self.from
    }

    pub(super) fn subject(&self) -> &str {
        &self.subject
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn received_at(&self) -> Timestamp {
        self.received_at
    }

    pub(super) fn set_html(&mut self, html: String) {
        self.html = Some(html);
    }

    pub(super) fn is_to(&self, address: &str) -> bool {
        self.to.iter().any(|to| to.eq_ignore_ascii_case(address))
    }
}

/// Takes a MIME message apart; None when it is none.
pub(super) fn parse(mime: &[u8]) -> Option<Parts> {
    let mail = MessageParser::default().parse(mime)?;
    let to = [mail.to(), mail.cc(), mail.bcc()]
        .into_iter()
        .flatten()
        .flat_map(addresses)
        .collect();
    Some(Parts {
        to,
        from: mail
            .from()
            .and_then(|from| addresses(from).into_iter().next())
            .unwrap_or_default(),
        subject: mail.subject().unwrap_or_default().to_owned(),
        text: mail.body_text(0).unwrap_or_default().into_owned(),
        html: mail.html_body.first().and_then(|part| {
            let part = mail.part(*part)?;
            part.is_text_html()
                .then(|| part.text_contents().map(str::to_owned))?
        }),
    })
}

fn addresses(header: &Address<'_>) -> Vec<String> {
    header
        .iter()
        .filter_map(|entry| entry.address())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_multipart_mail_gives_addresses_decoded_subject_and_text() {
        let mime = b"From: Balance <no-reply@balance.test>\r\nTo: \"Ada, L.\" <Ada@example.com>, b@example.com\r\n\
Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n\
--x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nConfirm: http://localhost/?t=3Da=\r\nb\r\n\
--x\r\nContent-Type: text/html\r\n\r\n<p>Confirm</p>\r\n--x--\r\n";
        let parts = parse(mime).unwrap();
        assert_eq!(parts.from, "no-reply@balance.test");
        assert_eq!(parts.to, ["Ada@example.com", "b@example.com"]);
        assert_eq!(parts.subject, "Grüße");
        assert_eq!(parts.text.trim_end(), "Confirm: http://localhost/?t=ab");
        assert_eq!(parts.html.unwrap().trim_end(), "<p>Confirm</p>");
    }
}
