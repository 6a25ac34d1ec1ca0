"""The provider as it is really run: a process on loopback, reached over HTTP by the client that everyone uses."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, KeySetSerialization

from deploy.local.identity.flows import NoToken, sign_in, sign_in_as_system
from deploy.local.identity.settings import Settings
from deploy.local.identity.tokens import forget_tokens, system_token, token_for

DEADLINE = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "IDENTITY_DEVELOPMENT": "yes",
        "IDENTITY_PORT": str(free_port()),
        "TELLUS_RUN_DIR": str(tmp_path),
    }


@pytest.fixture
def settings(environment: dict[str, str]) -> Iterator[Settings]:
    forget_tokens()
    yield Settings.from_environment(environment)
    forget_tokens()


def command(environment: dict[str, str], *arguments: str) -> list[Any]:
    return [[sys.executable, "-m", "deploy.local.identity", *arguments], {**os.environ, **environment}]


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    line, variables = command(environment, *arguments)
    return subprocess.run(line, env=variables, capture_output=True, text=True, timeout=DEADLINE, check=False)


@contextmanager
def running(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    line, variables = command(environment)
    with subprocess.Popen(line, env=variables, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until_ready(process, f"http://127.0.0.1:{environment['IDENTITY_PORT']}/readyz")
            yield process
        finally:
            process.kill()


def wait_until_ready(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        assert process.poll() is None, "the provider ended before it was ready"
        try:
            if httpx.get(address, timeout=1).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"{address} did not answer within {DEADLINE:.0f} s")


def served_keys(settings: Settings) -> KeySet:
    """As a stranger finds them: from discovery, with nothing else known."""
    document = httpx.get(f"{settings.issuer}/.well-known/openid-configuration").json()
    assert document["issuer"] == settings.issuer
    return KeySet.import_key_set(cast("KeySetSerialization", httpx.get(document["jwks_uri"]).json()))


def verified(settings: Settings, token: str) -> dict[str, Any]:
    read = jwt.decode(token, served_keys(settings), algorithms=["ES256"])
    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": settings.issuer},
        aud={"essential": True, "value": settings.audience},
        exp={"essential": True},
    ).validate(read.claims)
    assert read.header["typ"] == "at+jwt"
    return dict(read.claims)


def test_tokens_of_people_and_systems_verify_against_the_served_keys(
    environment: dict[str, str], settings: Settings
) -> None:
    with running(environment):
        person = verified(settings, token_for("tess-teamlead", settings=settings))
        system = verified(settings, system_token("payments-system", settings=settings))
        demo = verified(settings, token_for("tess-teamlead", client_id="tellus-demo", settings=settings))
    assert (person["sub"], person["roles"], person["client_id"]) == ("tess-teamlead", ["team_lead"], "tellus-cli")
    assert (system["sub"], system["roles"]) == ("payments-system", ["system"])
    assert demo["client_id"] == "tellus-demo"


def test_whoever_may_read_the_secrets_can_play_the_authenticator_app(
    environment: dict[str, str], settings: Settings
) -> None:
    with running(environment):
        levels = [
            verified(settings, token_for("tess-teamlead", settings=settings, acr=acr))["acr"]
            for acr in ("", "aal2", "aal1")
        ]
        again = verified(settings, sign_in("tess-teamlead", settings=settings, acr="aal2").access_token)
    assert levels == ["aal1", "aal2", "aal1"]
    assert again["amr"] == ["pwd", "otp"], "a code is good once, so another one was sent"


def test_a_system_proves_itself_by_its_key_or_its_secret(environment: dict[str, str], settings: Settings) -> None:
    with running(environment):
        for by_key in (True, False):
            token = sign_in_as_system("hr-scim", settings=settings, by_key=by_key).access_token
            assert verified(settings, token)["sub"] == "hr-scim"


def test_a_token_is_kept_until_it_is_nearly_over(environment: dict[str, str], settings: Settings) -> None:
    short = environment | {"IDENTITY_TOKEN_LIFE_SECONDS": "2"}
    with running(short):
        first = token_for("ada-agent", settings=settings)
        assert token_for("ada-agent", settings=settings) == first
        deadline = time.monotonic() + DEADLINE
        while token_for("ada-agent", settings=settings) == first:
            assert time.monotonic() < deadline, "the token was never renewed"
            time.sleep(0.05)
        assert verified(settings, token_for("ada-agent", settings=settings))["sub"] == "ada-agent"


def test_old_tokens_stay_verifiable_when_a_running_providers_keys_are_rotated(
    environment: dict[str, str], settings: Settings
) -> None:
    with running(environment):
        old = sign_in("ada-agent", settings=settings).access_token
        known_before = served_keys(settings)
        assert "from now on" in run(environment, "rotate").stdout
        new = sign_in("ada-agent", settings=settings).access_token
        assert verified(settings, old)["sub"] == verified(settings, new)["sub"] == "ada-agent"
        old_key, new_key = (jwt.decode(token, served_keys(settings)).header["kid"] for token in (old, new))
        assert old_key != new_key
        assert jwt.decode(new, known_before).claims["sub"] == "ada-agent", "the new key was published beforehand"


def test_tokens_and_passwords_survive_a_restart(environment: dict[str, str], settings: Settings) -> None:
    with running(environment) as process:
        before = sign_in("ada-agent", settings=settings).access_token
        process.kill()
        process.wait(DEADLINE)
    with running(environment):
        assert verified(settings, before)["sub"] == "ada-agent"
        assert verified(settings, sign_in("cleo-citizen", settings=settings).access_token)["sub"] == "cleo-citizen"


def test_it_ends_cleanly_when_told_to(environment: dict[str, str]) -> None:
    with running(environment) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"IDENTITY_DEVELOPMENT": ""}, "set IDENTITY_DEVELOPMENT=yes"),
        ({"IDENTITY_HOST": "0.0.0.0"}, "IDENTITY_HOST names '0.0.0.0'"),
        ({"IDENTITY_ISSUER": "http://login.example.org"}, "IDENTITY_ISSUER names"),
        ({"IDENTITY_PORT": "ten"}, "IDENTITY_PORT is 'ten'"),
        ({"IDENTITY_PEOPLE": "/nowhere.yaml"}, "/nowhere.yaml"),
    ],
)
def test_it_refuses_to_start_and_says_why(environment: dict[str, str], changes: dict[str, str], words: str) -> None:
    ended = run(environment | changes)
    assert ended.returncode == 2
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_silent_caller_does_not_hold_the_provider(environment: dict[str, str], settings: Settings) -> None:
    with running(environment):
        held = [socket.create_connection(("127.0.0.1", settings.port)) for _ in range(10)]
        for one in held:
            one.sendall(b"GET /jwks HTTP/1.1\r\n")
        assert verified(settings, sign_in("ada-agent", settings=settings).access_token)["sub"] == "ada-agent"
        for one in held:
            one.close()


def test_a_name_nobody_has_is_answered_with_the_names_there_are(settings: Settings) -> None:
    with pytest.raises(NoToken, match=r"Nobody here is called 'ada'\. There are: .*ada-agent"):
        token_for("ada", settings=settings)


def test_no_provider_is_reported_with_what_to_do(settings: Settings) -> None:
    with pytest.raises(NoToken, match=r"No identity provider answers at .*Start it with `tellus up`"):
        token_for("ada-agent", settings=settings)
