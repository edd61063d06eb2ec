//! Load: requests written byte for byte over a few connections that stay open, from prepared
//! bytes, so that the driver costs next to nothing beside what it drives.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

/// Longer than any reply takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request as it goes over the wire.
pub(super) struct Wire(Vec<u8>);

/// How the requests are sent.
pub(super) struct Load<'a> {
    /// Host and port.
    pub(super) address: &'a str,
    pub(super) requests: &'a [Wire],
    /// The status that every reply must have.
    pub(super) status: u16,
    pub(super) connections: usize,
    pub(super) until: Until,
}

/// When it ends.
#[derive(Clone, Copy)]
pub(super) enum Until {
    /// The requests over and over for so long.
    Time(Duration),
    /// Each request once.
    Sent,
}

/// What was done.
pub(super) struct Tally {
    pub(super) requests: usize,
    pub(super) took: Duration,
}

impl Wire {
    pub(super) fn new(method: &str, path: &str, fields: &[(&str, &str)], body: &str) -> Self {
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
        for (name, value) in fields {
            text.extend([*name, ": ", *value, "\r\n"]);
        }
        if !body.is_empty() {
            text.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
        }
        text.push_str("\r\n");
        text.push_str(body);
        Self(text.into_bytes())
    }
}

impl Load<'_> {
    /// Sends them. An unexpected status is an error.
    pub(super) fn drive(&self) -> Result<Tally> {
        let next = AtomicUsize::new(0);
        let started = Instant::now();
        let counts: Result<Vec<usize>> = thread::scope(|scope| {
            let workers: Vec<_> = (0..self.connections)
                .map(|_| scope.spawn(|| self.connection(&next, started)))
                .collect();
            let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
            joined
                .map(|counted| counted.unwrap_or_else(|_| bail!("a connection's thread panicked")))
                .collect()
        });
        Ok(Tally {
            requests: counts?.iter().sum(),
            took: started.elapsed(),
        })
    }

    fn connection(&self, next: &AtomicUsize, started: Instant) -> Result<usize> {
        let stream = TcpStream::connect(self.address)
            .with_context(|| format!("connecting to {}", self.address))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut reader = BufReader::with_capacity(64 << 10, stream);
        let mut body = Vec::new();
        let mut sent = 0;
        while let Some(request) = self.request(next, started) {
            reader.get_mut().write_all(&request.0)?;
            let status = read_reply(&mut reader, &mut body)?;
            ensure!(
                status == self.status,
                "answered {status} in place of {}: {}",
                self.status,
                String::from_utf8_lossy(&body)
            );
            sent += 1;
        }
        Ok(sent)
    }

    fn request(&self, next: &AtomicUsize, started: Instant) -> Option<&Wire> {
        let at = next.fetch_add(1, Ordering::Relaxed);
        match self.until {
            Until::Time(time) if started.elapsed() >= time => None,
            Until::Time(_) => self.requests.get(at % self.requests.len().max(1)),
            Until::Sent => self.requests.get(at),
        }
    }
}

/// Reads one reply whole: its status, and its body into `body`.
fn read_reply(reader: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> Result<u16> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .context("no status line")?;
    let mut length = None;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse::<usize>().ok();
        }
    }
    body.resize(length.context("a reply without a content-length")?, 0);
    reader.read_exact(body)?;
    Ok(status)
}
