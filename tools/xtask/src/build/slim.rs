//! Leaves the names of functions out of the upload: they are a tenth of it and no
//! part of what runs. worker-build always keeps them.
//! Follows the binary format of WebAssembly, section 5.5 (modules).

use anyhow::{Context as _, Result, ensure};

/// The sections that only a debugger reads.
const LEFT_OUT: [&[u8]; 2] = [b"name", b"producers"];

const HEADER: usize = 8;
const CUSTOM: u8 = 0;

/// The module without the names of its functions.
pub(super) fn without_names(module: &[u8]) -> Result<Vec<u8>> {
    ensure!(
        module.starts_with(b"\0asm"),
        "this is no WebAssembly module"
    );
    let mut kept = module
        .get(..HEADER)
        .context("a module without a version")?
        .to_vec();
    let mut rest = module.get(HEADER..).unwrap_or_default();
    while let Some((&id, after_id)) = rest.split_first() {
        let (length, body) = number(after_id)?;
        let body = body.get(..length).context("a section that is cut short")?;
        let whole = rest.len() - (after_id.len() - (number_width(after_id)? + length));
        if !(id == CUSTOM && LEFT_OUT.contains(&name(body)?)) {
            kept.extend_from_slice(rest.get(..whole).context("a section that is cut short")?);
        }
        rest = rest.get(whole..).unwrap_or_default();
    }
    Ok(kept)
}

/// The name that a custom section begins with.
fn name(body: &[u8]) -> Result<&[u8]> {
    let (length, rest) = number(body)?;
    rest.get(..length).context("a name that is cut short")
}

/// An unsigned LEB128 number, and what follows it.
fn number(bytes: &[u8]) -> Result<(usize, &[u8])> {
    let mut value = 0_usize;
    for (at, byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Ok((value, bytes.get(at + 1..).unwrap_or_default()));
        }
    }
    anyhow::bail!("a number without an end")
}

fn number_width(bytes: &[u8]) -> Result<usize> {
    Ok(bytes.len() - number(bytes)?.1.len())
}

#[cfg(test)]
mod tests {
    use super::without_names;

    #[test]
    fn only_the_sections_of_names_are_left_out() {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let code = [10, 3, 1, 2, 3];
        let features = [0, 6, 4, b'k', b'e', b'e', b'p', 9];
        module.extend_from_slice(&code);
        let header = module.clone();
        module.extend_from_slice(&[0, 7, 4, b'n', b'a', b'm', b'e', 1, 2]);
        module.extend_from_slice(&features);
        let expected = [&header[..], &features[..]].concat();
        assert_eq!(without_names(&module).unwrap(), expected);
    }

    #[test]
    fn what_is_cut_short_is_refused() {
        assert!(without_names(b"no module").is_err());
        assert!(without_names(b"\0asm\x01\0\0\0\x0a\x05\x01").is_err());
    }
}
