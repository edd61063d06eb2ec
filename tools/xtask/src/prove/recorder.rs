//! A recorder on the wire: every byte that passes between the callers of a server and it, both
//! ways, whatever it is.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use anyhow::{Context as _, Result};

/// A listening recorder. It ends with the process.
pub(super) struct Recorder {
    address: SocketAddr,
    upstream: Arc<OnceLock<SocketAddr>>,
    streams: Arc<Streams>,
}

/// One for each connection and direction, so that nothing is torn apart by what came meanwhile
/// from elsewhere.
#[derive(Default)]
struct Streams(Mutex<Vec<Vec<u8>>>);

impl Recorder {
    /// Listens. Nobody is answered before [`Self::forward_to`].
    pub(super) fn listen() -> Result<Self> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("listening to record")?;
        let recorder = Self {
            address: listener.local_addr()?,
            upstream: Arc::default(),
            streams: Arc::default(),
        };
        let (upstream, streams) = (
            Arc::clone(&recorder.upstream),
            Arc::clone(&recorder.streams),
        );
        thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                // What cannot be passed on is closed, as the caller will see.
                if let Some(Ok(server)) = upstream.get().map(TcpStream::connect) {
                    let _ = streams.join(&caller, &server);
                }
            }
        });
        Ok(recorder)
    }

    /// Where callers call.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Passes everything on to the server of this URL from now on.
    pub(super) fn forward_to(&self, url: &str) -> Result<()> {
        let looking = || format!("looking for {url}");
        let mut addresses = url
            .trim_start_matches("http://")
            .to_socket_addrs()
            .with_context(looking)?;
        let address = addresses.find(SocketAddr::is_ipv4).with_context(looking)?;
        let _ = self.upstream.set(address);
        Ok(())
    }

    /// All that has passed, both ways.
    pub(super) fn recorded(&self) -> Vec<u8> {
        self.streams.lock().concat()
    }
}

impl Streams {
    fn lock(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn join(self: &Arc<Self>, caller: &TcpStream, server: &TcpStream) -> io::Result<()> {
        for (from, to) in [(caller, server), (server, caller)] {
            let (from, to) = (from.try_clone()?, to.try_clone()?);
            let streams = Arc::clone(self);
            thread::spawn(move || {
                let _ = streams.copy(&from, &to);
                let _ = to.shutdown(Shutdown::Write);
            });
        }
        Ok(())
    }

    fn copy(&self, mut from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
        let mine = {
            let mut streams = self.lock();
            streams.push(Vec::new());
            streams.len() - 1
        };
        let mut piece = [0; 16 << 10];
        loop {
            let read = from.read(&mut piece)?;
            let part = piece.get(..read).unwrap_or_default();
            if part.is_empty() {
                return Ok(());
            }
            if let Some(stream) = self.lock().get_mut(mine) {
                stream.extend_from_slice(part);
            }
            to.write_all(part)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_are_recorded_and_passed_on() {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let recorder = Recorder::listen().unwrap();
        let url = format!("http://{}", server.local_addr().unwrap());
        recorder.forward_to(&url).unwrap();
        let mut caller = TcpStream::connect(recorder.address).unwrap();
        caller.write_all(b"a question").unwrap();
        caller.shutdown(Shutdown::Write).unwrap();

        let (mut peer, _) = server.accept().unwrap();
        let mut heard = String::new();
        peer.read_to_string(&mut heard).unwrap();
        assert_eq!(heard, "a question");
        peer.write_all(b"an answer").unwrap();
        drop(peer);
        let mut answer = String::new();
        caller.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "an answer");

        let wire = String::from_utf8(recorder.recorded()).unwrap();
        assert!(
            wire.contains("a question") && wire.contains("an answer"),
            "{wire}"
        );
    }
}
