//! What an assertion has to be.

use passkey::{Assertion, CeremonyError, UserVerification};

use super::authenticator::{
    AT, Answer, BE, BS, ED, ID, Registration, UP, USER, UV, authenticate, register,
};
use super::cbor;

fn refused(change: impl FnOnce(&mut Answer)) -> CeremonyError {
    authenticate(change).expect_err("something that is refused")
}

#[test]
fn a_good_one_is_taken_with_all_that_it_says() {
    let taken = authenticate(|it| {
        it.credential = register(|it| it.flags |= BE).expect("one").credential;
        it.flags |= BE | BS;
        it.counter = 9;
    });
    let expected = Assertion {
        user_verified: true,
        counter: 9,
        backed_up: true,
    };
    assert_eq!(taken, Ok(expected));
}

#[test]
fn another_credential_is_refused() {
    let mut other = ID.to_vec();
    other[19] ^= 1;
    for id in [other, ID[..19].to_vec(), vec![0]] {
        assert_eq!(
            refused(|it| it.id.clone_from(&id)),
            CeremonyError::CredentialMismatch
        );
    }
}

#[test]
fn another_user_s_is_refused_and_none_named_is_fine() {
    for handle in [[0; 16].to_vec(), USER[..15].to_vec(), vec![], vec![7; 64]] {
        assert_eq!(
            refused(|it| it.user_handle = Some(handle)),
            CeremonyError::UserHandleMismatch
        );
    }
    assert!(authenticate(|it| it.user_handle = None).is_ok());
}

#[test]
fn another_relying_party_s_is_refused() {
    assert_eq!(
        refused(|it| it.rp_id = "evil.example"),
        CeremonyError::RelyingPartyMismatch
    );
}

#[test]
fn someone_has_to_be_there_whatever_is_asked_for() {
    for user_verification in [UserVerification::Required, UserVerification::Preferred] {
        let result = refused(|it| {
            it.flags = UV;
            it.user_verification = user_verification;
        });
        assert_eq!(result, CeremonyError::UserNotPresent);
    }
}

#[test]
fn a_user_who_was_not_verified_is_refused_where_it_is_required_and_else_reported() {
    assert_eq!(refused(|it| it.flags = UP), CeremonyError::UserNotVerified);
    let taken = authenticate(|it| {
        it.flags = UP;
        it.user_verification = UserVerification::Preferred;
    });
    assert!(!taken.expect("an assertion").user_verified);
}

#[test]
fn the_eligibility_for_backup_does_not_change() {
    assert_eq!(
        refused(|it| it.flags |= BE),
        CeremonyError::BackupEligibilityChanged
    );
    assert_eq!(
        refused(|it| it.credential.backup_eligible = true),
        CeremonyError::BackupEligibilityChanged
    );
    assert_eq!(
        refused(|it| it.flags |= BS),
        CeremonyError::BackedUpWithoutEligibility
    );
}

#[test]
fn a_counter_goes_forward_or_stays_nothing() {
    let with = |last, now| {
        authenticate(|it| {
            it.credential.counter = last;
            it.counter = now;
        })
        .map(|assertion| assertion.counter)
    };
    for (last, now) in [(0, 0), (0, 1), (1, 2), (7, 700), (u32::MAX - 1, u32::MAX)] {
        assert_eq!(with(last, now), Ok(now), "{last} to {now}");
    }
    for (last, now) in [(1, 1), (2, 1), (1, 0), (u32::MAX, u32::MAX), (u32::MAX, 0)] {
        assert_eq!(
            with(last, now),
            Err(CeremonyError::CounterRegression),
            "{last} to {now}"
        );
    }
}

#[test]
fn a_stranger_cannot_make_a_counter_look_wrong() {
    let result = authenticate(|it| {
        it.credential.counter = 5;
        it.counter = 1;
        // Another key than the one that signs.
        it.credential.public_key = serde_json::from_value(serde_json::json!({
            "EdDSA": super::authenticator::base64url([7; 32])
        }))
        .expect("a key");
    });
    assert_eq!(result, Err(CeremonyError::MalformedSignature));
    let mut answer = Answer::good();
    answer.credential.counter = 5;
    answer.counter = 1;
    let mut forged = answer.answer();
    forged["response"]["clientDataJSON"] = {
        let mut data = answer.client_data.clone();
        data["more"] = serde_json::json!(1);
        serde_json::json!(super::authenticator::base64url(data.to_string()))
    };
    assert_eq!(
        super::authenticator::judge(&answer, &forged),
        Err(CeremonyError::InvalidSignature)
    );
}

#[test]
fn an_assertion_has_no_credential_in_it_and_nothing_at_its_end() {
    let malformed = CeremonyError::MalformedAuthenticatorData;
    assert_eq!(refused(|it| it.tail = vec![0]), malformed);
    let credential = Registration::good().authenticator_data()[37..].to_vec();
    let result = refused(|it| {
        it.flags |= AT;
        it.tail = credential;
    });
    assert_eq!(result, malformed);
    let extensions = cbor::map(&[(cbor::text("uvm"), cbor::int(1))]);
    let taken = authenticate(|it| {
        it.flags |= ED;
        it.tail.clone_from(&extensions);
    });
    assert!(taken.is_ok());
    let result = refused(|it| {
        it.flags |= ED;
        it.tail = [extensions, vec![0]].concat();
    });
    assert_eq!(result, malformed);
}
