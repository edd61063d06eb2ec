//! The loopback port that the browser comes back to (RFC 8252, 7.3). It takes one request,
//! `GET /callback`, within bounds of size and time; browsers open connections ahead and ask for
//! icons, so whatever else comes is turned away without ending the wait.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The longest request, in bytes.
const LONGEST: usize = 8_192;
/// Connections that are answered at all.
const MOST: usize = 64;
/// How long a connection may say nothing.
const SILENCE: Duration = Duration::from_secs(10);

type Code = Zeroizing<String>;

/// The code that the browser brings, where it brings the state too.
pub(super) fn wait(listener: TcpListener, state: &str, patience: Duration) -> Result<Code> {
    let (sender, receiver) = channel();
    let state = Arc::new(Zeroizing::new(state.to_owned()));
    let taken = Arc::new(AtomicBool::new(false));
    thread::spawn(move || {
        for stream in listener.incoming().take(MOST).flatten() {
            let (sender, state, taken) = (sender.clone(), Arc::clone(&state), Arc::clone(&taken));
            // Each by itself: one that is opened ahead and stays silent holds up no other.
            thread::spawn(move || answer(stream, &state, &taken, &sender));
        }
    });
    receiver
        .recv_timeout(patience)
        .map_err(|_| anyhow!("nobody came back from the browser: try again"))?
}

fn answer(mut stream: TcpStream, state: &str, taken: &AtomicBool, sender: &Sender<Result<Code>>) {
    let Some(head) = read_head(&mut stream) else {
        return reply(&mut stream, "400 Bad Request", "This is not a sign-in.");
    };
    let Some(query) = query_of(&head) else {
        return reply(&mut stream, "404 Not Found", "There is nothing here.");
    };
    if taken.swap(true, Ordering::SeqCst) {
        return reply(&mut stream, "404 Not Found", "This sign-in is over.");
    }
    let outcome = code_of(query, state);
    match &outcome {
        Ok(_) => reply(&mut stream, "200 OK", "You can close this page."),
        Err(_) => reply(
            &mut stream,
            "400 Bad Request",
            "This sign-in was not begun by this console, and was refused.",
        ),
    }
    // Who waits may be gone.
    let _ = sender.send(outcome);
}

/// A request's head, where it is one and short enough.
fn read_head(stream: &mut TcpStream) -> Option<Zeroizing<String>> {
    stream.set_read_timeout(Some(SILENCE)).ok()?;
    stream.set_write_timeout(Some(SILENCE)).ok()?;
    let mut head = Zeroizing::new(Vec::new());
    let mut part = Zeroizing::new([0; 1_024]);
    while !head.ends_with(b"\r\n\r\n") {
        let length = stream.read(part.as_mut_slice()).ok()?;
        let read = part.get(..length).filter(|read| !read.is_empty())?;
        head.extend_from_slice(read);
        if head.len() > LONGEST {
            return None;
        }
    }
    let text = std::str::from_utf8(&head).ok()?;
    Some(Zeroizing::new(text.to_owned()))
}

/// The query of `GET /callback?…`.
fn query_of(head: &str) -> Option<&str> {
    let line = head.lines().next()?;
    let target = line.strip_prefix("GET ")?.strip_suffix(" HTTP/1.1")?;
    target.strip_prefix("/callback?")
}

/// The code, once the state is the one that this console made.
fn code_of(query: &str, state: &str) -> Result<Code> {
    let one = |name: &str| {
        let mut values = form_urlencoded::parse(query.as_bytes())
            .filter(|(key, _)| key == name)
            .map(|(_, value)| Zeroizing::new(value.into_owned()));
        // Two of a name are two opinions.
        values.next().filter(|_| values.next().is_none())
    };
    let given = one("state").unwrap_or_default();
    if !bool::from(given.as_bytes().ct_eq(state.as_bytes())) {
        return Err(anyhow!(
            "refused: what came back from the browser is not of this sign-in (another state)"
        ));
    }
    let is_code = |code: &Code| {
        (1..=512).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic())
    };
    one("code")
        .filter(is_code)
        .ok_or_else(|| anyhow!("refused: the browser came back without a code"))
}

fn reply(stream: &mut TcpStream, status: &str, words: &str) {
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Balance console</title>\
         <p>{words}</p></html>\n"
    );
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\ncontent-security-policy: default-src 'none'\r\n\
         referrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\n\
         connection: close\r\n\r\n",
        page.len()
    );
    // Who asked may be gone; the code came through.
    let _ = stream.write_all((head + &page).as_bytes());
    let _ = stream.shutdown(Shutdown::Write);
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: &str = "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg";

    #[test]
    fn the_wait_has_an_end() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let outcome = wait(listener, STATE, Duration::from_millis(1));
        assert!(outcome.unwrap_err().to_string().contains("nobody"));
    }

    #[test]
    fn only_a_callback_is_one() {
        let query = |line: &str| query_of(line).map(str::to_owned);
        assert_eq!(
            query("GET /callback?code=a&state=b HTTP/1.1\r\n").as_deref(),
            Some("code=a&state=b")
        );
        for other in [
            "POST /callback?code=a HTTP/1.1\r\n",
            "GET /callback HTTP/1.1\r\n",
            "GET /callbacks?code=a HTTP/1.1\r\n",
            "GET /?code=a HTTP/1.1\r\n",
            "GET http://127.0.0.1/callback?code=a HTTP/1.1\r\n",
            "GET /callback?code=a\r\n",
            "",
        ] {
            assert_eq!(query(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_code_comes_with_the_state_of_this_sign_in() {
        let code = |query: &str| code_of(query, STATE).map(|code| code.to_string());
        assert_eq!(code(&format!("code=a-b&state={STATE}")).unwrap(), "a-b");
        for other in [
            "code=a".to_owned(),
            "code=a&state=".to_owned(),
            format!("code=a&state={}", STATE.to_lowercase()),
            format!("code=a&state={STATE}x"),
            format!("code=a&state={STATE}&state={STATE}"),
            format!("state={STATE}"),
            format!("code=&state={STATE}"),
            format!("code=a&code=b&state={STATE}"),
            format!("code=a%0a&state={STATE}"),
        ] {
            assert!(code(&other).is_err(), "{other}");
        }
    }
}
