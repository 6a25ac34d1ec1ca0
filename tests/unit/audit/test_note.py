"""Signed notes are byte for byte the published ones, and everything that only looks like one is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.adapters.ed25519 import read_signer, read_verifier
from services.audit.domain.errors import KeyMalformed, NoteMalformed, NoteUnverified
from services.audit.domain.note import (
    MOST_SIGNATURES,
    is_name,
    open_note,
    parse_signer_key,
    parse_verifier_key,
    sign_note,
    split_note,
)

PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
).encode()
BOTH = TEXT + b"\n" + PETER_LINE + ENOCH_LINE


def test_a_note_is_signed_as_published() -> None:
    assert sign_note(TEXT, [read_signer(PETER_SECRET)]) == TEXT + b"\n" + PETER_LINE


def test_a_note_with_two_known_signatures_is_opened() -> None:
    note = open_note(BOTH, [read_verifier(PETER), read_verifier(ENOCH)])
    assert note.text == TEXT
    assert [signature.name for signature in note.verified] == ["PeterNeumann", "EnochRoot"]
    assert note.unknown == ()


def test_a_published_note_by_another_program_is_opened() -> None:
    key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    text = b"This is an example message.\n"
    line = (
        "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    ).encode()
    assert open_note(text + b"\n" + line, [read_verifier(key)]).text == text


def test_a_signature_by_an_unknown_key_is_ignored() -> None:
    note = open_note(BOTH, [read_verifier(ENOCH)])
    assert [signature.name for signature in note.unknown] == ["PeterNeumann"]


def test_a_note_that_only_unknown_keys_signed_is_refused() -> None:
    with pytest.raises(NoteUnverified):
        open_note(TEXT + b"\n" + PETER_LINE, [read_verifier(ENOCH)])
    with pytest.raises(NoteUnverified):
        open_note(BOTH, [])


def test_a_wrong_signature_of_a_known_key_rejects_the_whole_note() -> None:
    wrong = PETER_LINE.replace(b"x08go/ZJ", b"x08go/ZK")
    assert open_note(TEXT + b"\n" + wrong + ENOCH_LINE, [read_verifier(ENOCH)]).text == TEXT
    with pytest.raises(NoteUnverified):
        open_note(TEXT + b"\n" + wrong + ENOCH_LINE, [read_verifier(PETER), read_verifier(ENOCH)])
    with pytest.raises(NoteUnverified):
        open_note(TEXT + b"\n" + PETER_LINE + wrong, [read_verifier(PETER)])


def test_a_signature_of_the_wrong_length_is_wrong() -> None:
    short = b"\xe2\x80\x94 PeterNeumann x08gowE=\n"
    with pytest.raises(NoteUnverified):
        open_note(TEXT + b"\n" + short, [read_verifier(PETER)])


def test_a_repeated_signature_counts_once() -> None:
    note = open_note(TEXT + b"\n" + PETER_LINE + PETER_LINE, [read_verifier(PETER)])
    assert len(note.verified) == 1


@given(st.integers(0, len(TEXT) - 2), st.integers(1, 255))
def test_a_changed_text_is_refused(position: int, change: int) -> None:
    changed = bytearray(BOTH)
    changed[position] ^= change
    with pytest.raises((NoteMalformed, NoteUnverified)):
        open_note(bytes(changed), [read_verifier(PETER), read_verifier(ENOCH)])


def test_two_known_keys_of_the_same_name_and_id_are_ambiguous() -> None:
    with pytest.raises(KeyMalformed):
        open_note(BOTH, [read_verifier(PETER), read_verifier(PETER)])


def test_signing_again_replaces_the_signature_and_keeps_the_others() -> None:
    _, existing = split_note(BOTH)
    again = sign_note(TEXT, [read_signer(PETER_SECRET)], existing=existing)
    assert again == TEXT + b"\n" + ENOCH_LINE + PETER_LINE


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"\n",
        b"\n\n",
        TEXT,
        TEXT + PETER_LINE,
        TEXT + b"\n",
        TEXT + b"\n" + PETER_LINE[:-1],
        TEXT + b"\n\n" + PETER_LINE[:-1] + b" \n",
        b"\x01" + BOTH,
        BOTH.replace(b"problem,", b"problem\t"),
        BOTH.replace(b"problem,", b"problem\r"),
        b"\xff" + BOTH,
        BOTH.replace(b"PeterNeumann", b"Peter Neumann"),
        BOTH.replace(b"PeterNeumann", "Peter\N{NO-BREAK SPACE}Neumann".encode()),
        BOTH.replace(b"PeterNeumann", b"Peter+Neumann"),
        BOTH.replace(b"PeterNeumann ", b" "),
        BOTH + b"extra\n",
        BOTH + b"\xe2\x80\x94 Nobody\n",
        BOTH + b"\xe2\x80\x94 Nobody AAAAAA==\n",
        BOTH + b"\xe2\x80\x94 Nobody not-base64\n",
        BOTH + b"\xe2\x80\x94 Nobody AAAAAAB=\n",
        TEXT + b"\n" + PETER_LINE * (MOST_SIGNATURES + 1),
        b"x" * 1_000_001 + b"\n\n" + PETER_LINE,
    ],
)
def test_what_is_no_note_is_refused(note: bytes) -> None:
    with pytest.raises(NoteMalformed):
        open_note(note, [read_verifier(PETER), read_verifier(ENOCH)])


def test_a_hundred_signatures_are_accepted() -> None:
    assert open_note(TEXT + b"\n" + PETER_LINE * MOST_SIGNATURES, [read_verifier(PETER)]).text == TEXT


def test_the_text_may_hold_empty_lines() -> None:
    text = b"one\n\ntwo\n\n\xe2\x80\x94 not a signature\n"
    assert open_note(sign_note(text, [read_signer(PETER_SECRET)]), [read_verifier(PETER)]).text == text


@pytest.mark.parametrize("text", [b"no newline", b"", b"tab\t\n", b"\xff\n"])
def test_a_text_that_no_note_can_hold_is_not_signed(text: bytes) -> None:
    with pytest.raises(NoteMalformed):
        sign_note(text, [read_signer(PETER_SECRET)])


def test_a_note_needs_a_signature() -> None:
    with pytest.raises(NoteMalformed):
        sign_note(TEXT, [])


def test_keys_come_back_as_they_were_written() -> None:
    assert str(parse_verifier_key(PETER)) == PETER
    assert str(parse_verifier_key(ENOCH)) == ENOCH
    assert parse_signer_key(PETER_SECRET).reveal() == PETER_SECRET


def test_a_secret_key_does_not_show_itself() -> None:
    key = parse_signer_key(PETER_SECRET)
    assert "AYEK" not in f"{key} {key!r}"
    assert repr(key.secret)[2:-1] not in f"{key} {key!r}"


@pytest.mark.parametrize("key", [PETER, ENOCH])
def test_every_part_of_a_public_key_is_refused(key: str) -> None:
    for start in range(len(key)):
        for end in range(start, len(key) + 1):
            if end - start < len(key):
                with pytest.raises(KeyMalformed):
                    read_verifier(key[start:end])


def test_every_part_of_a_secret_key_is_refused() -> None:
    for start in range(len(PETER_SECRET)):
        for end in range(start, len(PETER_SECRET) + 1):
            if end - start < len(PETER_SECRET):
                with pytest.raises(KeyMalformed):
                    read_signer(PETER_SECRET[start:end])


def test_every_single_changed_character_of_a_key_is_noticed() -> None:
    for position in range(len(PETER)):
        changed = PETER[:position] + chr(ord(PETER[position]) + 1) + PETER[position + 1 :]
        with pytest.raises(KeyMalformed):
            read_verifier(changed)
    for position in range(len(PETER_SECRET)):
        changed = PETER_SECRET[:position] + chr(ord(PETER_SECRET[position]) + 1) + PETER_SECRET[position + 1 :]
        with pytest.raises(KeyMalformed):
            read_signer(changed)


@pytest.mark.parametrize(
    "key",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        PETER.replace("c74f20a3", "C74F20A3"),
        PETER + "\n",
        " " + PETER,
        PETER.replace("ARpc", "ÄRpc"),
    ],
)
def test_a_key_with_bad_bytes_type_or_id_is_refused(key: str) -> None:
    with pytest.raises(KeyMalformed):
        read_verifier(key)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\tb", "a\N{NO-BREAK SPACE}b", "a\nb", "a\x01b", "a\ud800"])
def test_a_name_with_spaces_plus_signs_or_nothing_is_no_name(name: str) -> None:
    assert not is_name(name)


def test_an_address_is_a_good_name() -> None:
    assert is_name("log.example.gov/tellus")
