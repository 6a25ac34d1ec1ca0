"""Checkpoints are byte for byte the published ones: other programs read ours, and we read theirs."""

from base64 import b64decode, b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.adapters.ed25519 import read_signer, read_verifier
from services.audit.domain.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint, sign_checkpoint
from services.audit.domain.errors import CheckpointMalformed, NoteUnverified
from services.audit.domain.hashing import EMPTY_ROOT, Frontier, leaf_hash
from services.audit.domain.note import open_note
from services.audit.domain.tiles import encode_bundle

GO_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
GO_NOTE = (
    "go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n\n"
    "— sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=\n"
).encode()
ORIGIN = "example.com/log/testdata"
SECRET = "PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg"
PUBLIC = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
WORDS = b"one two three four five six seven eit nain ten ileven twelf threeten fourten fivten".split()
SIZE_15 = (
    "example.com/log/testdata\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\n"
    "— example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=\n"
).encode()
SIZE_0_SIGNATURE = "M9e0lhxJACzE1KoUdqKuPa+9p6R7dSW8BlEvrg/noo8FkGg6PbJoRNOcdjqjOq89wVvTA60eubCc4oufo5BvIVEgtQc="
HELLO = b"go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n"


def test_a_real_checkpoint_of_a_public_log_verifies() -> None:
    checkpoint = open_checkpoint(GO_NOTE, [read_verifier(GO_KEY)], origin="go.sum database tree")
    assert checkpoint.size == 35_225_469
    assert b64encode(checkpoint.root) == b"vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ="


def test_a_published_checkpoint_text_comes_back() -> None:
    checkpoint = parse_checkpoint(HELLO)
    assert checkpoint == Checkpoint("go.sum database tree", 123_456_789_012, leaf_hash(b"hello world"))
    assert checkpoint.text == HELLO


def test_the_fifteenth_checkpoint_is_as_published() -> None:
    frontier = Frontier()
    frontier.extend(map(leaf_hash, WORDS))
    note = sign_checkpoint(Checkpoint(ORIGIN, frontier.size, frontier.root()), [read_signer(SECRET)])
    assert note == SIZE_15
    assert open_checkpoint(note, [read_verifier(PUBLIC)], origin=ORIGIN).root == frontier.root()


def test_the_entry_bundle_of_that_log_is_as_published() -> None:
    bundle = encode_bundle(WORDS)
    assert sha256(bundle).hexdigest() == "9ac6a9fc9012f2b4d67ac26041933c119e1505defc5c808ed614c5778c9f1716"


def test_the_checkpoint_of_the_empty_log_is_as_published() -> None:
    checkpoint = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert checkpoint.text == f"{ORIGIN}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n".encode()
    note = sign_checkpoint(checkpoint, [read_signer(SECRET)])
    assert note == checkpoint.text + f"\n— {ORIGIN} {SIZE_0_SIGNATURE}\n".encode()


@given(st.integers(0, 15))
def test_every_size_of_that_log_can_be_signed_and_opened(size: int) -> None:
    frontier = Frontier()
    frontier.extend(map(leaf_hash, WORDS[:size]))
    checkpoint = Checkpoint(ORIGIN, size, frontier.root())
    note = sign_checkpoint(checkpoint, [read_signer(SECRET)])
    assert open_checkpoint(note, [read_verifier(PUBLIC)], origin=ORIGIN) == checkpoint


def test_a_checkpoint_of_another_log_is_refused() -> None:
    with pytest.raises(CheckpointMalformed):
        open_checkpoint(SIZE_15, [read_verifier(PUBLIC)], origin="example.com/another")


def test_a_checkpoint_that_was_altered_is_refused() -> None:
    with pytest.raises(NoteUnverified):
        open_checkpoint(SIZE_15.replace(b"\n15\n", b"\n14\n"), [read_verifier(PUBLIC)], origin=ORIGIN)


def test_extension_lines_come_back() -> None:
    checkpoint = parse_checkpoint(HELLO + b"extension\n")
    assert checkpoint.extensions == ("extension",)
    assert checkpoint.text == HELLO + b"extension\n"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"origin\n",
        b"origin\n5\n",
        HELLO[:-1],
        HELLO + b"\n",
        HELLO + b"extension",
        HELLO.replace(b"go.sum database tree", b""),
        HELLO.replace(b"123456789012", b"0x1234"),
        HELLO.replace(b"123456789012", b"0123"),
        HELLO.replace(b"123456789012", b"-1"),
        HELLO.replace(b"123456789012", b"+1"),
        HELLO.replace(b"123456789012", b"1_000"),
        HELLO.replace(b"123456789012", b""),
        HELLO.replace(b"123456789012", b"9223372036854775808"),
        HELLO.replace(b"123456789012", "\N{ARABIC-INDIC DIGIT ONE}".encode()),
        HELLO.replace(b"TszzRgjT", b""),
        HELLO.replace(b"TszzRgjT", b"TszzRgjTTszzRgjT"),
        HELLO.replace(b"TszzRgjT", b"Tszz!gjT"),
        HELLO.replace(b"Bb0=", b"Bb1="),
        HELLO.replace(b"Bb0=", b"Bb0"),
        b"\xff" + HELLO,
    ],
)
def test_what_is_no_checkpoint_is_refused(text: bytes) -> None:
    with pytest.raises(CheckpointMalformed):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [("", 1, bytes(32)), ("a\nb", 1, bytes(32)), ("a", -1, bytes(32)), ("a", 2**63, bytes(32)), ("a", 1, bytes(31))],
)
def test_no_checkpoint_can_be_made_that_could_not_be_read(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(CheckpointMalformed):
        Checkpoint(origin, size, root)


def test_the_published_root_is_that_of_its_leaf() -> None:
    assert leaf_hash(b"hello world") == b64decode("TszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=")


def test_the_signer_of_a_checkpoint_need_not_be_called_as_its_log() -> None:
    assert open_note(GO_NOTE, [read_verifier(GO_KEY)]).verified[0].name == "sum.golang.org"
