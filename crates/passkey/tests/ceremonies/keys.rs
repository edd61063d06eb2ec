//! Which public keys are taken.

use passkey::CeremonyError::{self, MalformedPublicKey, UnsupportedAlgorithm};
use passkey::{Algorithm, PublicKey};

use super::authenticator::{cose_members, register};
use super::cbor;

type Members = Vec<(Vec<u8>, Vec<u8>)>;

fn taken(members: &Members) -> Result<PublicKey, CeremonyError> {
    let cose = cbor::map(members);
    register(|it| it.cose = cose).map(|registered| registered.credential.public_key)
}

fn ed25519() -> Members {
    vec![
        (cbor::int(1), cbor::int(1)),
        (cbor::int(3), cbor::int(-8)),
        (cbor::int(-1), cbor::int(6)),
        (cbor::int(-2), cbor::bytes(&[7; 32])),
    ]
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Members {
    vec![
        (cbor::int(1), cbor::int(3)),
        (cbor::int(3), cbor::int(-257)),
        (cbor::int(-1), cbor::bytes(modulus)),
        (cbor::int(-2), cbor::bytes(exponent)),
    ]
}

#[test]
fn a_key_of_each_algorithm_is_taken() {
    for (members, algorithm) in [
        (cose_members(), Algorithm::Es256),
        (ed25519(), Algorithm::EdDsa),
        (rsa(&[0xff; 256], &[1, 0, 1]), Algorithm::Rs256),
    ] {
        assert_eq!(taken(&members).map(|key| key.algorithm()), Ok(algorithm));
    }
}

#[test]
fn an_algorithm_that_was_not_offered_is_refused() {
    for algorithm in [-35, -36, -47, -37, -65535, -9, -19, -53, 0, 7] {
        let mut members = cose_members();
        members[1].1 = cbor::int(algorithm);
        assert_eq!(taken(&members), Err(UnsupportedAlgorithm), "{algorithm}");
    }
}

#[test]
fn a_key_is_of_its_algorithm_s_type_and_curve() {
    for (algorithm, members) in [
        (-8, cose_members()),
        (-257, cose_members()),
        (-7, ed25519()),
        (-257, ed25519()),
        (-7, rsa(&[0xff; 256], &[1, 0, 1])),
        (-8, rsa(&[0xff; 256], &[1, 0, 1])),
    ] {
        let mut members = members;
        members[1].1 = cbor::int(algorithm);
        assert_eq!(taken(&members), Err(MalformedPublicKey), "{algorithm}");
    }
    for curve in [2, 3, 6, 7, 8] {
        let mut members = cose_members();
        members[2].1 = cbor::int(curve);
        assert_eq!(taken(&members), Err(MalformedPublicKey), "{curve}");
    }
    for curve in [1, 4, 5, 7] {
        let mut members = ed25519();
        members[2].1 = cbor::int(curve);
        assert_eq!(taken(&members), Err(MalformedPublicKey), "{curve}");
    }
}

#[test]
fn a_coordinate_has_32_bytes() {
    for at in [3, 4] {
        let values = [
            cbor::bytes(&[1; 31]),
            cbor::bytes(&[1; 33]),
            cbor::bytes(&[]),
            // The sign of a compressed point.
            vec![0xf5],
        ];
        for value in values {
            let mut members = cose_members();
            members[at].1 = value;
            assert_eq!(taken(&members), Err(MalformedPublicKey));
        }
    }
    for length in [0, 31, 33, 57] {
        let mut members = ed25519();
        members[3].1 = cbor::bytes(&vec![1; length]);
        assert_eq!(taken(&members), Err(MalformedPublicKey));
    }
}

#[test]
fn a_key_has_each_of_its_members_once_and_no_other() {
    for good in [cose_members(), ed25519(), rsa(&[0xff; 256], &[1, 0, 1])] {
        for at in 0..good.len() {
            let mut without = good.clone();
            without.remove(at);
            assert_eq!(taken(&without), Err(MalformedPublicKey), "without {at}");
            let mut twice = good.clone();
            twice.push(good[at].clone());
            assert_eq!(taken(&twice), Err(MalformedPublicKey), "twice {at}");
            // The same label in a longer spelling.
            let mut spelt = good.clone();
            let (label, value) = good[at].clone();
            let spelling = [vec![label[0] & 0xe0 | 0x18, label[0] & 0x1f], value].concat();
            spelt.push((spelling, vec![]));
            assert_eq!(taken(&spelt), Err(MalformedPublicKey), "spelt {at}");
        }
        for label in [2, 4, 5, -4] {
            let mut more = good.clone();
            more.push((cbor::int(label), cbor::bytes(&[1])));
            assert_eq!(taken(&more), Err(MalformedPublicKey), "with {label}");
        }
    }
}

#[test]
fn an_rsa_key_has_2048_to_4096_bits_and_the_usual_exponent() {
    let sized = |bytes: usize, first: u8| {
        let mut modulus = vec![0xff; bytes];
        modulus[0] = first;
        taken(&rsa(&modulus, &[1, 0, 1])).map(|_| ())
    };
    for (bytes, first) in [(256, 0x80), (384, 0xff), (257, 1), (512, 0xff)] {
        assert_eq!(sized(bytes, first), Ok(()), "{bytes} {first}");
    }
    for (bytes, first) in [
        (256, 0x7f),
        (128, 0xff),
        (257, 0),
        (513, 1),
        (513, 0),
        (600, 1),
    ] {
        assert_eq!(
            sized(bytes, first),
            Err(MalformedPublicKey),
            "{bytes} {first}"
        );
    }
    assert_eq!(taken(&rsa(&[], &[1, 0, 1])), Err(MalformedPublicKey));
    // Even.
    assert_eq!(
        taken(&rsa(&[0xfe; 256], &[1, 0, 1])),
        Err(MalformedPublicKey)
    );
    for exponent in [
        &[][..],
        &[1],
        &[3],
        &[0, 1, 0, 1],
        &[1, 0, 0],
        &[1, 0, 1, 0],
    ] {
        assert_eq!(
            taken(&rsa(&[0xff; 256], exponent)),
            Err(MalformedPublicKey),
            "{exponent:?}"
        );
    }
}
