//! Follows wrangler's log as it grows: whole lines only, from the start again when it shrinks.

use std::io::SeekFrom;
use std::path::Path;
use std::time::Duration;

use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::Inbox;
use super::log::{Entry, Reader};
use super::message::{Parts, parse};

/// Far below what a person or a test notices; a poll is one `stat`.
const PAUSE: Duration = Duration::from_millis(20);

/// Runs for as long as it is polled.
pub(crate) async fn follow(inbox: Inbox) {
    let Some(path) = inbox.log.clone() else {
        return;
    };
    let mut tail = Tail::default();
    loop {
        // The log may not be there yet: that is no problem to report.
        if let Ok(fresh) = tail.read(&path).await {
            for entry in tail.entries(&fresh) {
                take_in(&inbox, entry).await;
            }
            inbox.lock().bytes_read = tail.position;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

#[derive(Default)]
struct Tail {
    position: u64,
    unfinished: Vec<u8>,
    reader: Reader,
}

impl Tail {
    async fn read(&mut self, path: &Path) -> std::io::Result<Vec<u8>> {
        let length = fs::metadata(path).await?.len();
        if length < self.position {
            *self = Self::default();
        }
        let mut fresh = Vec::new();
        if length > self.position {
            let mut file = File::open(path).await?;
            file.seek(SeekFrom::Start(self.position)).await?;
            file.take(length - self.position)
                .read_to_end(&mut fresh)
                .await?;
            self.position += fresh.len() as u64;
        }
        Ok(fresh)
    }

    fn entries(&mut self, fresh: &[u8]) -> Vec<Entry> {
        self.unfinished.extend_from_slice(fresh);
        let Some(end) = self.unfinished.iter().rposition(|byte| *byte == b'\n') else {
            return Vec::new();
        };
        let rest = self.unfinished.split_off(end + 1);
        let whole = std::mem::replace(&mut self.unfinished, rest);
        String::from_utf8_lossy(&whole)
            .lines()
            .flat_map(|line| self.reader.line(line))
            .collect()
    }
}

async fn take_in(inbox: &Inbox, entry: Entry) {
    let parts = match entry {
        Entry::Raw(path) => match fs::read(&path).await {
            Ok(mime) => parse(&mime).ok_or_else(|| format!("{}: no MIME message", path.display())),
            Err(problem) => Err(format!("{}: {problem}", path.display())),
        },
        Entry::Built { headers, text } => built(&headers, text.as_deref()).await,
        Entry::Html(path) => match fs::read_to_string(&path).await {
            Ok(html) => return inbox.amend_last(html),
            Err(problem) => Err(format!("{}: {problem}", path.display())),
        },
    };
    match parts {
        Ok(parts) => {
            inbox.receive(parts);
        }
        Err(problem) => inbox.complain(problem),
    }
}

async fn built(headers: &str, text: Option<&Path>) -> Result<Parts, String> {
    let text = match text {
        Some(path) => fs::read_to_string(path)
            .await
            .map_err(|problem| format!("{}: {problem}", path.display()))?,
        None => String::new(),
    };
    let headers = format!("{headers}\r\n");
    let parts = parse(headers.as_bytes()).ok_or_else(|| format!("no headers in {headers:?}"))?;
    Ok(Parts { text, ..parts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_written_in_two_pieces_is_read_once_it_is_whole() {
        let mut tail = Tail::default();
        let heading = b"send_email binding called with the following message:\nEmail: /t/";
        assert_eq!(tail.entries(heading), []);
        assert_eq!(tail.entries(b"1.eml"), []);
        assert_eq!(tail.entries(b"\nmore"), [Entry::Raw("/t/1.eml".into())]);
    }
}
