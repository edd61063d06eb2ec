//! The mail server of a machine that hosts Balance itself: SMTP (RFC 5321), in as much as a client
//! without extensions speaks it. What a real server would refuse is refused: orders out of their
//! turn, lines without CR LF, messages whose headers name nobody that the envelope names.
//!
//! A recipient at `refused.example` is unknown (550), one at `busy.example` may be tried later (451).

use std::io;
use std::mem;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::Inbox;
use super::message::{Parts, parse};

/// A line with its ending (RFC 5321, section 4.5.3.1.6).
const LONGEST_LINE: u64 = 1000;
const LARGEST_MESSAGE: usize = 1 << 20;
const GREETING: &str = "220 sandbox.localhost ESMTP\r\n";

/// Runs for as long as it is polled.
pub(crate) async fn serve(listener: TcpListener, inbox: Inbox) {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            let inbox = inbox.clone();
            tokio::spawn(async move {
                if let Err(problem) = talk(stream, &inbox).await {
                    inbox.complain(format!("SMTP: {problem}"));
                }
            });
        }
    }
}

async fn talk(stream: TcpStream, inbox: &Inbox) -> io::Result<()> {
    let (input, mut output) = stream.into_split();
    let mut input = BufReader::new(input);
    output.write_all(GREETING.as_bytes()).await?;
    let mut session = Session::default();
    loop {
        let mut line = Vec::new();
        let read = (&mut input).take(LONGEST_LINE);
        if { read }.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let Step {
            reply,
            taken,
            ended,
        } = session.line(&line);
        if let Some(parts) = taken {
            inbox.receive(parts);
        }
        output.write_all(reply.as_bytes()).await?;
        if ended {
            return Ok(());
        }
    }
}

/// A conversation, as far as it has come.
#[derive(Default)]
struct Session {
    greeted: bool,
    from: Option<String>,
    to: Vec<String>,
    data: Option<Vec<u8>>,
}

/// What a line leads to. An empty reply is none.
#[derive(Default)]
struct Step {
    reply: String,
    taken: Option<Parts>,
    ended: bool,
}

impl Session {
    /// Takes a line with its ending.
    fn line(&mut self, line: &[u8]) -> Step {
        let Some(line) = line.strip_suffix(b"\r\n") else {
            // As servers do since messages were smuggled by such lines.
            let reply = "500 5.5.2 a line ends with CR LF\r\n".to_owned();
            return Step {
                reply,
                ended: true,
                ..Step::default()
            };
        };
        if self.data.is_some() {
            return self.of_message(line);
        }
        let line = String::from_utf8_lossy(line);
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let reply = match verb.to_ascii_uppercase().as_str() {
            "EHLO" if !rest.is_empty() => {
                self.greeted = true;
                "250-sandbox.localhost\r\n250 8BITMIME"
            }
            "MAIL" => self.sender(rest),
            "RCPT" => self.recipient(rest),
            "DATA" if self.to.is_empty() => "503 5.5.1 to whom?",
            "DATA" => {
                self.data = Some(Vec::new());
                "354 go on"
            }
            "RSET" => {
                self.forget();
                "250 2.0.0 forgotten"
            }
            "QUIT" => {
                let reply = "221 2.0.0 farewell\r\n".to_owned();
                return Step {
                    reply,
                    ended: true,
                    ..Step::default()
                };
            }
            _ => "500 5.5.1 unknown",
        };
        Step {
            reply: format!("{reply}\r\n"),
            ..Step::default()
        }
    }

    fn sender(&mut self, rest: &str) -> &'static str {
        match path(rest, "FROM:") {
            _ if !self.greeted => "503 5.5.1 who are you?",
            _ if self.from.is_some() => "503 5.5.1 there is a sender",
            None => "501 5.1.7 no address",
            Some(from) => {
                self.from = Some(from.to_owned());
                "250 2.1.0 known"
            }
        }
    }

    fn recipient(&mut self, rest: &str) -> &'static str {
        match path(rest, "TO:") {
            _ if self.from.is_none() => "503 5.5.1 from whom?",
            None => "501 5.1.3 no address",
            Some(to) if to.ends_with("@refused.example") => "550 5.1.1 nobody of that name",
            Some(to) if to.ends_with("@busy.example") => "451 4.3.0 later",
            Some(to) => {
                self.to.push(to.to_owned());
                "250 2.1.5 known"
            }
        }
    }

    fn of_message(&mut self, line: &[u8]) -> Step {
        let data = self.data.get_or_insert_default();
        if line != b"." {
            // A dot in front of one is the envelope's, not the message's.
            let line = line.strip_prefix(b".").unwrap_or(line);
            if data.len() <= LARGEST_MESSAGE {
                data.extend_from_slice(line);
                data.extend_from_slice(b"\r\n");
            }
            return Step::default();
        }
        let data = mem::take(data);
        let taken = self.taken(&data);
        let reply = match taken {
            Some(_) => "250 2.0.0 taken\r\n",
            None => "554 5.6.0 that is no mail of this envelope\r\n",
        };
        self.forget();
        Step {
            reply: reply.to_owned(),
            taken,
            ended: false,
        }
    }

    /// The message, where it says what the envelope says.
    fn taken(&self, data: &[u8]) -> Option<Parts> {
        let parts = parse(data).filter(|_| data.len() <= LARGEST_MESSAGE)?;
        let same = self.from.as_deref() == Some(&parts.from) && self.to == parts.to;
        same.then_some(parts)
    }

    fn forget(&mut self) {
        *self = Self {
            greeted: self.greeted,
            ..Self::default()
        };
    }
}

/// The address in `FROM:<…>`.
fn path<'a>(rest: &'a str, word: &str) -> Option<&'a str> {
    let named = rest.get(..word.len())?.eq_ignore_ascii_case(word);
    let address = rest
        .get(word.len()..)?
        .strip_prefix('<')?
        .strip_suffix('>')?;
    let (local, domain) = address.rsplit_once('@')?;
    let plain = address.bytes().all(|byte| byte.is_ascii_graphic());
    (named && plain && !local.is_empty() && !domain.is_empty()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MESSAGE: &str =
        "From: <a@x.example>\r\nTo: <b@y.example>\r\nSubject: S\r\n\r\n..dotted\r\n.\r\n";

    /// The first three characters of each reply, and what was taken.
    fn told(lines: &str) -> (Vec<String>, Vec<Parts>) {
        let mut session = Session::default();
        let steps = lines
            .split_inclusive('\n')
            .map(|line| session.line(line.as_bytes()));
        let (mut codes, mut taken) = (Vec::new(), Vec::new());
        for step in steps {
            if let Some(code) = step.reply.get(..3) {
                codes.push(code.to_owned());
            }
            taken.extend(step.taken);
        }
        (codes, taken)
    }

    #[test]
    fn a_mail_is_taken_without_the_envelopes_dots() {
        let envelope = "EHLO me\r\nMAIL FROM:<a@x.example>\r\nrcpt to:<b@y.example>\r\nDATA\r\n";
        let (codes, taken) = told(&format!("{envelope}{MESSAGE}QUIT\r\n"));
        assert_eq!(codes, ["250", "250", "250", "354", "250", "221"]);
        assert_eq!(taken[0].to, ["b@y.example"]);
        assert_eq!(taken[0].text.trim_end(), ".dotted");
    }

    #[test]
    fn a_mail_to_another_than_its_envelope_says_is_refused() {
        let envelope = "EHLO me\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<c@y.example>\r\nDATA\r\n";
        let (codes, taken) = told(&format!("{envelope}{MESSAGE}"));
        assert_eq!(codes.last().unwrap(), "554");
        assert!(taken.is_empty());
    }

    #[test]
    fn what_comes_out_of_turn_or_without_its_ending_is_refused() {
        assert_eq!(told("MAIL FROM:<a@x.example>\r\n").0, ["503"]);
        assert_eq!(
            told("EHLO me\r\nRCPT TO:<a@x.example>\r\n").0,
            ["250", "503"]
        );
        assert_eq!(told("EHLO me\r\nDATA\r\n").0, ["250", "503"]);
        assert_eq!(told("EHLO me\n").0, ["500"]);
    }

    #[test]
    fn two_domains_take_no_mail() {
        let before = "EHLO me\r\nMAIL FROM:<a@x.example>\r\n";
        let to = |to| {
            told(&format!("{before}RCPT TO:<{to}>\r\n"))
                .0
                .pop()
                .unwrap()
        };
        assert_eq!(to("a@refused.example"), "550");
        assert_eq!(to("a@busy.example"), "451");
    }

    proptest! {
        #[test]
        fn any_lines_are_survived(lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..12)) {
            let mut session = Session::default();
            for mut line in lines {
                line.extend_from_slice(b"\r\n");
                session.line(&line);
            }
        }
    }
}
