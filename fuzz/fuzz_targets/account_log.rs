//! A page of the account's log: whatever arrives, nothing panics, what is kept is bounded, and is
//! read back from the log as it was kept.

#![no_main]

use cloudflare::{AccountId, Entry, Page, Query};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    judge(data);
    judge(&[br#"{"success":true,"result":[{"id":"1","action":"#, data, b"}]}"].concat());
});

fn judge(body: &[u8]) {
    let account = AccountId::parse("4bb334f7c94c4a29a045f03944f072e5").expect("an account");
    let query = Query {
        account: &account,
        since: "2024-04-26T00:00:00Z",
        before: "2024-04-27T00:00:00Z",
        limit: 3,
        cursor: None,
    };
    let Ok(page) = Page::read(&query, body) else {
        return;
    };
    assert!(page.entries.len() <= 3);
    for entry in page.entries {
        let kept = serde_json::to_string(&entry).expect("an entry is JSON");
        // Eighteen texts at most, each of which JSON may spell six times as long.
        assert!(kept.len() < 18 * 6 * 4 * cloudflare::MAX_TEXT);
        let read: Entry = serde_json::from_str(&kept).expect("it is an entry again");
        assert!(read == entry);
    }
}
