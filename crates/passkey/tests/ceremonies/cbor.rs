//! CBOR, written by hand so that it can be written wrong.

pub(crate) fn head(major: u8, value: usize) -> Vec<u8> {
    let major = major << 5;
    match u8::try_from(value) {
        Ok(small @ 0..24) => vec![major | small],
        Ok(byte) => vec![major | 0x18, byte],
        Err(_) => {
            let [high, low] = u16::try_from(value).expect("short").to_be_bytes();
            vec![major | 0x19, high, low]
        }
    }
}

pub(crate) fn int(value: i64) -> Vec<u8> {
    let magnitude = usize::try_from(if value < 0 { !value } else { value });
    head(u8::from(value < 0), magnitude.expect("small"))
}

pub(crate) fn bytes(value: &[u8]) -> Vec<u8> {
    [head(2, value.len()), value.to_vec()].concat()
}

pub(crate) fn text(value: &str) -> Vec<u8> {
    [head(3, value.len()), value.as_bytes().to_vec()].concat()
}

pub(crate) fn map(pairs: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut written = head(5, pairs.len());
    for (key, value) in pairs {
        written.extend(key);
        written.extend(value);
    }
    written
}
