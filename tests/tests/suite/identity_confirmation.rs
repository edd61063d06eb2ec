//! Confirmation: the code and the password of one and the same sign-up.

use end_to_end::Reply;

use super::{app, at_once};

#[test]
fn whoever_signs_up_a_strangers_email_gets_nothing_when_the_stranger_confirms() {
    let stranger = app().applicant();
    let mut attacker = app().applicant();
    attacker.email.clone_from(&stranger.email);
    attacker.sign_up().expect(202);
    let attackers_token = app().mailbox().token_for(&stranger.email);

    // The stranger enters the code with a password of her own.
    stranger
        .confirm(&attackers_token)
        .expect_problem(422, "invalid-token");
    attacker
        .sign_in()
        .expect_problem(401, "invalid-credentials");

    // She signs up herself: her code works with her password, not with his.
    stranger.sign_up().expect(202);
    let mails = app().mailbox().wait_for(&stranger.email, 2);
    let own_token = mails[1].token().unwrap();
    attacker
        .confirm(&own_token)
        .expect_problem(422, "invalid-token");
    stranger.confirm(&own_token).expect(201);

    // And his pending sign-up is gone with hers.
    attacker
        .confirm(&attackers_token)
        .expect_problem(422, "invalid-token");
    attacker
        .sign_in()
        .expect_problem(401, "invalid-credentials");
    stranger.sign_in().expect(201);
}

#[test]
fn a_wrong_code_and_a_wrong_password_are_answered_alike() {
    let ada = app().applicant();
    ada.sign_up().expect(202);
    let token = app().mailbox().token_for(&ada.email);
    let mut wrong_password = ada.clone();
    wrong_password.password.push('!');

    let replies = [
        wrong_password.confirm(&token),
        ada.confirm(&"A".repeat(43)),
        ada.confirm("not the form of a code"),
        ada.confirm(""),
    ];
    let shown = |reply: &Reply| {
        let mut problem = reply.expect_problem(422, "invalid-token");
        problem["request_id"].take();
        (
            problem,
            reply.batches(),
            reply.argon2id_runs(),
            reply.header("set-cookie").is_some(),
        )
    };
    for reply in &replies {
        assert_eq!(shown(reply), shown(&replies[0]));
    }
    assert_eq!(replies[0].argon2id_runs(), 1);
    ada.confirm(&token).expect(201);
}

#[test]
fn a_code_works_once() {
    let ada = app().applicant();
    ada.sign_up().expect(202);
    let token = app().mailbox().token_for(&ada.email);
    ada.confirm(&token).expect(201);
    ada.confirm(&token).expect_problem(422, "invalid-token");
}

#[test]
fn of_many_confirmations_of_one_code_at_once_one_makes_the_account() {
    let ada = app().applicant();
    ada.sign_up().expect(202);
    let token = app().mailbox().token_for(&ada.email);
    let replies = at_once(5, |_| ada.confirm(&token));
    exactly_one_account(&replies);
    ada.sign_in().expect(201);
}

#[test]
fn of_two_pending_sign_ups_confirmed_at_once_one_makes_the_account() {
    let first = app().applicant();
    let mut second = app().applicant();
    second.email.clone_from(&first.email);
    first.sign_up().expect(202);
    app().mailbox().wait_for(&first.email, 1);
    second.sign_up().expect(202);
    let mails = app().mailbox().wait_for(&first.email, 2);
    let tokens = [mails[0].token().unwrap(), mails[1].token().unwrap()];

    let both = [&first, &second];
    let replies = at_once(2, |number| both[number].confirm(&tokens[number]));
    exactly_one_account(&replies);
    let signed_in = both
        .iter()
        .filter(|who| who.sign_in().status() == 201)
        .count();
    assert_eq!(signed_in, 1);
}

#[track_caller]
fn exactly_one_account(replies: &[Reply]) {
    let (made, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status() == 201);
    assert_eq!(made.len(), 1, "{replies:?}");
    for reply in refused {
        reply.expect_problem(422, "invalid-token");
    }
}

#[test]
fn guessing_the_password_of_a_code_is_slowed_down() {
    let ada = app().applicant();
    ada.sign_up().expect(202);
    let token = app().mailbox().token_for(&ada.email);
    let mut guess = ada.clone();
    for number in 0..5 {
        guess.password = format!("{} {number}", ada.password);
        // From everywhere: it is the code that is counted.
        guess.client = app().stranger();
        guess.confirm(&token).expect_problem(422, "invalid-token");
    }
    let reply = guess.confirm(&token);
    reply.expect_problem(429, "too-many-requests");
    assert!(reply.header("retry-after").is_some());
    assert_eq!(reply.argon2id_runs(), 0);
}
