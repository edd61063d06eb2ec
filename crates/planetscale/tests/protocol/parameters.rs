//! Placeholders: which there are, and what may stand beside them.

use planetscale::{ParameterError, Value, append, append_value, statement};

fn filled(sql: &str) -> Result<String, ParameterError> {
    statement(sql, &[Value::I64(7)])
}

#[test]
fn every_character_that_mysql_escapes_is_escaped() {
    let sql = statement("?", &["\0\x08\t\n\r\x1A\\'\"%_".into()]).expect("text");
    assert_eq!(sql, r#"'\0\b\t\n\r\Z\\''\"%_'"#);
}

#[test]
fn a_question_mark_in_a_literal_a_name_or_a_comment_is_no_placeholder() {
    for sql in [
        "SELECT '?', ?",
        "SELECT 'it''s ?', ?",
        r"SELECT 'it\'s ?', ?",
        r#"SELECT "?\"?", ?"#,
        r#"SELECT """?", ?"#,
        "SELECT `?`, `a``?`, ?",
        "SELECT ? -- ?\n",
        "SELECT ? -- ?'\n, 1",
        "SELECT ? # ?\"\n",
        "SELECT ? // ?\n",
        "SELECT ? --\u{1}?\n",
        "SELECT ? --\u{b}?\n",
        "SELECT /* ? ' */ ?",
        "SELECT /*+ SET_VAR(a=?) */ ?",
    ] {
        let at = sql.rfind(['?']).expect("one");
        let ours = match sql.find("SELECT ? ") {
            Some(start) => start + 7,
            None => at,
        };
        let expected = format!("{}7{}", &sql[..ours], &sql[ours + 1..]);
        assert_eq!(filled(sql), Ok(expected), "{sql}");
    }
}

#[test]
fn dashes_are_a_comment_only_before_white_space() {
    assert_eq!(filled("SELECT 5--1, ?"), Ok("SELECT 5--1, 7".to_owned()));
    // The space that keeps a value apart would make a comment of these.
    assert_eq!(filled("SELECT 5--?"), Err(ParameterError::Adjacent));
    assert_eq!(filled("SELECT 5-?"), Ok("SELECT 5- 7".to_owned()));
}

#[test]
fn a_backslash_does_not_escape_in_a_quoted_name() {
    assert_eq!(filled(r"SELECT `\`, ?"), Ok(r"SELECT `\`, 7".to_owned()));
}

#[test]
fn there_are_as_many_values_as_placeholders() {
    let counted = |placeholders, values| {
        Err(ParameterError::Count {
            placeholders,
            values,
        })
    };
    assert_eq!(statement("SELECT ?, ?", &[Value::Null]), counted(2, 1));
    assert_eq!(statement("SELECT ?", &[Value::Null; 3]), counted(1, 3));
    assert_eq!(statement("SELECT '?'", &[Value::Null]), counted(0, 1));
    assert_eq!(statement("SELECT 1", &[]), Ok("SELECT 1".to_owned()));
}

#[test]
fn a_value_is_not_read_for_placeholders() {
    let sql = statement("SELECT ?, ?", &["?".into(), "' ?".into()]);
    assert_eq!(sql, Ok("SELECT '?', ''' ?'".to_owned()));
}

#[test]
fn strings_side_by_side_are_refused_since_mysql_reads_them_as_one() {
    for sql in [
        "??",
        "? ?",
        "'a'?",
        "?'a'",
        "? /* c */ \"a\"",
        "'a' -- c\n ?",
        "?\n?",
    ] {
        let values = [Value::Text("v"), Value::Text("w")];
        let given = sql.matches('?').count();
        assert_eq!(
            statement(sql, &values[..given]),
            Err(ParameterError::Adjacent),
            "{sql}"
        );
    }
    let mut sql = statement("SELECT ?", &["a".into()]).expect("a value");
    assert_eq!(
        append(&mut sql, " ?", &["b".into()]),
        Err(ParameterError::Adjacent)
    );
    assert_eq!(sql, "SELECT 'a'");
    sql.push('\n');
    assert_eq!(
        append(&mut sql, "?", &["b".into()]),
        Err(ParameterError::Adjacent)
    );
}

#[test]
fn a_value_keeps_its_distance_from_words_and_signs() {
    assert_eq!(filled("LIMIT?OFFSET 1"), Ok("LIMIT 7 OFFSET 1".to_owned()));
    assert_eq!(filled("a=?AND b"), Ok("a=7 AND b".to_owned()));
    assert_eq!(filled("(?)"), Ok("(7)".to_owned()));
    assert_eq!(statement("5-?", &[Value::I64(-1)]), Ok("5- -1".to_owned()));
    assert_eq!(
        statement("_binary?", &["a".into()]),
        Ok("_binary 'a'".to_owned())
    );
    assert_eq!(statement("N?", &["a".into()]), Ok("N 'a'".to_owned()));
}

#[test]
fn what_does_not_end_and_what_the_server_would_run_is_refused() {
    for sql in ["'a", "\"a", "`a", "'a\\'", "/* a", "SELECT ? '", "/*/ ?"] {
        assert_eq!(filled(sql), Err(ParameterError::Unterminated), "{sql}");
    }
    for sql in ["/*! ? */", "/*!50000 ' */ ?", "/*M! ? */"] {
        assert_eq!(filled(sql), Err(ParameterError::ExecutableComment), "{sql}");
    }
}

#[test]
fn a_comment_at_a_parts_end_does_not_swallow_the_next_part() {
    let mut sql = String::new();
    append(&mut sql, "SELECT ? -- why", &[1.into()]).expect("a part");
    append(&mut sql, ", ?", &[2.into()]).expect("a part");
    assert_eq!(sql, "SELECT 1 -- why\n, 2");
}

#[test]
fn a_list_is_in_parentheses_and_never_empty() {
    let list = |values: &[Value<'_>]| statement("a IN ?", &[Value::List(values)]);
    assert_eq!(
        list(&["a".into(), Value::Null]),
        Ok("a IN ('a',NULL)".to_owned())
    );
    assert_eq!(list(&[]), Err(ParameterError::EmptyList));
    let pair: [Value<'_>; 2] = [1.into(), "x".into()];
    let rows = [Value::List(&pair), Value::List(&pair)];
    assert_eq!(list(&rows), Ok("a IN ((1,'x'),(1,'x'))".to_owned()));
    let deep = [Value::List(&rows)];
    assert_eq!(list(&deep), Err(ParameterError::Nesting));
}

#[test]
fn a_value_that_is_refused_leaves_the_buffer_as_it_was() {
    let mut sql = String::from("a IN ");
    let members = [Value::I64(1), Value::F64(f64::NAN)];
    let refused = append_value(&mut sql, &Value::List(&members));
    assert_eq!(
        (refused, sql.as_str()),
        (Err(ParameterError::NotFinite), "a IN ")
    );
}

#[test]
fn values_come_from_what_callers_have() {
    let text = String::from("t");
    let bytes = vec![0xAB, 0];
    let values: [Value<'_>; 9] = [
        true.into(),
        i32::MIN.into(),
        i64::MIN.into(),
        u32::MAX.into(),
        u64::MAX.into(),
        (&text).into(),
        (&bytes).into(),
        None::<&str>.into(),
        Some(1.5).into(),
    ];
    let sql = statement("?,?,?,?,?,?,?,?,?", &values).expect("values");
    assert_eq!(
        sql,
        "true,-2147483648,-9223372036854775808,4294967295,18446744073709551615,'t',x'ab00',NULL,1.5e0"
    );
}
