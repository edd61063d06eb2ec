//! Ports on the loopback interface.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use crate::error::{StackError, While as _};

/// How long a killed process may hold on to its port.
const RELEASE: Duration = Duration::from_secs(10);

/// Where ports are looked for: below those that systems give to outgoing connections, any of
/// which may take a port between our look at it and the server's start.
const FIRST: u16 = 12_000;
/// Each process looks in a slice of its own, so that two do not find the same port.
const SLICE: u16 = 200;
const SLICES: u32 = 90;

/// Ports that were free a moment ago, all different, and nobody else's soon.
pub(crate) fn free<const N: usize>() -> Result<[u16; N], StackError> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Below SLICES, so it fits.
    let slice = u16::try_from(std::process::id() % SLICES).unwrap_or(0);
    let mut ports = [0; N];
    for port in &mut ports {
        let mut found = None;
        for _ in 0..SLICE {
            let at = NEXT.fetch_add(1, Ordering::Relaxed) % SLICE;
            let candidate = FIRST + slice * SLICE + at;
            if check(candidate).is_ok() {
                found = Some(candidate);
                break;
            }
        }
        *port = found
            .ok_or_else(|| StackError::Unexpected("no free port on this machine".to_owned()))?;
    }
    Ok(ports)
}

/// Complains about a port that somebody listens on.
pub(crate) fn check(port: u16) -> Result<(), StackError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .during(|| format!("listening on port {port}"))?;
    Ok(())
}

/// Waits until nobody listens on a port, for a bounded time.
pub(crate) fn wait_until_free(port: u16) -> Result<(), StackError> {
    let deadline = Instant::now() + RELEASE;
    loop {
        match check(port) {
            Ok(()) => return Ok(()),
            Err(error) if Instant::now() >= deadline => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}
