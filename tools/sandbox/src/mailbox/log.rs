//! What wrangler's log says of a mail (miniflare's `send_email.worker`): a heading, then for a raw
//! message the path of an `.eml`, for a builder the headers and the paths of its parts.

use std::mem;
use std::path::PathBuf;

const RAW: &str = "send_email binding called with the following message:";
const BUILT: &str = "send_email binding called with MessageBuilder:";

/// A mail, or a part of one, that the log has named completely.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// A whole MIME message in this file.
    Raw(PathBuf),
    /// Headers as written, and the text if there is one.
    Built {
        headers: String,
        text: Option<PathBuf>,
    },
    /// The HTML alternative of the mail before.
    Html(PathBuf),
}

/// Reads the log line by line.
#[derive(Default)]
pub(super) struct Reader(Expecting);

#[derive(Default)]
enum Expecting {
    #[default]
    Heading,
    RawPath,
    /// From, To, Cc, Bcc and Subject, then an empty line.
    Headers(String),
    /// The first of the part paths.
    Parts(String),
    /// More of them, of a mail already given out.
    MoreParts,
}

impl Reader {
    /// Takes one line without its ending; gives what it completed, oldest first.
    pub(super) fn line(&mut self, line: &str) -> Vec<Entry> {
        let line = without_colours(line);
        let line = line.trim();
        let mut completed = Vec::new();
        self.0 = match mem::take(&mut self.0) {
            Expecting::RawPath => {
                let path = line.strip_prefix("Email:").unwrap_or(line).trim();
                completed.push(Entry::Raw(path.into()));
                Expecting::Heading
            }
            Expecting::Headers(headers) if line.is_empty() => Expecting::Parts(headers),
            Expecting::Headers(headers) if is_header(line) => {
                Expecting::Headers(headers + line + "\r\n")
            }
            Expecting::Headers(headers) => {
                completed.push(Entry::Built {
                    headers,
                    text: None,
                });
                heading(line)
            }
            Expecting::Parts(headers) => {
                let text = line.strip_prefix("Text:").map(|path| path.trim().into());
                let text_found = text.is_some();
                completed.push(Entry::Built { headers, text });
                if text_found {
                    Expecting::MoreParts
                } else {
                    more(line, &mut completed)
                }
            }
            Expecting::MoreParts => more(line, &mut completed),
            Expecting::Heading => heading(line),
        };
        completed
    }
}

fn more(line: &str, completed: &mut Vec<Entry>) -> Expecting {
    if let Some(path) = line.strip_prefix("HTML:") {
        completed.push(Entry::Html(path.trim().into()));
        Expecting::MoreParts
    } else if line.starts_with("Attachment (") {
        Expecting::MoreParts
    } else {
        heading(line)
    }
}

fn heading(line: &str) -> Expecting {
    if line.contains(RAW) {
        Expecting::RawPath
    } else if line.contains(BUILT) {
        Expecting::Headers(String::new())
    } else {
        Expecting::Heading
    }
}

fn is_header(line: &str) -> bool {
    ["From:", "To:", "Cc:", "Bcc:", "Subject:"]
        .iter()
        .any(|name| line.starts_with(name))
}

/// Drops `ESC [ … letter`, which miniflare writes whether or not it talks to a terminal.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = after.find(|letter: char| letter.is_ascii_alphabetic());
        rest = end.and_then(|end| after.get(end + 1..)).unwrap_or_default();
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(log: &str) -> Vec<Entry> {
        let mut reader = Reader::default();
        log.lines().flat_map(|line| reader.line(line)).collect()
    }

    #[test]
    fn a_raw_message_gives_its_file() {
        let log = "[wrangler:info] GET / 200 OK\n[wrangler:info] \u{1b}[34msend_email binding called with the following message:\u{1b}[39m\nEmail: /p/.wrangler/tmp/email/1/email/x@y.eml\n";
        assert_eq!(
            read(log),
            [Entry::Raw("/p/.wrangler/tmp/email/1/email/x@y.eml".into())]
        );
    }

    #[test]
    fn a_builder_gives_headers_text_and_then_html() {
        let log = "[wrangler:info] send_email binding called with MessageBuilder:\nFrom: \"B\" <b@x>\nTo: a@x, c@x\nSubject: Hello: there\n\nText: /t/1.txt\nHTML: /t/1.html\nAttachment (inline): a -> b\n[wrangler:info] POST / 202\n";
        assert_eq!(
            read(log),
            [
                Entry::Built {
                    headers: "From: \"B\" <b@x>\r\nTo: a@x, c@x\r\nSubject: Hello: there\r\n"
                        .into(),
                    text: Some("/t/1.txt".into()),
                },
                Entry::Html("/t/1.html".into()),
            ]
        );
    }

    #[test]
    fn two_mails_in_a_row_are_two() {
        let one = "send_email binding called with MessageBuilder:\nFrom: b@x\nTo: a@x\nSubject: S\n\nText: /t/1.txt\n";
        let log = format!("{one}{one}");
        assert_eq!(read(&log).len(), 2);
    }

    #[test]
    fn a_mail_with_html_only_and_one_with_nothing_are_both_given() {
        let html = "send_email binding called with MessageBuilder:\nFrom: b@x\nTo: a@x\nSubject: S\n\nHTML: /t/1.html\n";
        let bare = "send_email binding called with MessageBuilder:\nFrom: b@x\nTo: a@x\nSubject: S\nsomething else\n";
        assert_eq!(read(html).len(), 2);
        assert_eq!(read(bare).len(), 1);
    }

    proptest! {
        #[test]
        fn any_log_is_survived(log in ".{0,400}") {
            read(&log);
        }
    }
}
