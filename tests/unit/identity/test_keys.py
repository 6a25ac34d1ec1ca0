"""A rotation surprises no verifier, loses no token, and outlives a restart."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from joserfc import jwt

from deploy.local.identity.keys import MOST_KEYS, KeyRing, TooManyKeys
from deploy.local.identity.passwords import read_or_make, shared_password


class Moment:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def ring(tmp_path: Path, moment: Moment) -> KeyRing:
    return make_ring(tmp_path, moment)


def make_ring(folder: Path, moment: Moment) -> KeyRing:
    return KeyRing(folder / "keys", rotate_after=1000, publish_retired_for=600, clock=moment)


def signer(ring: KeyRing) -> str:
    keys = ring.signing_keys().keys
    assert len(keys) == 1
    return str(keys[0].kid)


def names(ring: KeyRing) -> set[str]:
    return {key["kid"] for key in ring.published()["keys"]}


def sign(ring: KeyRing) -> str:
    return jwt.encode({"alg": "ES256"}, {"sub": "x"}, ring.signing_keys())


def test_no_private_part_is_published(ring: KeyRing) -> None:
    ring.rotate()
    for key in ring.published()["keys"]:
        assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


def test_the_next_key_is_published_before_it_signs(ring: KeyRing) -> None:
    before = names(ring)
    announced = before - {signer(ring)}
    assert {ring.rotate()} == announced == {signer(ring)}


def test_a_token_signed_before_a_rotation_is_still_verified_after_it(ring: KeyRing, moment: Moment) -> None:
    token = sign(ring)
    ring.rotate()
    moment.now += 599
    assert jwt.decode(token, ring.verifying_keys()).claims == {"sub": "x"}


def test_a_retired_key_is_forgotten_in_time(ring: KeyRing, moment: Moment) -> None:
    retired = signer(ring)
    ring.rotate()
    assert retired in names(ring)
    moment.now += 600
    assert retired not in names(ring)


def test_a_key_gives_way_by_age(ring: KeyRing, moment: Moment) -> None:
    first = signer(ring)
    moment.now += 999
    assert signer(ring) == first
    moment.now += 1
    assert signer(ring) != first
    assert first in names(ring)


def test_keys_survive_a_restart(ring: KeyRing, tmp_path: Path, moment: Moment) -> None:
    token = sign(ring)
    again = make_ring(tmp_path, moment)
    assert signer(again) == signer(ring)
    assert jwt.decode(token, again.verifying_keys()).claims == {"sub": "x"}


def test_a_rotation_by_another_process_is_noticed(ring: KeyRing, tmp_path: Path, moment: Moment) -> None:
    signer(ring)
    assert make_ring(tmp_path, moment).rotate() == signer(ring)


def test_rings_that_find_the_key_too_old_at_once_rotate_once(ring: KeyRing, tmp_path: Path, moment: Moment) -> None:
    first = signer(ring)
    rings = [ring, *(make_ring(tmp_path, moment) for _ in range(5))]
    moment.now += 1000
    with ThreadPoolExecutor(6) as pool:
        signers = set(pool.map(signer, rings))
    assert len(signers) == 1
    assert first not in signers
    assert len(names(ring)) == 3


def test_rotating_without_end_is_refused_before_anything_is_lost(ring: KeyRing) -> None:
    token = sign(ring)
    while len(names(ring)) < MOST_KEYS:
        ring.rotate()
    with pytest.raises(TooManyKeys, match="Wait until the oldest is forgotten"):
        ring.rotate()
    assert jwt.decode(token, ring.verifying_keys()).claims == {"sub": "x"}


def test_keys_and_passwords_are_for_their_owner_only(ring: KeyRing, tmp_path: Path) -> None:
    signer(ring)
    shared_password(tmp_path / "secrets")
    private = [tmp_path / "keys" / "keys.json", tmp_path / "secrets" / "identity_password"]
    assert [oct(path.stat().st_mode & 0o777) for path in private] == ["0o600", "0o600"]
    assert [oct(path.parent.stat().st_mode & 0o777) for path in private] == ["0o700", "0o700"]


def test_a_password_is_made_once_even_by_many_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: shared_password(tmp_path / "secrets"), range(16)))
    assert len(made) == 1
    assert len(made.pop()) == 23
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["identity_password"]
    assert read_or_make(tmp_path / "secrets" / "identity_password", lambda: "other") != "other"
