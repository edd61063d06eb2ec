#!/usr/bin/env python3
"""Verifies Balance's audit log, believing nobody: not the service, not whoever copied its files.

One file, Python 3.9 or newer, the standard library and `cryptography`. Read it before you run it.

  verify.py fetch URL DIR --key KEY        copy the public log to DIR (https://…), and verify it
  verify.py log DIR --key KEY              every leaf and tile of a copy, against its checkpoint
  verify.py inclusion FILE --key KEY --checkpoint FILE
                                           that what an access log shows you is in the log
  verify.py consistency OLD NEW DIR --key KEY
                                           that the log of NEW begins with the log of OLD
  verify.py consent FILE --key KEY         that a person's key signed a consent, and that the log
                                           knows the key and the consent

KEY is the log's key as /audit/log/key gives it (name+id+base64), or a file that holds it. Keep
the first one you saw: whoever can rewrite the log can show you another key.
FILE of `inclusion` is a reply of GET /v1/me/access-log, that of `consent` one of
GET /v1/me/consents/{id}/proof. A consent that holds proves that the key signed this text for this
site, with its holder checked; not what her screen showed. OLD and NEW are checkpoints; every mail
about a key of yours carries one.

Exit status: 0 only if everything holds; 1 if something does not, which is named; 2 if it could
not be read.

Formats: c2sp.org/tlog-tiles, c2sp.org/tlog-checkpoint, c2sp.org/signed-note, RFC 9162 section 2.1,
W3C Web Authentication Level 3 section 7.2.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import os
import re
import sys
import urllib.request

WIDTH = 256
MAX_SIZE = 1 << 53
MAX_FILE = 20_000_000
HEADER = "balance-audit/v1"


class Wrong(Exception):
    """Something does not hold."""


class Unreadable(Exception):
    """Something is not as its format says, or not there."""


# The tree (RFC 9162, 2.1).


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def root_of(hashes: list) -> bytes:
    """The root over the hashes of leaves, or of complete subtrees of one height."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    level = list(hashes)
    while len(level) > 1:
        above = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        # What is left over at the right edge goes up as it is.
        level = above + level[len(level) - len(level) % 2 :]
    return level[0]


def check_inclusion(leaf: bytes, index: int, size: int, proof: list, root: bytes) -> None:
    if not 0 <= index < size:
        raise Wrong(f"there is no leaf {index} in a log of {size}")
    node, last, found = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            raise Wrong("the proof is too long")
        if node & 1 or node == last:
            found = node_hash(beside, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        node, last = node >> 1, last >> 1
    if last:
        raise Wrong("the proof is too short")
    if found != root:
        raise Wrong(f"leaf {index} is not in the log: its proof leads to another root")


# Notes and checkpoints.


def unbase64(text: str) -> bytes:
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable(f"{text[:20]!r} is not base64") from error
    if base64.b64encode(decoded).decode() != text:
        raise Unreadable(f"{text[:20]!r} is not base64")
    return decoded


class Key:
    """A verifier key: name+id+base64(1 ‖ Ed25519 key)."""

    def __init__(self, text: str):
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not parts[0] or re.search(r"\s", parts[0]):
            raise Unreadable("this is no verifier key (name+id+base64)")
        self.name = parts[0]
        key = unbase64(parts[2])
        if len(key) != 33 or key[0] != 1:
            raise Unreadable("this is no Ed25519 key")
        self.public = key[1:]
        digest = hashlib.sha256(self.name.encode() + b"\n" + key).digest()
        self.id = digest[:4]
        if parts[1] != self.id.hex():
            raise Unreadable("the key's id is not its own")

    def verify(self, text: bytes, signature: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


class Checkpoint:
    """The head of a log, its signature verified."""

    def __init__(self, note: bytes, key: Key, what: str):
        text, found, lines = note.rpartition(b"\n\n")
        if not found or not lines.endswith(b"\n"):
            raise Unreadable(f"{what} is no signed note")
        text += b"\n"
        prefix = f"\u2014 {key.name} ".encode()
        signed = False
        for line in lines[:-1].split(b"\n"):
            if not line.startswith(prefix):
                continue
            signature = unbase64(line[len(prefix) :].decode("ascii", "replace"))
            if signature[:4] == key.id and len(signature) == 68:
                if not key.verify(text, signature[4:]):
                    raise Wrong(f"the signature of {what} does not hold")
                signed = True
        if not signed:
            raise Wrong(f"{what} is not signed by {key.name}+{key.id.hex()}")
        try:
            origin, size, root, *more = text[:-1].decode().split("\n")
        except (UnicodeDecodeError, ValueError) as error:
            raise Unreadable(f"{what} is no checkpoint") from error
        if origin != key.name:
            raise Wrong(f"{what} is of another log: {origin}")
        if not re.fullmatch(r"0|[1-9][0-9]{0,15}", size) or int(size) > MAX_SIZE or "" in more:
            raise Unreadable(f"{what} is no checkpoint")
        self.size = int(size)
        self.root = unbase64(root)
        if len(self.root) != 32:
            raise Unreadable(f"{what} is no checkpoint")


# Files of a copy.


def place(index: int, width: int) -> str:
    groups = []
    while True:
        groups.append(index % 1000)
        index //= 1000
        if not index:
            break
    path = "".join(f"x{group:03}/" for group in reversed(groups[1:])) + f"{groups[0]:03}"
    return path if width == WIDTH else f"{path}.p/{width}"


def tiles(size: int, level: int):
    """Index and width of each tile of a level."""
    hashes = size >> (8 * level)
    for first in range(0, hashes, WIDTH):
        yield first // WIDTH, min(WIDTH, hashes - first)


def paths(size: int):
    level = 0
    while size >> (8 * level):
        for index, width in tiles(size, level):
            yield f"tile/{level}/{place(index, width)}"
            if level == 0:
                yield f"tile/entries/{place(index, width)}"
        level += 1


class Folder:
    def __init__(self, path: str):
        self.path = path

    def read(self, name: str) -> bytes:
        try:
            with open(os.path.join(self.path, *name.split("/")), "rb") as file:
                data = file.read(MAX_FILE + 1)
        except OSError as error:
            raise Unreadable(f"{name} is not there: {error.strerror}") from error
        if len(data) > MAX_FILE:
            raise Unreadable(f"{name} is too long")
        return data


def leaves_of(bundle: bytes, name: str) -> list:
    leaves, at = [], 0
    while at < len(bundle):
        length = int.from_bytes(bundle[at : at + 2], "big")
        if at + 2 + length > len(bundle):
            raise Unreadable(f"{name} is cut off")
        leaves.append(bundle[at + 2 : at + 2 + length])
        at += 2 + length
    return leaves


ENTRY = re.compile(
    rb"balance-audit/v1\nkind ([a-z]+\.?[a-z]*)\ntime (0|[1-9][0-9]{0,19})\n"
    rb"operator (-|[A-Za-z0-9+/]{43}=)\nperson (-|[A-Za-z0-9+/]{43}=)\n"
)


def check_log(folder: Folder, checkpoint: Checkpoint) -> list:
    """The hashes of all leaves, each tile held to them."""
    hashes = []
    for index, width in tiles(checkpoint.size, 0):
        name = f"tile/entries/{place(index, width)}"
        leaves = leaves_of(folder.read(name), name)
        if len(leaves) != width:
            raise Wrong(f"{name} has {len(leaves)} leaves and not {width}")
        kept = folder.read(f"tile/0/{place(index, width)}")
        if len(kept) != 32 * width:
            raise Wrong(f"tile/0/{place(index, width)} has another length")
        for at, leaf in enumerate(leaves):
            number = index * WIDTH + at
            found = leaf_hash(leaf)
            if found != kept[32 * at : 32 * at + 32]:
                raise Wrong(f"leaf {number} is not the one that its tile has the hash of")
            if not ENTRY.fullmatch(leaf):
                raise Wrong(f"leaf {number} is no entry of {HEADER}")
            hashes.append(found)
    above, level = hashes, 1
    while checkpoint.size >> (8 * level):
        full = len(above) // WIDTH
        above = [root_of(above[at * WIDTH : (at + 1) * WIDTH]) for at in range(full)]
        for index, width in tiles(checkpoint.size, level):
            name = f"tile/{level}/{place(index, width)}"
            if folder.read(name) != b"".join(above[index * WIDTH : index * WIDTH + width]):
                raise Wrong(f"{name} is not what the leaves below it come to")
        level += 1
    if root_of(hashes) != checkpoint.root:
        raise Wrong("the leaves come to another root than the checkpoint's")
    return hashes


# Commands.


def key_of(text: str) -> Key:
    if os.path.exists(text):
        with open(text, encoding="utf-8") as file:
            text = file.read(10_000)
    return Key(text)


def checkpoint_of(path: str, key: Key) -> Checkpoint:
    folder, name = os.path.split(path)
    return Checkpoint(Folder(folder or ".").read(name), key, path)


def log(arguments) -> str:
    folder = Folder(arguments.dir)
    checkpoint = Checkpoint(folder.read("checkpoint"), key_of(arguments.key), "checkpoint")
    check_log(folder, checkpoint)
    return f"{checkpoint.size} leaves, root {base64.b64encode(checkpoint.root).decode()}"


def fetch(arguments) -> str:
    base = arguments.url.rstrip("/")
    if not base.endswith("/audit/log"):
        base += "/audit/log"

    def keep(name: str) -> bytes:
        with urllib.request.urlopen(f"{base}/{name}", timeout=60) as reply:
            data = reply.read(MAX_FILE + 1)
        if len(data) > MAX_FILE:
            raise Unreadable(f"{name} is too long")
        path = os.path.join(arguments.dir, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
        return data

    checkpoint = Checkpoint(keep("checkpoint"), key_of(arguments.key), "checkpoint")
    for path in paths(checkpoint.size):
        full = ".p/" not in path
        if not (full and os.path.exists(os.path.join(arguments.dir, *path.split("/")))):
            keep(path)
    return log(arguments)


def inclusion(arguments) -> str:
    key = key_of(arguments.key)
    checkpoint = checkpoint_of(arguments.checkpoint, key)
    folder, name = os.path.split(arguments.file)
    try:
        reply = json.loads(Folder(folder or ".").read(name))
        size, root, entries = reply["size"], unbase64(reply["root"]), reply["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"{arguments.file} is no reply of GET /v1/me/access-log") from error
    if (size, root) != (checkpoint.size, checkpoint.root):
        raise Wrong(f"the proofs are for a log of {size}, the checkpoint is of {checkpoint.size}")
    pending = 0
    for entry in entries:
        try:
            index, proof = entry["index"], entry["proof"]
            leaf, hashes = proof["leaf"].encode(), proof["inclusion"]
            salt, body = unbase64(proof["salt"]), proof["body"]
            said = json.loads(body)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unreadable("an entry of another form") from error
        match = ENTRY.fullmatch(leaf)
        if not match or not isinstance(index, int):
            raise Wrong(f"leaf {index} is no entry of {HEADER}")
        if len(salt) != 32:
            raise Wrong(f"the salt of leaf {index} has another length")
        commitment = hashlib.sha256(
            f"{HEADER}\nperson\n".encode() + salt + body.encode()
        ).digest()
        if base64.b64encode(commitment) != match[4]:
            raise Wrong(f"what is shown of leaf {index} is not what it commits to")
        if said != entry["event"] or match[1].decode() != entry["kind"]:
            raise Wrong(f"what is shown of leaf {index} is not what was committed")
        if hashes is None:
            pending += 1
            continue
        proof = [unbase64(hash) for hash in hashes]
        check_inclusion(leaf_hash(leaf), index, checkpoint.size, proof, checkpoint.root)
    later = f", {pending} not signed yet" if pending else ""
    return f"{len(entries) - pending} entries are in the log of {checkpoint.size} leaves{later}"


# Consents (W3C Web Authentication Level 3, 7.2).


def unbase64url(text: str) -> bytes:
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise Unreadable(f"{text[:20]!r} is not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def terms_of(text: str) -> dict:
    """The lines of a consent's text, by their names."""
    lines = text.split("\n")
    if lines[0] != "balance-consent/v1" or lines[-1] != "":
        raise Unreadable("this is no text of a consent")
    terms: dict = {"resource": [], "field": []}
    for line in lines[1:-1]:
        name, found, value = line.partition(" ")
        if not found:
            raise Unreadable("this is no text of a consent")
        if name in ("resource", "field"):
            terms[name].append(value)
        elif name in terms:
            raise Wrong(f"the text says {name} twice")
        else:
            terms[name] = value
    return terms


def check_signature(public: dict, message: bytes, signature: bytes) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

    (name, encoded), *more = public.items()
    raw = unbase64url(encoded)
    if more:
        raise Unreadable("one key is expected")
    try:
        if name == "ES256":
            point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
            point.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        elif name == "EdDSA":
            ed25519.Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
        elif name == "RS256":
            numbers = rsa.RSAPublicNumbers(65537, int.from_bytes(raw, "big"))
            numbers.public_key().verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise Unreadable(f"{name} is no algorithm of ours")
    except InvalidSignature as error:
        raise Wrong("her key did not sign this: the signature does not hold") from error
    except ValueError as error:
        raise Unreadable("this is no public key") from error


def check_ceremony(file: dict, terms: dict) -> None:
    data = unbase64url(file["authenticator_data"])
    client_data = unbase64url(file["client_data_json"])
    said = json.loads(client_data)
    challenge = hashlib.sha256(file["text"].encode()).digest()
    if said.get("type") != "webauthn.get":
        raise Wrong("the key signed something else than an assertion")
    if unbase64url(said.get("challenge", "")) != challenge:
        raise Wrong("the key signed another text")
    if said.get("origin") != terms["origin"] or said.get("crossOrigin", False) is not False:
        raise Wrong("the key signed at another site")
    if len(data) < 37 or data[:32] != hashlib.sha256(terms["rp-id"].encode()).digest():
        raise Wrong("the key signed for another relying party")
    flags = data[32]
    if not flags & 0x01:
        raise Wrong("nobody was present when the key signed")
    if not flags & 0x04:
        raise Wrong("the key did not check who held it")
    if bool(flags & 0x08) != (terms["backup-eligible"] == "yes"):
        raise Wrong("the text says otherwise whether the key may be copied")
    if file["credential_id"] != terms["credential"]:
        raise Wrong("another key signed than the text names")
    message = data + hashlib.sha256(client_data).digest()
    check_signature(file["public_key"], message, unbase64url(file["signature"]))


def consent(arguments) -> str:
    folder, name = os.path.split(arguments.file)
    try:
        file = json.loads(Folder(folder or ".").read(name))
        if file["format"] != "balance-consent-proof/v1":
            raise Unreadable(f"{arguments.file} is no proof of a consent")
        terms = terms_of(file["text"])
        check_ceremony(file, terms)
        key = key_of(arguments.key)
        checkpoint = Checkpoint(file["checkpoint"].encode(), key, "the proof's checkpoint")
        known, granted, ended = None, None, ""
        for leaf in file["leaves"]:
            line, body = leaf["leaf"].encode(), leaf["body"]
            match = ENTRY.fullmatch(line)
            if not match:
                raise Wrong(f"leaf {leaf['index']} is no entry of {HEADER}")
            commitment = hashlib.sha256(
                f"{HEADER}\nperson\n".encode() + unbase64(leaf["salt"]) + body.encode()
            ).digest()
            if base64.b64encode(commitment) != match[4]:
                raise Wrong(f"what is shown of leaf {leaf['index']} is not what it commits to")
            if leaf["inclusion"] is None:
                continue
            hashes = [unbase64(hash) for hash in leaf["inclusion"]]
            at = leaf["index"]
            check_inclusion(leaf_hash(line), at, checkpoint.size, hashes, checkpoint.root)
            said, kind, time = json.loads(body), match[1].decode(), int(match[2]) // 1000
            if (
                kind == "key.enrolled"
                and said["credential_id"] == terms["credential"]
                and said["public_key"] == file["public_key"]
                and said["person"] == terms["person"]
            ):
                known = at
            if said.get("consent") != terms["consent"]:
                continue
            text_hash = hashlib.sha256(file["text"].encode()).hexdigest()
            if kind == "consent.granted" and said["text_sha256"] == text_hash:
                issued = int(terms["issued"])
                if not issued <= time <= issued + 300:
                    raise Wrong("it was signed later than five minutes after she opened it")
                granted = at
            if kind == "consent.revoked":
                ended = f", and taken back in leaf {at}"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"{arguments.file} is no proof of a consent") from error
    if known is None:
        raise Wrong("the log does not know this key as hers")
    if granted is None:
        raise Wrong("the log does not know this consent as granted")
    fields = ", ".join(terms["field"])
    return (
        f"{terms['person']} consented that {terms['operator']} sees {fields}: her key of leaf "
        f"{known} signed it, leaf {granted} has it{ended}"
    )


def consistency(arguments) -> str:
    key = key_of(arguments.key)
    old, new = (checkpoint_of(path, key) for path in (arguments.old, arguments.new))
    if old.size > new.size:
        raise Wrong(f"the newer log has {new.size} leaves, the older one had {old.size}")
    hashes = check_log(Folder(arguments.dir), new)
    if root_of(hashes[: old.size]) != old.root:
        raise Wrong(f"the first {old.size} leaves are not those that the older checkpoint signed")
    return f"the log of {new.size} leaves begins with the log of {old.size}"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(run, *names: str):
        sub = commands.add_parser(run.__name__)
        for name in names:
            sub.add_argument(name)
        sub.add_argument("--key", required=True, help="the log's key, or a file with it")
        sub.set_defaults(run=run)
        return sub

    command(fetch, "url", "dir")
    command(log, "dir")
    command(inclusion, "file").add_argument("--checkpoint", required=True)
    command(consistency, "old", "new", "dir")
    command(consent, "file")
    arguments = parser.parse_args()
    try:
        print(f"it holds: {arguments.run(arguments)}")
    except Wrong as wrong:
        print(f"IT DOES NOT HOLD: {wrong}", file=sys.stderr)
        return 1
    except (Unreadable, OSError) as unreadable:
        print(f"cannot be verified: {unreadable}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
