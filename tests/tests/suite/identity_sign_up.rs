//! From nobody to an account.

use serde_json::json;

use super::app;

#[test]
fn an_account_begins_when_the_mailed_code_comes_with_the_password() {
    let ada = app().applicant();
    let reply = ada.sign_up();
    assert_eq!(reply.expect(202), json!({"status": "mailed", "expires_in": 86_400}));
    let token = app().mailbox().token_for(&ada.email);
    let confirmed = ada.confirm(&token);
    confirmed.expect(201);
    assert_eq!(confirmed.string("/user/email"), ada.email);
}
