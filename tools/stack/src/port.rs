//! Ports on the loopback interface.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use crate::error::{StackError, While as _};

/// How long a killed process may hold on to its port.
const RELEASE: Duration = Duration::from_secs(10);

/// Ports that were free a moment ago, all different.
pub(crate) fn free<const N: usize>() -> Result<[u16; N], StackError> {
    let context = || "looking for a free port".to_owned();
    let mut ports = [0; N];
    // Held together until all are known, so that none is handed out twice.
    let mut listeners = Vec::with_capacity(N);
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).during(context)?;
        *port = listener.local_addr().during(context)?.port();
        listeners.push(listener);
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
