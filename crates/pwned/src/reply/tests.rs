use super::*;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use proptest::prelude::*;

/// SHA-1("password"), less its first five digits.
const SUFFIX: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";

fn query() -> RangeQuery {
    RangeQuery::for_password("password")
}

/// Rows that are not the password's, as many as asked for.
fn rows(count: usize, times_seen: u64) -> Vec<String> {
    (0..count)
        .map(|row| format!("{row:035X}:{times_seen}"))
        .collect()
}

/// `real` in front of 900 rows of padding.
fn padded(real: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = real.iter().map(|row| String::from(*row)).collect();
    all.extend(rows(900, 0));
    all
}

fn check(body: &str) -> Result<Exposure, MalformedReply> {
    RangeReply::check(body.as_bytes(), &query())
}

#[test]
fn a_leaked_password_is_found_with_its_count() {
    let row = format!("{SUFFIX}:10434004");
    for line_break in ["\r\n", "\n"] {
        let body = padded(&["00000000000000000000000000000000ABC:3", &row]).join(line_break);
        assert_eq!(check(&body), Ok(Exposure::Found { count: 10_434_004 }));
        assert_eq!(
            check(&(body + line_break)),
            Ok(Exposure::Found { count: 10_434_004 })
        );
    }
}

#[test]
fn a_password_that_has_not_leaked_is_not_found() {
    let body = padded(&["00000000000000000000000000000000ABC:3"]).join("\r\n");
    assert_eq!(check(&body), Ok(Exposure::NotFound));
}

#[test]
fn a_padding_row_with_the_same_suffix_is_no_match() {
    let body = padded(&[&format!("{SUFFIX}:0")]).join("\r\n");
    assert_eq!(check(&body), Ok(Exposure::NotFound));
}

#[test]
fn padding_that_collides_does_not_hide_a_match() {
    let body = padded(&[&format!("{SUFFIX}:7"), &format!("{SUFFIX}:0")]).join("\r\n");
    assert_eq!(check(&body), Ok(Exposure::Found { count: 7 }));
}

#[test]
fn lower_case_and_thousands_commas_are_understood() {
    let row = format!("{}:10,434,004", SUFFIX.to_lowercase());
    let body = padded(&[&row]).join("\n");
    assert_eq!(check(&body), Ok(Exposure::Found { count: 10_434_004 }));
}

#[test]
fn a_200_that_is_not_a_range_is_malformed() {
    for body in [
        "",
        "\r\n",
        "OK",
        "<html><body>Sign in to Wi-Fi</body></html>",
    ] {
        assert_eq!(check(body), Err(MalformedReply::NoRows), "{body}");
    }
    assert_eq!(
        check("{\"error\":\"try again\"}"),
        Err(MalformedReply::Row { row: 1 })
    );
}

#[test]
fn a_row_that_breaks_the_grammar_is_named() {
    let hex34 = "0".repeat(34);
    for row in [
        String::new(),
        hex34.clone(),
        format!("{hex34}:1"),
        format!("{hex34}00:1"),
        format!("{hex34}G:1"),
        format!("{hex34}0"),
        format!("{hex34}0:"),
        format!("{hex34}0;1"),
        format!("{hex34}0:-1"),
        format!("{hex34}0: 1"),
        format!("{hex34}0:1 "),
        format!("{hex34}0:1:1"),
        format!("{hex34}0:1e3"),
        format!("{hex34}0:,1"),
        format!("{hex34}0:1,"),
        format!("{hex34}0:1,00"),
        format!("{hex34}0:1000,000"),
        format!("{hex34}0:1,,000"),
        format!("{hex34}0:18446744073709551616"),
        format!("{hex34}0:00000000000000000000000000001"),
        format!("{hex34}0:1\r"),
    ] {
        let mut all = padded(&[&format!("{SUFFIX}:3")]);
        all.insert(450, row.clone());
        assert_eq!(
            check(&all.join("\r\n")),
            Err(MalformedReply::Row { row: 451 }),
            "{row}"
        );
    }
}

#[test]
fn the_largest_count_is_read_with_and_without_commas() {
    for count in ["18446744073709551615", "18,446,744,073,709,551,615"] {
        let body = padded(&[&format!("{SUFFIX}:{count}")]).join("\r\n");
        assert_eq!(check(&body), Ok(Exposure::Found { count: u64::MAX }));
    }
}

#[test]
fn fewer_rows_than_padding_guarantees_are_malformed() {
    assert_eq!(
        check(&rows(799, 0).join("\r\n")),
        Err(MalformedReply::TooFewRows { rows: 799 })
    );
    assert_eq!(check(&rows(800, 0).join("\r\n")), Ok(Exposure::NotFound));
}

#[test]
fn a_reply_cut_anywhere_before_its_padding_is_never_not_found() {
    // 1,000 real rows, ours the last of them, then 50 of padding.
    let mut all = rows(999, 2);
    all.push(format!("{SUFFIX}:41"));
    all.extend(rows(50, 0));
    let body = all.join("\r\n");
    let ours = body.find(SUFFIX).unwrap_or_default();
    let whole = RangeReply::check(body.as_bytes(), &query());
    assert_eq!(whole, Ok(Exposure::Found { count: 41 }));
    // Every byte of the last rows; before them, steps that meet each place in a row.
    let near = ours - 200..=ours + SUFFIX.len();
    for cut in (0..ours).step_by(199).chain(near) {
        let reply = RangeReply::check(&body.as_bytes()[..cut], &query());
        assert!(reply.is_err(), "cut after {cut} bytes: {reply:?}");
    }
}

#[test]
fn a_reply_without_its_padding_is_neither_not_found_nor_cached() {
    let body = rows(1000, 5).join("\r\n");
    assert_eq!(check(&body), Err(MalformedReply::CutShort));
    assert_eq!(
        RangeReply::validate(body.as_bytes()),
        Err(MalformedReply::CutShort)
    );
}

#[test]
fn a_leak_that_was_seen_counts_even_without_the_padding() {
    let mut all = rows(1000, 5);
    all.insert(3, format!("{SUFFIX}:9"));
    assert_eq!(check(&all.join("\r\n")), Ok(Exposure::Found { count: 9 }));
}

#[test]
fn an_oversize_reply_is_refused_unread() {
    let body = rows(MAX_REPLY_BYTES / 38, 0).join("\r\n");
    assert!(body.len() > MAX_REPLY_BYTES);
    assert_eq!(check(&body), Err(MalformedReply::TooLarge));
}

fn any_row() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[0-9A-Fa-f]{35}:[0-9]{1,5}",
        1 => "[0-9A-Fa-f]{35}:[0-9]{1,3}(,[0-9]{3}){0,2}",
        1 => Just(format!("{SUFFIX}:12")),
        1 => "[0-9A-G]{33,36}[:;]?[0-9,]{0,5}",
    ]
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..4096)) {
        // Fewer bytes than 800 rows have: nothing can be concluded from them.
        prop_assert!(RangeReply::check(&body, &query()).is_err());
        prop_assert!(RangeReply::validate(&body).is_err());
    }

    #[test]
    fn check_agrees_with_a_plain_reading(
        head in proptest::collection::vec(any_row(), 0..20),
        ends_padded in any::<bool>(),
    ) {
        let mut all = head.clone();
        all.extend(rows(800, u64::from(!ends_padded)));
        let well_formed = |row: &String| {
            row.split_once(':').is_some_and(|(suffix, count)| {
                let plain = count.replace(',', "");
                let grouped = plain
                    .as_bytes()
                    .rchunks(3)
                    .rev()
                    .map(String::from_utf8_lossy)
                    .collect::<Vec<_>>()
                    .join(",");
                suffix.len() == 35
                    && suffix.bytes().all(|b| b.is_ascii_hexdigit())
                    && !plain.is_empty()
                    && plain.bytes().all(|b| b.is_ascii_digit())
                    && (count == plain || count == grouped)
            })
        };
        let seen = head.iter().any(|row| row.starts_with(SUFFIX));
        let reply = check(&all.join("\n"));
        if !head.iter().all(well_formed) {
            prop_assert!(matches!(reply, Err(MalformedReply::Row { .. })), "{reply:?}");
        } else if seen {
            prop_assert_eq!(reply, Ok(Exposure::Found { count: 12 }));
        } else if ends_padded {
            prop_assert_eq!(reply, Ok(Exposure::NotFound));
        } else {
            prop_assert_eq!(reply, Err(MalformedReply::CutShort));
        }
    }
}
