//! A reply of an S3-compatible store's: whatever arrives, an error shows nothing of it but a code,
//! and what a page lists is what was written into it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use s3::{Kind, list_objects_reply};

fuzz_target!(|data: &[u8]| {
    let (status, body) = match data.split_first() {
        Some((first, body)) if *first < 8 => (
            [200, 400, 403, 404, 409, 412, 503, 507][usize::from(*first)],
            body,
        ),
        _ => (200, data),
    };
    match list_objects_reply(status, body) {
        Ok(page) => {
            assert_eq!(status, 200);
            assert!(page.objects.len() <= s3::MAX_LISTED);
            assert!(page.objects.iter().all(|object| !object.key.is_empty()));
        }
        Err(error) => {
            assert!(status != 200 || error.kind == Kind::Unreadable);
            let code = error.code.as_ref().map_or("", |code| code.as_str());
            assert!(code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
    }
    // As the key of an object, so that it is reached past the XML around it.
    let Some(key) = str::from_utf8(body).ok().and_then(s3::Key::new) else {
        return;
    };
    let escaped = key.as_str().replace('&', "&amp;").replace('<', "&lt;");
    let page = format!(
        "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Size>1</Size>\
         <Key>{escaped}</Key></Contents></ListBucketResult>"
    );
    let page = list_objects_reply(200, page.as_bytes()).expect("a page");
    assert_eq!(page.objects[0].key, key.as_str());
});
