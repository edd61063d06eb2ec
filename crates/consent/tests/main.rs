//! What this crate promises: one text for each consent, bounds that hold, and a state that
//! only the log's events make.
#![allow(
    clippy::indexing_slicing,
    reason = "a fixture that is not as written is a fault of the test"
)]

use consent::{Event, Field, MAX_LIFE, Standing, State, Terms, TermsError};
use proptest::prelude::*;

const ISSUED: u64 = 1_795_420_790;

fn terms() -> Terms {
    Terms {
        origin: "https://balance.example".into(),
        rp_id: "balance.example".into(),
        credential: vec![1, 2, 3],
        backup_eligible: true,
        backed_up: false,
        id: "cns_0199c1f2b7a47d3c8e5f60718293a4b5".into(),
        person: "usr_0199c1f2b7a47d3c8e5f60718293a4b6".into(),
        operator: "opr_0199c1f2b7a47d3c8e5f60718293a4b7".into(),
        purpose: "The transfer of 3 March is missing: we look for it.".into(),
        resources: ["item_0199c1f2b7a47d3c8e5f60718293a4b8".to_owned()].into(),
        fields: [Field::TransactionName, Field::TransactionAmount].into(),
        not_before: ISSUED + 10,
        expires: ISSUED + 86_410,
        uses: 3,
        issued: ISSUED,
        nonce: [0; 32],
    }
}

const TEXT: &str = "balance-consent/v1
origin https://balance.example
rp-id balance.example
credential AQID
backup-eligible yes
backed-up no
consent cns_0199c1f2b7a47d3c8e5f60718293a4b5
person usr_0199c1f2b7a47d3c8e5f60718293a4b6
operator opr_0199c1f2b7a47d3c8e5f60718293a4b7
purpose The transfer of 3 March is missing: we look for it.
resource item_0199c1f2b7a47d3c8e5f60718293a4b8
field transaction.amount
field transaction.name
not-before 1795420800
expires 1795507200
uses 3
issued 1795420790
nonce AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
";

#[test]
fn a_consent_is_a_text_that_she_can_read() {
    assert_eq!(terms().to_string(), TEXT);
    assert_eq!(Terms::parse(TEXT.as_bytes()), Ok(terms()));
}

#[test]
fn what_is_signed_is_the_hash_of_the_text() {
    let mut other = terms();
    other.uses = 4;
    assert_ne!(terms().challenge(), other.challenge());
    // `sha256sum` of the text above.
    assert_eq!(hex::encode(terms().challenge()), HASH);
}

const HASH: &str = "bf958f00e8c1ec2587a47d20ba708f1bf3326363caa0d59b0f07898e02a6cd8a";

#[test]
fn another_spelling_is_no_consent() {
    let swapped = TEXT.replace("field transaction.amount\n", "").replace(
        "field transaction.name\n",
        "field transaction.name\nfield transaction.amount\n",
    );
    for wrong in [
        String::new(),
        TEXT.trim_end().to_owned(),
        format!("{TEXT}\n"),
        format!("{TEXT}more\n"),
        format!(" {TEXT}"),
        TEXT.replace("/v1", "/v2"),
        TEXT.replace("uses 3", "uses 03"),
        TEXT.replace("uses 3", "uses +3"),
        TEXT.replace("uses 3\n", ""),
        TEXT.replace("yes", "Yes"),
        TEXT.replace("AQID", "AQID="),
        TEXT.replace("field transaction.name", "field transaction.everything"),
        TEXT.replace("field transaction.name", "field transaction.amount"),
        TEXT.replace('\n', "\r\n"),
        TEXT.replace("purpose The", "purpose  The"),
        swapped,
    ] {
        let refused = Terms::parse(wrong.as_bytes());
        assert!(refused.is_err(), "{wrong}");
    }
    assert_eq!(Terms::parse(b"\xff"), Err(TermsError::Malformed));
    assert_eq!(
        Terms::parse(&[b'x'; 9_000]),
        Err(TermsError::OutOfBounds("text"))
    );
}

#[test]
fn each_part_has_bounds() {
    type Change = fn(&mut Terms);
    let changes: [(&'static str, Change); 16] = [
        ("origin", |terms| terms.origin = "https://a b".into()),
        ("rp-id", |terms| terms.rp_id.clear()),
        ("credential", |terms| terms.credential.clear()),
        ("backed-up", |terms| {
            (terms.backup_eligible, terms.backed_up) = (false, true);
        }),
        ("consent", |terms| terms.id = terms.person.clone()),
        ("person", |terms| terms.person.push('0')),
        ("operator", |terms| {
            terms.operator = terms.operator.to_uppercase();
        }),
        ("purpose", |terms| terms.purpose = " ".into()),
        ("purpose", |terms| terms.purpose = "two\nuses 99".into()),
        ("purpose", |terms| {
            terms.purpose = "turned \u{202e}round".into();
        }),
        ("purpose", |terms| terms.purpose = "x".repeat(501)),
        ("resource", |terms| terms.resources.clear()),
        ("resource", |terms| {
            terms
                .resources
                .insert("opr_0199c1f2b7a47d3c8e5f60718293a4b8".into());
        }),
        ("field", |terms| terms.fields.clear()),
        ("expires", |terms| {
            terms.expires = terms.not_before + MAX_LIFE + 1;
        }),
        ("uses", |terms| terms.uses = 0),
    ];
    for (name, change) in changes {
        let mut wrong = terms();
        change(&mut wrong);
        assert_eq!(wrong.check(), Err(TermsError::OutOfBounds(name)), "{wrong}");
    }
    assert_eq!(terms().check(), Ok(()));
}

#[test]
fn it_covers_what_it_names_and_nothing_else() {
    let terms = terms();
    let item = "item_0199c1f2b7a47d3c8e5f60718293a4b8";
    assert!(terms.covers(item, Field::TransactionAmount));
    assert!(!terms.covers(item, Field::TransactionDate));
    assert!(!terms.covers(&terms.person, Field::TransactionAmount));
}

#[test]
fn it_goes_from_request_to_its_end_and_never_back() {
    use Event::{Declined, Requested, Revoked, Used};
    let terms = terms();
    let now = ISSUED + 20;
    let state = |events: &[Event], now| Standing::of(&terms, events, now).state;
    let granted = Event::Granted(ISSUED + 5);
    assert_eq!(state(&[Requested], now), State::Requested);
    assert_eq!(state(&[Requested, granted], now), State::Granted);
    assert_eq!(
        state(&[Requested, granted, Used, Used], now),
        State::Granted
    );
    let used = [Requested, granted, Used, Used, Used];
    assert_eq!(state(&used, now), State::Exhausted);
    assert_eq!(state(&[Requested, granted, Revoked], now), State::Revoked);
    assert_eq!(state(&[Requested, Declined, granted], now), State::Declined);
    assert_eq!(state(&[Requested, Revoked, granted], now), State::Revoked);
    assert_eq!(state(&[granted, Revoked, granted], now), State::Revoked);
    // A second grant gives no further uses.
    let again = [granted, Used, Used, Used, granted];
    assert_eq!(state(&again, now), State::Exhausted);
    assert_eq!(state(&[Requested], terms.expires), State::Expired);
    assert_eq!(state(&[granted], terms.expires), State::Expired);
    assert_eq!(state(&[granted], terms.expires - 1), State::Granted);
    assert_eq!(state(&[Declined], terms.expires), State::Declined);
}

#[test]
fn signed_too_late_or_too_early_it_never_holds() {
    let terms = terms();
    for at in [ISSUED - 1, ISSUED + 301] {
        let standing = Standing::of(&terms, &[Event::Granted(at)], ISSUED + 400);
        assert_eq!(standing.state, State::Expired, "{at}");
        assert!(!standing.allows());
    }
    let in_time = Standing::of(&terms, &[Event::Granted(ISSUED + 300)], ISSUED + 400);
    assert!(in_time.allows());
}

#[test]
fn before_its_time_it_allows_nothing() {
    let terms = terms();
    let standing = Standing::of(&terms, &[Event::Granted(ISSUED)], ISSUED + 9);
    assert_eq!(standing.state, State::Granted);
    assert!(!standing.allows());
    assert!(Standing::of(&terms, &[Event::Granted(ISSUED)], ISSUED + 10).allows());
}

#[test]
fn every_field_has_a_name_of_its_own() {
    for field in Field::ALL {
        assert_eq!(Field::parse(field.name()), Some(field));
    }
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(Event::Requested),
        (0_u64..400).prop_map(|late| Event::Granted(ISSUED + late)),
        Just(Event::Declined),
        Just(Event::Used),
        Just(Event::Revoked),
    ]
}

proptest! {
    #[test]
    fn whatever_the_log_says_it_is_used_no_more_often_than_she_allowed(
        events in prop::collection::vec(event(), 0..20),
    ) {
        let terms = terms();
        let mut uses = 0;
        for at in 0..events.len() {
            let allowed = Standing::of(&terms, &events[..at], ISSUED + 20).allows();
            uses += u32::from(allowed && events[at] == Event::Used);
        }
        prop_assert!(uses <= terms.uses);
        let revoked = events.iter().position(|event| *event == Event::Revoked);
        let declined = events.iter().position(|event| *event == Event::Declined);
        if revoked.is_some() || declined.is_some_and(|at| !events[..at].iter().any(|event| matches!(event, Event::Granted(_)))) {
            prop_assert!(!Standing::of(&terms, &events, ISSUED + 20).allows());
        }
    }

    #[test]
    fn no_bytes_break_the_parser(line in 0_usize..18, text in "[ -~]{0,60}") {
        let mut lines: Vec<&str> = TEXT.lines().collect();
        lines[line] = &text;
        let changed = lines.join("\n") + "\n";
        if let Ok(terms) = Terms::parse(changed.as_bytes()) {
            prop_assert_eq!(terms.to_string(), changed);
        }
    }
}
