//! What a registration has to be.

use passkey::{Algorithm, CeremonyError, Transport, UserVerification};

use super::authenticator::{AT, BE, BS, ED, ID, Registration, UP, UV, register};
use super::cbor;

fn refused(change: impl FnOnce(&mut Registration)) -> CeremonyError {
    register(change).expect_err("something that is refused")
}

#[test]
fn a_good_one_is_taken_with_all_that_it_says() {
    let registered = register(|it| {
        it.flags |= BE | BS;
        it.counter = 7;
    });
    let registered = registered.expect("a registration");
    assert!(registered.user_verified);
    assert_eq!(registered.discoverable, Some(true));
    assert_eq!(registered.aaguid, [0xaa; 16]);
    let credential = registered.credential;
    assert_eq!(credential.id.as_bytes(), ID);
    assert_eq!(credential.counter, 7);
    assert!(credential.backup_eligible && credential.backed_up);
    assert_eq!(credential.public_key.algorithm(), Algorithm::Es256);
    assert_eq!(
        credential.transports.as_slice(),
        [Transport::Internal, Transport::Hybrid]
    );
}

#[test]
fn another_relying_party_s_is_refused() {
    for rp_id in ["evil.example", "example", "a.balance.example", ""] {
        assert_eq!(
            refused(|it| it.rp_id = rp_id),
            CeremonyError::RelyingPartyMismatch,
            "{rp_id}"
        );
    }
}

#[test]
fn someone_has_to_be_there() {
    assert_eq!(
        refused(|it| it.flags = UV | AT),
        CeremonyError::UserNotPresent
    );
}

#[test]
fn who_it_is_has_to_be_made_sure_of_where_that_is_required() {
    assert_eq!(
        refused(|it| it.flags = UP | AT),
        CeremonyError::UserNotVerified
    );
    let registered = register(|it| {
        it.flags = UP | AT;
        it.user_verification = UserVerification::Preferred;
    });
    assert!(!registered.expect("a registration").user_verified);
}

#[test]
fn only_what_may_be_backed_up_is() {
    assert_eq!(
        refused(|it| it.flags |= BS),
        CeremonyError::BackedUpWithoutEligibility
    );
    let eligible = register(|it| it.flags |= BE).expect("a registration");
    assert!(eligible.credential.backup_eligible && !eligible.credential.backed_up);
}

#[test]
fn one_without_a_credential_is_refused() {
    assert_eq!(
        refused(|it| it.flags = UP | UV),
        CeremonyError::NoCredential
    );
}

#[test]
fn the_credential_is_the_one_that_the_browser_names() {
    assert_eq!(
        refused(|it| it.id[0] ^= 1),
        CeremonyError::CredentialMismatch
    );
}

#[test]
fn an_empty_or_endless_credential_id_is_refused() {
    for length in [0, 1024, 2000] {
        assert_eq!(
            refused(|it| it.id = vec![1; length]),
            CeremonyError::MalformedAuthenticatorData,
            "{length}"
        );
    }
}

#[test]
fn what_its_flags_do_not_announce_is_refused() {
    let malformed = CeremonyError::MalformedAuthenticatorData;
    assert_eq!(refused(|it| it.tail = vec![0]), malformed);
    assert_eq!(refused(|it| it.tail = cbor::map(&[])), malformed);
    // Announced, and not there, not a map, not whole, or with something behind it.
    let extension = [(cbor::text("credProtect"), cbor::int(2))];
    let whole = cbor::map(&extension);
    let trailing = [whole.clone(), vec![0]].concat();
    let cut = whole[..whole.len() - 1].to_vec();
    let numbered = cbor::map(&[(cbor::int(1), cbor::int(2))]);
    for tail in [vec![], vec![0], cut, trailing, numbered] {
        let result = refused(|it| {
            it.flags |= ED;
            it.tail.clone_from(&tail);
        });
        assert_eq!(result, malformed, "{tail:?}");
    }
    let taken = register(|it| {
        it.flags |= ED;
        it.tail = whole;
    });
    assert!(taken.is_ok());
}

#[test]
fn authenticator_data_cut_anywhere_is_refused() {
    let whole = Registration::good().authenticator_data();
    for length in 0..whole.len() {
        let members = [
            (cbor::text("fmt"), cbor::text("none")),
            (cbor::text("attStmt"), cbor::map(&[])),
            (cbor::text("authData"), cbor::bytes(&whole[..length])),
        ];
        let answer = super::responses::with_object(&cbor::map(&members));
        let result = super::responses::register(&answer);
        assert!(
            matches!(
                result,
                Err(CeremonyError::MalformedAuthenticatorData | CeremonyError::MalformedPublicKey)
            ),
            "{length}: {result:?}"
        );
    }
}

#[test]
fn an_attestation_object_has_its_three_members_once_and_nothing_else() {
    let malformed = CeremonyError::MalformedAttestation;
    assert_eq!(refused(|it| it.object_tail = vec![0]), malformed);
    assert_eq!(refused(|it| drop(it.members.pop())), malformed);
    assert_eq!(refused(|it| drop(it.members.remove(0))), malformed);
    let second = [
        (cbor::text("fmt"), cbor::text("none")),
        (cbor::text("attStmt"), cbor::map(&[])),
        (cbor::text("authData"), cbor::bytes(&[0; 37])),
        (cbor::text("epAtt"), cbor::int(1)),
        (cbor::int(1), cbor::int(1)),
    ];
    for member in second {
        assert_eq!(
            refused(|it| it.members.push(member.clone())),
            malformed,
            "{member:?}"
        );
    }
}

#[test]
fn a_statement_of_any_maker_is_passed_over() {
    let signed = cbor::map(&[
        (cbor::text("alg"), cbor::int(-7)),
        (cbor::text("sig"), cbor::bytes(&[1; 70])),
        (
            cbor::text("x5c"),
            [cbor::head(4, 1), cbor::bytes(&[2; 600])].concat(),
        ),
    ]);
    let taken = register(|it| {
        it.members[0].1 = cbor::text("packed");
        it.members[1].1 = signed;
    });
    assert!(taken.is_ok());
}

#[test]
fn nesting_without_end_is_refused() {
    for depth in [9, 10_000] {
        // Lists of one list each.
        let deep = [vec![0x81; depth], vec![0x80]].concat();
        assert_eq!(
            refused(|it| it.members[1].1 = deep),
            CeremonyError::MalformedAttestation
        );
    }
}

#[test]
fn lengths_beyond_the_end_or_left_open_are_refused() {
    let open_map = [
        vec![0xbf],
        cbor::text("fmt"),
        cbor::text("none"),
        vec![0xff],
    ]
    .concat();
    let endless = vec![0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let long_text = [vec![0xa3, 0x7b], vec![0xff; 8]].concat();
    let open_text = [vec![0xa3, 0x7f], cbor::text("fmt"), vec![0xff]].concat();
    for object in [open_map, endless, long_text, open_text, vec![]] {
        let answer = super::responses::with_object(&object);
        assert_eq!(
            super::responses::register(&answer).map(|_| ()),
            Err(CeremonyError::MalformedAttestation),
            "{object:?}"
        );
    }
}
