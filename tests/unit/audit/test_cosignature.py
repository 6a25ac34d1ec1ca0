"""A witness's cosignature is byte for byte what another implementation accepted."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.adapters.ed25519 import CosignatureSigner, read_verifier
from services.audit.domain.cosignature import message, pack, unpack
from services.audit.domain.errors import NoteMalformed, NoteUnverified
from services.audit.domain.note import open_note, parse_signer_key, sign_note, split_note
from tests.unit.audit.test_checkpoint import PUBLIC, SIZE_15
from tests.unit.audit.test_note import PETER_SECRET

WITNESS = "witness.example.com/w1+d46a2b1b+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
LINE = (
    "— witness.example.com/w1 1GorGwAAAABkGFDLnX23er4878Haq2q5LaowXR/G/QXs+MElJZHV3xjpy0URB+7llbdx398VTGQt8m2CSCLvjcDIwVNccCA35D+dCw==\n"
).encode()
SEEN_AT = 1_679_315_147


@pytest.fixture
def witness() -> CosignatureSigner:
    private = Ed25519PrivateKey.from_private_bytes(parse_signer_key(PETER_SECRET).secret)
    return CosignatureSigner("witness.example.com/w1", private, clock=lambda: SEEN_AT + 0.9)


def test_a_cosignature_is_as_published(witness: CosignatureSigner) -> None:
    text, logged = split_note(SIZE_15)
    assert sign_note(text, [witness], existing=logged) == SIZE_15 + LINE
    assert str(witness.verifier_key) == WITNESS


def test_a_cosigned_checkpoint_proves_both_the_log_and_the_witness() -> None:
    note = open_note(SIZE_15 + LINE, [read_verifier(PUBLIC), read_verifier(WITNESS)])
    assert [signature.name for signature in note.verified] == ["example.com/log/testdata", "witness.example.com/w1"]
    assert unpack(note.verified[1].signature)[0] == SEEN_AT


def test_a_cosignature_with_another_time_is_wrong(witness: CosignatureSigner) -> None:
    text, _ = split_note(SIZE_15)
    _, signature = unpack(witness.sign(text))
    verifier = read_verifier(WITNESS)
    assert verifier.verify(text, pack(SEEN_AT, signature))
    assert not verifier.verify(text, pack(SEEN_AT + 1, signature))
    assert not verifier.verify(text, pack(2**63, signature))


@pytest.mark.parametrize("length", [0, 8, 64, 71, 73])
def test_a_cosignature_of_the_wrong_length_is_refused(length: int) -> None:
    with pytest.raises(NoteMalformed):
        unpack(bytes(length))
    assert not read_verifier(WITNESS).verify(b"text\n", bytes(length))


def test_a_log_signature_does_not_pass_for_a_cosignature() -> None:
    log_line = SIZE_15.split(b"\n\n")[1]
    forged = (
        SIZE_15.split(b"\n\n")[0] + b"\n\n" + log_line.replace(b"example.com/log/testdata", b"witness.example.com/w1")
    )
    with pytest.raises(NoteUnverified):
        open_note(forged, [read_verifier(WITNESS)])


@pytest.mark.parametrize("timestamp", [-1, 2**63])
def test_a_time_that_does_not_fit_is_refused(timestamp: int) -> None:
    with pytest.raises(NoteMalformed):
        message(b"text\n", timestamp)
