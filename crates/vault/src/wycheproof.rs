//! The primitives, as this crate calls them, held to project Wycheproof. Cases
//! outside the format's parameters (other key, nonce and tag sizes, HMAC keys
//! over one block, HKDF outputs over one hash) have no code here to run.

use ::wycheproof::{TestResult, aead, hkdf, mac};
use aes_gcm::Aes256Gcm;
use sha2::Sha256;
use static_assertions::assert_impl_all;
use zeroize::ZeroizeOnDrop;

use crate::{
    BlindIndexer,
    aead::{Cipher, NotAuthentic},
    kdf::{HmacKey, Prk},
};

// Features of the crates below, without which keys would be left in memory.
assert_impl_all!(Aes256Gcm: ZeroizeOnDrop);
// What HMAC keeps of its key are two states of this.
assert_impl_all!(Sha256: ZeroizeOnDrop);

/// Zeros to one block, which is what HMAC itself does to a shorter key.
fn one_block(key: &[u8]) -> Option<[u8; 64]> {
    let mut block = [0; 64];
    block.get_mut(..key.len())?.copy_from_slice(key);
    Some(block)
}

#[test]
fn aes_256_gcm_agrees_with_wycheproof() {
    let set = aead::TestSet::load(aead::TestName::AesGcm).unwrap();
    let groups = set
        .test_groups
        .iter()
        .filter(|g| (g.key_size, g.nonce_size, g.tag_size) == (256, 96, 128));
    let mut ran = 0;
    for test in groups.flat_map(|group| &group.tests) {
        let cipher = Cipher::new(test.key.as_slice().try_into().unwrap());
        let nonce = test.nonce.as_slice().try_into().unwrap();
        let tag = test.tag.as_slice().try_into().unwrap();

        let mut text = test.ct.to_vec();
        let opened = cipher.open(nonce, &test.aad, &mut text, tag);
        if test.result.must_fail() {
            assert_eq!(opened, Err(NotAuthentic), "case {}", test.tc_id);
            assert_eq!(
                text,
                test.ct.as_slice(),
                "case {}: decrypted before the check",
                test.tc_id
            );
        } else {
            assert_eq!(opened, Ok(()), "case {}", test.tc_id);
            assert_eq!(text, test.pt.as_slice(), "case {}", test.tc_id);
            assert_eq!(
                cipher.seal(nonce, &test.aad, &mut text),
                *tag,
                "case {}",
                test.tc_id
            );
            assert_eq!(text, test.ct.as_slice(), "case {}", test.tc_id);
        }
        ran += 1;
    }
    assert_eq!(ran, 66, "cases that fit the parameters");
}

#[test]
fn hmac_and_its_cut_agree_with_wycheproof() {
    let set = mac::TestSet::load(mac::TestName::HmacSha256).unwrap();
    let (mut ran, mut indexes) = (0, 0);
    for group in &set.test_groups {
        for test in &group.tests {
            let Some(block) = one_block(&test.key) else {
                continue;
            };
            let tag = HmacKey::new(&block).tag(&[&test.msg]);
            let agrees = tag[..group.tag_size / 8] == test.tag[..];
            assert_eq!(
                agrees,
                test.result == TestResult::Valid,
                "case {}",
                test.tc_id
            );
            ran += 1;

            if let (Ok(key), 128) = (test.key.as_slice().try_into(), group.tag_size) {
                let index = BlindIndexer::new(key).index(&test.msg);
                assert_eq!(index == test.tag[..], test.result == TestResult::Valid);
                indexes += 1;
            }
        }
    }
    assert_eq!((ran, indexes), (168, 81), "cases that fit the parameters");
}

#[test]
fn hkdf_to_one_hash_agrees_with_wycheproof() {
    let set = hkdf::TestSet::load(hkdf::TestName::HkdfSha256).unwrap();
    let mut ran = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let Some(salt) = one_block(&test.salt).filter(|_| test.size <= 32) else {
            continue;
        };
        assert_eq!(test.result, TestResult::Valid, "case {}", test.tc_id);
        let key = Prk::extract(&salt, &test.ikm).expand(&test.info, &[]);
        assert_eq!(key[..test.size], test.okm[..], "case {}", test.tc_id);
        ran += 1;
    }
    assert_eq!(ran, 29, "cases that fit the parameters");
}

proptest::proptest! {
    #[test]
    fn keys_are_those_of_the_hkdf_crate(
        salt: [u8; 16], key_material: [u8; 32], label: Vec<u8>, context: [u8; 4],
    ) {
        let ours = Prk::extract(&salt, &key_material).expand(&label, &context);
        let mut theirs = [0; 32];
        ::hkdf::Hkdf::<Sha256>::new(Some(&salt), &key_material)
            .expand_multi_info(&[&label, &context], &mut theirs)
            .unwrap();
        proptest::prop_assert_eq!(*ours, theirs);
    }
}
