//! The export: all that is stored about a person, and nothing that opens anything.

use std::collections::{BTreeMap, BTreeSet};

use end_to_end::{Authenticator, PAYS, Person, Reply, StoredRow};
use serde_json::{Value, json};

use super::app;

const PATH: &str = "/v1/me/export";
const CSV: &str = "/v1/me/export?format=csv";

/// What docs/EXPORT.md lists as left out: members of sealed records, and whole tables.
const LEFT_OUT: [&str; 8] = [
    "person.password_hash",
    "session.token_hash",
    "api_token.token_hash",
    "totp.secret",
    "email_change.current_hash",
    "email_change.new_hash",
    "item.access_token",
    "item.cursor",
];
/// Members that say when Plaid was asked in the last minute.
const ASKED: &str = "item.course.spent.";
const TABLES_LEFT_OUT: [&str; 9] = [
    "month_text",
    "month_total",
    "user_key",
    "login",
    "stripe_customer",
    "recovery_code",
    "idempotent_reply",
    "sync_attempt",
    "txn_stage",
];

/// An export of either form: of each table the rows, of each row the cells as text.
type Tables = BTreeMap<String, Vec<BTreeMap<String, String>>>;

/// Where the rows of a table are in the export, and what leads their ids there.
fn exported_as(table: &str) -> (&'static str, Option<&'static str>) {
    match table {
        "person" => ("account", Some("usr_")),
        "session" => ("sessions", Some("ses_")),
        "api_token" => ("api_tokens", Some("tok_")),
        "passkey" => ("passkeys", Some("pk_")),
        "totp" => ("authenticator_app", None),
        "email_change" => ("email_change", None),
        "billing" => ("billing", None),
        "item" => ("connections", Some("item_")),
        "account" => ("accounts", Some("acct_")),
        "txn" => ("transactions", Some("txn_")),
        "audit_part" => ("audit_entries", None),
        "consent" => ("consents", Some("cns_")),
        other => panic!("{other} is neither exported nor listed as left out"),
    }
}

/// Someone of whom every table has a row.
fn known_well() -> (Person, Authenticator) {
    let ada = app().person();
    let change = json!({"name": "Ada, \"the Countess\""});
    ada.call("PATCH", "/v1/me").json(&change).send().expect(200);
    ada.on_another_device().get("/v1/me").expect(200);
    let token = ada
        .post("/v1/link-tokens", &json!({}))
        .string("/link_token");
    let linked = app().bank().link(&token, &json!({"transactions": 80}));
    let connected = ada
        .call("POST", "/v1/items")
        .header("idempotency-key", "once")
        .json(&json!({"public_token": linked.public_token}))
        .send();
    connected.expect(201);
    linked.item.update(
        r#"{"add":[{"name":"=HYPERLINK(\"http://x\",\"y\")","amount":-12.34,"date":"2026-03-01"},
                   {"name":"Zoë, \"quoted\"\nand more","amount":7,"date":"2026-03-02"}]}"#,
    );
    app().eventually("the webhook is seen to", || {
        ada.transactions("", 1000).len() >= 82
    });
    let words = json!({"corrected_category": "Tea", "note": "with Mary", "tags": ["friends", "at the club"]});
    let first = ada.transactions("", 1).remove(0);
    let path = format!("/v1/transactions/{}", first["id"].as_str().unwrap());
    ada.call("PATCH", &path).json(&words).send().expect(200);
    ada.get("/v1/cash-flow").expect(200);
    let tea = json!({"text": "with mary"});
    ada.post("/v1/transactions/search", &tea).expect(200);
    let page = ada.post("/v1/billing/checkout", &json!({"offer": "yearly"}));
    assert_eq!(app().stripe().pay(&page, PAYS).status(), 303);
    app().eventually("her subscription has begun", || {
        ada.get("/v1/billing/subscription").expect(200)["plan"] == "plus"
    });
    let email = app().applicant().email;
    let change = json!({"email": email});
    ada.by_password("POST", "/v1/me/email-changes", Some(&change))
        .expect(202);
    ada.post(
        "/v1/password-resets",
        &json!({"email": ada.applicant.email}),
    )
    .expect(202);
    let mut key = app().authenticator();
    ada.enrol(&mut key);
    let begun = ada
        .by_key(&mut key, "POST", "/v1/me/totp", None)
        .expect(201);
    let secret = totp::Secret::from_base32(begun["secret"].as_str().unwrap()).unwrap();
    let code = secret.code(end_to_end::unix_now().unsigned_abs() / 30);
    let code = std::str::from_utf8(&code).unwrap();
    let shown = json!({"challenge": begun["challenge"], "code": code});
    ada.post("/v1/me/totp/confirm", &shown).expect(200);
    ada.by_key(&mut key, "POST", "/v1/me/recovery-codes", None)
        .expect(201);
    let token = json!({"name": "a program", "scopes": ["profile:read", "items:read"], "expires_in_days": 30});
    ada.by_key(&mut key, "POST", "/v1/me/tokens", Some(&token))
        .expect(201);
    (ada, key)
}

#[test]
fn everything_that_is_stored_is_in_it_in_both_forms() {
    let (ada, mut key) = known_well();
    for path in [PATH, CSV] {
        let reply = ada.by_key(&mut key, "GET", path, None);
        let stored = app().database().rows_of(&ada.id);
        let of_table = |row: &StoredRow| row.table;
        let tables: BTreeSet<&str> = stored.iter().map(of_table).collect();
        assert_eq!(tables.len(), 22, "she is not known well enough: {tables:?}");
        let export = tables_of(&reply);
        for row in &stored {
            assert_eq!(missing(&export, row), Vec::<String>::new(), "{path}");
        }
        // Nothing is there that is not stored.
        for table in [
            "sessions",
            "connections",
            "accounts",
            "transactions",
            "passkeys",
        ] {
            let rows = stored.iter().filter(|row| {
                !TABLES_LEFT_OUT.contains(&row.table)
                    && !SPREAD.contains(&row.table)
                    && exported_as(row.table).0 == table
            });
            assert_eq!(export[table].len(), rows.count(), "{path}: {table}");
        }
        assert_eq!(export["account"][0]["recovery_codes_left"], "10");
        assert_eq!(export["password_resets"].len(), 1);
        assert!(!export["webhooks"].is_empty());
        for row in &stored {
            for secret in secrets(row) {
                assert!(
                    !reply.text().contains(&secret),
                    "{path}: a secret of {}",
                    row.table
                );
            }
        }
    }
}

/// What of a stored row is in no cell of its row in the export.
fn missing(export: &Tables, stored: &StoredRow) -> Vec<String> {
    if TABLES_LEFT_OUT.contains(&stored.table) {
        return Vec::new();
    }
    let record = stored.record.as_ref().expect("a sealed row");
    if stored.table == "month_directory" {
        let month =
            |row: &BTreeMap<String, String>| (row["month"].clone(), row["transactions"].clone());
        let told: BTreeMap<String, String> = export["months"].iter().map(month).collect();
        let months = record.as_object().unwrap().iter();
        let kept = months.map(|(month, counted)| (month.clone(), counted[0].to_string()));
        assert_eq!(told, kept.collect());
        return Vec::new();
    }
    let Some(rows) = rows_for(export, stored) else {
        return vec![format!("no row for {}", stored.columns)];
    };
    let cells: BTreeSet<&str> = rows
        .iter()
        .flat_map(|row| row.values())
        .flat_map(|cell| std::iter::once(cell.as_str()).chain(cell.split(' ')))
        .collect();
    let mut leaves = Vec::new();
    gather(
        stored.table,
        &with_amounts(stored.table, record),
        &mut leaves,
    );
    let is_there = |leaf: &Value| {
        spellings(leaf)
            .iter()
            .any(|text| cells.contains(text.as_str()))
    };
    leaves
        .into_iter()
        .filter(|(path, leaf)| {
            !LEFT_OUT.contains(&path.as_str()) && !path.starts_with(ASKED) && !is_there(leaf)
        })
        .map(|(path, leaf)| format!("{path}: {leaf} is not in {rows:?}"))
        .collect()
}

/// Tables whose rows are many in the export, or are told elsewhere.
const SPREAD: [&str; 4] = ["month_directory", "annotation", "snapshot", "balance_year"];

/// The rows of the export that a stored row is told by.
fn rows_for<'e>(
    export: &'e Tables,
    stored: &StoredRow,
) -> Option<Vec<&'e BTreeMap<String, String>>> {
    let of = |tables: &[&str]| {
        let rows = tables.iter().flat_map(|table| &export[*table]);
        rows.collect::<Vec<_>>()
    };
    let id = || stored.columns["id"].as_str().unwrap().to_owned();
    match stored.table {
        "annotation" => {
            let transaction = format!("txn_{}", id());
            let mut rows = of(&["annotations", "tags"]);
            rows.retain(|row| row["transaction_id"] == transaction);
            Some(rows)
        }
        "snapshot" => Some(of(&["holdings", "liabilities", "recurring_payments"])),
        "balance_year" => Some(of(&["balances"])),
        table => {
            let (table, prefix) = exported_as(table);
            let is_it = |row: &&BTreeMap<String, String>| {
                prefix.is_none_or(|prefix| row["id"] == format!("{prefix}{}", id()))
            };
            export[table].iter().find(is_it).map(|row| vec![row])
        }
    }
}

/// Every value in a record, but null, by its path.
fn gather(path: &str, value: &Value, leaves: &mut Vec<(String, Value)>) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (name, member) in members {
                gather(&format!("{path}.{name}"), member, leaves);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(path, item, leaves)),
        leaf => leaves.push((path.to_owned(), leaf.clone())),
    }
}

/// Amounts as the decimals that the export has: minor units, currency and scale of a
/// transaction stand at fixed places, those of a balance in an object.
fn with_amounts(table: &str, record: &Value) -> Value {
    let decimal = |minor: &Value, scale: &Value| {
        let (minor, scale) = (minor.as_i64().unwrap(), scale.as_u64().unwrap());
        let scale = usize::try_from(scale).unwrap();
        let digits = format!("{:0>width$}", minor.unsigned_abs(), width = scale + 1);
        let (whole, decimals) = digits.split_at(digits.len() - scale);
        let sign = if minor < 0 { "-" } else { "" };
        let point = if scale == 0 { "" } else { "." };
        json!(format!("{sign}{whole}{point}{decimals}"))
    };
    let mut record = record.clone();
    match &mut record {
        Value::Object(year) if table == "balance_year" => {
            // It stands in the days.
            year.remove("year");
            for point in year["points"].as_array_mut().unwrap() {
                point[2] = decimal(&point[2], &point[4]);
                point[4] = Value::Null;
            }
        }
        Value::Array(values) if table == "txn" => {
            values[4] = decimal(&values[4], &values[6]);
            values[6] = Value::Null;
        }
        other => in_words(other, &decimal),
    }
    record
}

/// Every amount in a value, however deep.
fn in_words(value: &mut Value, decimal: &impl Fn(&Value, &Value) -> Value) {
    if value["minor_units"].is_i64() {
        *value = json!([
            decimal(&value["minor_units"], &value["scale"]),
            value["currency"]
        ]);
        return;
    }
    match value {
        Value::Object(members) => members
            .values_mut()
            .for_each(|value| in_words(value, decimal)),
        Value::Array(values) => values.iter_mut().for_each(|value| in_words(value, decimal)),
        _ => {}
    }
}

/// How a value may stand in the export.
fn spellings(leaf: &Value) -> Vec<String> {
    match leaf {
        Value::String(text) => ["", "acct_", "txn_"]
            .map(|prefix| format!("{prefix}{text}"))
            .to_vec(),
        Value::Number(number) => {
            let instant = number.as_i64().filter(|number| *number > 1_000_000_000);
            let mut spellings = vec![number.to_string()];
            spellings.extend(instant.map(rfc3339));
            spellings
        }
        other => vec![other.to_string()],
    }
}

/// Seconds since 1970 as the API shows an instant: year by year, month by month.
fn rfc3339(unix: i64) -> String {
    let (mut days, seconds) = (unix / 86_400, unix % 86_400);
    let is_leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let mut year = 1970;
    while days >= 365 + i64::from(is_leap(year)) {
        days -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + i64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (day, hour, minute, second) = (days + 1, seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Values of a row that open something.
fn secrets(stored: &StoredRow) -> Vec<String> {
    let mut leaves = Vec::new();
    if let Some(record) = &stored.record {
        gather(stored.table, record, &mut leaves);
    }
    let secret = |(path, leaf): (String, Value)| {
        LEFT_OUT
            .contains(&path.as_str())
            .then(|| leaf.as_str().unwrap().to_owned())
    };
    leaves.into_iter().filter_map(secret).collect()
}

fn tables_of(reply: &Reply) -> Tables {
    reply.expect(200);
    if reply.header("content-type") == Some("application/zip") {
        assert_eq!(
            reply.header("content-disposition"),
            Some("attachment; filename=\"balance-export.zip\"")
        );
        return of_archive(reply.bytes());
    }
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let json = reply.json();
    let tables = json.as_object().unwrap().iter();
    let tables = tables.filter(|(name, _)| *name != "exported_at");
    tables
        .map(|(name, table)| {
            let rows: Vec<&Value> = match table {
                Value::Array(rows) => rows.iter().collect(),
                Value::Null => Vec::new(),
                row => vec![row],
            };
            (name.clone(), rows.into_iter().map(of_object).collect())
        })
        .collect()
}

fn of_object(row: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(words) => {
            let words: Vec<&str> = words.iter().map(|word| word.as_str().unwrap()).collect();
            words.join(" ")
        }
        other => other.to_string(),
    };
    let cells = row.as_object().unwrap().iter();
    cells
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

fn of_archive(bytes: &[u8]) -> Tables {
    let archive = rawzip::ZipArchive::from_slice(bytes).unwrap();
    let mut tables = Tables::new();
    for entry in archive.entries() {
        let entry = entry.unwrap();
        let name = entry.file_path().try_normalize().unwrap();
        let name = name.as_ref().strip_suffix(".csv").unwrap().to_owned();
        let file = archive.get_entry(entry.wayfinder()).unwrap();
        let mut records = records(std::str::from_utf8(file.data()).unwrap()).into_iter();
        let header = records.next().unwrap();
        let row = |record: Vec<String>| {
            assert_eq!(record.len(), header.len(), "{name}: {record:?}");
            let record = record.into_iter().map(|cell| unguarded(&cell));
            header.iter().cloned().zip(record).collect()
        };
        tables.insert(name.clone(), records.map(row).collect());
    }
    tables
}

/// A second reading of RFC 4180.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut characters = text.chars().peekable();
    let mut is_quoted = false;
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !is_quoted => {
                assert_eq!(characters.next(), Some('\n'));
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            character => cell.push(character),
        }
    }
    assert!(cell.is_empty() && record.is_empty(), "the last record ends");
    records
}

fn unguarded(cell: &str) -> String {
    match cell.strip_prefix('\'') {
        Some(text) if text.starts_with(['=', '+', '-', '@']) => text.to_owned(),
        _ => {
            let is_number = cell.strip_prefix('-').is_some_and(|rest| {
                rest.bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'.')
            });
            assert!(
                is_number || !cell.starts_with(['=', '+', '-', '@', '\t']),
                "a spreadsheet would run {cell}"
            );
            cell.to_owned()
        }
    }
}

#[test]
fn a_text_that_would_be_a_formula_is_led_by_an_apostrophe_in_csv_only() {
    let ada = app().person();
    let formula = json!({"name": "=1+1"});
    ada.call("PATCH", "/v1/me")
        .json(&formula)
        .send()
        .expect(200);
    let csv = ada.by_password("GET", CSV, None);
    csv.expect(200);
    assert!(csv.text().contains(",'=1+1,"), "{}", csv.text());
    let json = ada.by_password("GET", PATH, None).expect(200);
    assert_eq!(json["account"]["name"], "=1+1");
}

#[test]
fn it_is_for_whoever_has_just_proved_who_she_is() {
    let ada = app().person();
    for path in [PATH, CSV, "/v1/me/export?format=json"] {
        ada.get(path).expect_problem(403, "step-up-required");
    }
    ada.get("/v1/me/export?format=xml")
        .expect_field("format", "type");
    ada.get("/v1/me/export?format=csv&all=1")
        .expect_field("all", "unknown");
    app()
        .stranger()
        .get(PATH)
        .expect_problem(401, "unauthenticated");

    let refused = ada.refused("GET", PATH, None);
    let approval = refused.approve(|_| json!({"password": ada.applicant.password}));
    // Good for this form of it, once.
    ada.call("GET", CSV)
        .header("step-up", &approval)
        .send()
        .expect_problem(403, "step-up-required");
    refused.again(&approval).expect(200);
    refused
        .again(&approval)
        .expect_problem(403, "step-up-required");

    let token =
        json!({"name": "t", "scopes": ["profile:read", "transactions:read"], "expires_in_days": 1});
    let minted = ada.by_password("POST", "/v1/me/tokens", Some(&token));
    let program = app().stranger().with_token(&minted.string("/token"));
    program.get(PATH).expect_problem(403, "session-required");
}

#[test]
fn a_long_history_is_whole_and_in_order() {
    let ada = app().person();
    let bob = app().person();
    app().connect(&bob, &json!({"transactions": 5}));
    app().connect(&ada, &json!({"transactions": 4_500}));
    app().eventually("everything is here", || {
        ada.transactions("", 1000).len() == 4_500
    });
    let ids = |rows: &[Value]| -> Vec<Value> { rows.iter().map(|row| row["id"].clone()).collect() };
    let export = ada.by_password("GET", PATH, None).expect(200);
    let rows = export["transactions"].as_array().unwrap();
    assert_eq!(ids(rows), ids(&ada.transactions("", 1000)));
    assert!(!export.to_string().contains(&bob.applicant.email));
}
