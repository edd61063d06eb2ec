//! wrangler itself, before a stand-in for Cloudflare's API: what it is asked and what it prints.

use super::*;
use crate::deploy::settings::Settings;
use crate::deploy::steps;

#[derive(Deserialize)]
struct Told {
    url: String,
    asked: Vec<String>,
}

/// Cloudflare, with what there is; and this machine, which takes it for the real one.
fn cloudflare<'a>(workspace: &'a Workspace, has: &serde_json::Value) -> (NodeProgram, Machine<'a>) {
    let mut program = NodeProgram::start(include_str!("cloudflare.mjs"), [""; 0]).unwrap();
    let told: Told = program.ask(has).unwrap();
    let mut machine = Machine::new(workspace, None);
    machine.variables = vec![
        ("CLOUDFLARE_API_BASE_URL", told.url),
        ("CLOUDFLARE_API_TOKEN", "a-token".to_owned()),
        (
            "CLOUDFLARE_ACCOUNT_ID",
            "0123456789abcdef0123456789abcdef".to_owned(),
        ),
        ("CI", "true".to_owned()),
    ];
    (program, machine)
}

fn production(workspace: &Workspace) -> Settings {
    let text = std::fs::read_to_string(workspace.path("wrangler.toml")).unwrap();
    Settings::of(&text, Some("production")).unwrap()
}

#[test]
fn wrangler_names_the_secrets_that_are_set() {
    let workspace = Workspace::here();
    let has = json!({"secrets": ["KEYRING", "PLAID_CLIENT_ID", "PLAID_SECRET"]});
    let (_running, mut machine) = cloudflare(&workspace, &has);
    let refused = steps::secrets(&production(&workspace), &mut machine).unwrap_err();
    let told = refused.to_string();
    assert!(
        told.contains("AUDIT_SIGNING_KEY") && !told.contains("KEYRING,"),
        "{told}"
    );
}

#[test]
fn wrangler_makes_the_database_and_gives_it_every_migration_in_order() {
    let workspace = Workspace::here();
    let (mut running, mut machine) = cloudflare(&workspace, &json!({"databases": ["another"]}));
    steps::migrate(&production(&workspace), &mut machine).unwrap();
    let told: Told = running.ask(&json!({})).unwrap();
    let all = told.asked.join("\n");
    assert!(
        all.contains("POST /d1/database {\"name\":\"balance-production\""),
        "{all}"
    );
    let mut from = 0;
    for path in stack::migrations(&workspace.path("migrations")).unwrap() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let at = all.get(from..).unwrap().find(&name);
        from += at.unwrap_or_else(|| panic!("{name} was not applied in its turn"));
    }
}
