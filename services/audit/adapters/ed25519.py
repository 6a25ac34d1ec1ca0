"""Ed25519 keys in memory, as the signers and verifiers of notes and checkpoints."""

import time
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.audit.domain import cosignature
from services.audit.domain.errors import KeyMalformed, NoteMalformed
from services.audit.domain.note import (
    COSIGNATURE,
    ED25519,
    Signer,
    SignerKey,
    Verifier,
    VerifierKey,
    is_name,
    key_id,
    parse_signer_key,
    parse_verifier_key,
)


class Ed25519Signer:
    """Signs notes: the log's own key."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.verifier_key = VerifierKey(name, ED25519, private.public_key().public_bytes_raw())
        self.name = name
        self.key_id = self.verifier_key.key_id

    def sign(self, text: bytes) -> bytes:
        return self._private.sign(text)


class Ed25519Verifier:
    """Checks the signatures of one log's key."""

    def __init__(self, key: VerifierKey) -> None:
        self._public = Ed25519PublicKey.from_public_bytes(key.public)
        self.name = key.name
        self.key_id = key.key_id

    def verify(self, text: bytes, signature: bytes) -> bool:
        return _agrees(self._public, signature, text)


class CosignatureSigner:
    """Signs checkpoints as a witness, with the time at which it does."""

    def __init__(self, name: str, private: Ed25519PrivateKey, *, clock: Callable[[], float] = time.time) -> None:
        self._private = private
        self._clock = clock
        self.verifier_key = VerifierKey(name, COSIGNATURE, private.public_key().public_bytes_raw())
        self.name = name
        self.key_id = self.verifier_key.key_id

    def sign(self, text: bytes) -> bytes:
        timestamp = int(self._clock())
        return cosignature.pack(timestamp, self._private.sign(cosignature.message(text, timestamp)))


class CosignatureVerifier:
    """Checks the cosignatures of one witness."""

    def __init__(self, key: VerifierKey) -> None:
        self._public = Ed25519PublicKey.from_public_bytes(key.public)
        self.name = key.name
        self.key_id = key.key_id

    def verify(self, text: bytes, signature: bytes) -> bool:
        try:
            timestamp, bare = cosignature.unpack(signature)
            signed = cosignature.message(text, timestamp)
        except NoteMalformed:
            return False
        return _agrees(self._public, bare, signed)


def read_signer(text: str) -> Signer:
    """The signer that a secret key (`PRIVATE+KEY+...`) spells; its id must belong to the public key it leads to."""
    key = parse_signer_key(text)
    private = Ed25519PrivateKey.from_private_bytes(key.secret)
    signer = Ed25519Signer(key.name, private) if key.algorithm == ED25519 else CosignatureSigner(key.name, private)
    if signer.key_id != key.key_id:
        raise KeyMalformed("The secret key's id does not belong to it: it was mistyped or altered.")
    return signer


def read_verifier(text: str) -> Verifier:
    """The verifier that a public key (`NAME+ID+KEY`) spells."""
    key = parse_verifier_key(text)
    return Ed25519Verifier(key) if key.algorithm == ED25519 else CosignatureVerifier(key)


def generate_key(name: str) -> tuple[SignerKey, VerifierKey]:
    """A new key for signing a log's checkpoints, and its public half."""
    if not is_name(name):
        raise KeyMalformed(
            "The name of a key is not empty and has neither spaces nor plus signs; a domain and path is usual."
        )
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    secret = SignerKey(name, key_id(name, ED25519, public), ED25519, private.private_bytes_raw())
    return secret, VerifierKey(name, ED25519, public)


def _agrees(public: Ed25519PublicKey, signature: bytes, text: bytes) -> bool:
    try:
        public.verify(signature, text)
    except InvalidSignature:
        return False
    return True
