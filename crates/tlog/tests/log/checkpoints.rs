//! Checkpoints and the notes they are signed as.

use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;
use tlog::{
    Checkpoint, CheckpointError, EMPTY_ROOT, MAX_NOTE_BYTES, NoteError, Signature, SignedNote,
    VerifierKey,
};

/// The key of the specification's own example.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
then you don't know what your problem is.\n\n\
\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn checkpoint() -> Checkpoint {
    Checkpoint {
        origin: "balance.example.com/audit".into(),
        size: 0,
        root: EMPTY_ROOT,
    }
}

#[test]
fn the_note_of_the_specification_is_read_and_its_signature_holds() {
    let key = VerifierKey::parse(PETER).unwrap();
    let note = SignedNote::parse(NOTE.as_bytes()).unwrap();
    assert_eq!(note.to_string(), NOTE);
    let signature = ed25519_dalek::Signature::from_bytes(note.signature_of(&key).unwrap());
    let public = ed25519_dalek::VerifyingKey::from_bytes(key.public()).unwrap();
    public
        .verify_strict(note.text().as_bytes(), &signature)
        .unwrap();
    let another = VerifierKey::new("PeterNeumann", [1; 32]).unwrap();
    assert_eq!(
        note.signature_of(&another),
        None,
        "of the name, not the key"
    );
}

#[test]
fn a_key_has_one_spelling() {
    assert_eq!(VerifierKey::parse(PETER).unwrap().to_string(), PETER);
    for wrong in [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AhpcQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ] {
        assert_eq!(VerifierKey::parse(wrong), Err(NoteError::Key), "{wrong}");
    }
    for name in ["", "a b", "a+b", "a\nb"] {
        assert_eq!(VerifierKey::new(name, [0; 32]), None, "{name:?}");
    }
}

#[test]
fn what_is_no_note_is_refused() {
    for wrong in [
        "",
        "text\n",
        "text\n\n",
        "text\n\nno dash\n",
        "text\n\n\u{2014} name\n",
        "text\n\n\u{2014} name !!!!\n",
        "text\n\n\u{2014} name AAAA\n",
        "text\n\n\u{2014} a+b AAAAAAAA\n",
        "te\rxt\n\n\u{2014} name AAAAAAAA\n",
        "text\n\n\u{2014} name AAAAAAAA",
    ] {
        assert!(SignedNote::parse(wrong.as_bytes()).is_err(), "{wrong:?}");
    }
    let line = "\u{2014} name AAAAAAAA\n";
    let note = |lines: usize| format!("text\n\n{}", line.repeat(lines));
    assert!(SignedNote::parse(note(100).as_bytes()).is_ok());
    assert_eq!(
        SignedNote::parse(note(101).as_bytes()),
        Err(NoteError::TooLong)
    );
    let long = "x".repeat(MAX_NOTE_BYTES + 1);
    assert_eq!(SignedNote::parse(long.as_bytes()), Err(NoteError::TooLong));
    assert_eq!(
        SignedNote::parse(b"\xff\n\n\xe2\x80\x94 name AAAAAAAA\n"),
        Err(NoteError::Malformed)
    );
}

#[test]
fn a_checkpoint_is_three_lines_and_other_peoples_extensions() {
    let text = checkpoint().to_string();
    assert_eq!(
        text,
        "balance.example.com/audit\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    );
    assert_eq!(Checkpoint::parse(&text), Ok(checkpoint()));
    let extended = format!("{text}something of theirs\n");
    assert_eq!(Checkpoint::parse(&extended), Ok(checkpoint()));
    for wrong in [
        text.trim_end().to_owned(),
        text.replacen('0', "00", 1),
        text.replacen('0', "+0", 1),
        text.replacen('0', "-1", 1),
        text.replacen('0', "", 1),
        text.replacen("47DE", "47D", 1),
        text.replacen("balance.example.com/audit", "", 1),
        format!("{text}\n"),
        String::new(),
    ] {
        assert_eq!(
            Checkpoint::parse(&wrong),
            Err(CheckpointError::Malformed),
            "{wrong:?}"
        );
    }
    let huge = text.replacen('0', "9007199254740993", 1);
    assert_eq!(Checkpoint::parse(&huge), Err(CheckpointError::TooLarge));
}

#[test]
fn an_origin_with_a_line_of_its_own_is_not_signed() {
    let signer = SigningKey::from_bytes(&[7; 32]);
    let key = VerifierKey::new("k", signer.verifying_key().to_bytes()).unwrap();
    let signature = Signature::new(&key, signer.sign(b"x").to_bytes());
    let sly = Checkpoint {
        origin: "balance\n5".into(),
        ..checkpoint()
    };
    assert_eq!(sly.note(signature.clone()), None);
    assert!(checkpoint().note(signature).is_some());
}

proptest! {
    #[test]
    fn no_bytes_break_the_parsers(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(note) = SignedNote::parse(&bytes) {
            prop_assert_eq!(note.to_string().into_bytes(), bytes.clone());
        }
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let _ = Checkpoint::parse(text);
            let _ = VerifierKey::parse(text);
        }
    }

    #[test]
    fn a_note_that_is_read_is_written_the_same(text in "[a-z\n—]{0,20}\n\n(— [a-z]{1,3} [A-Za-z0-9+/]{8}\n){1,3}") {
        if let Ok(note) = SignedNote::parse(text.as_bytes()) {
            prop_assert_eq!(note.to_string(), text);
        }
    }
}
