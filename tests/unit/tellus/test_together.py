"""Whatever fails side by side, a person is told one thing."""

import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest

from deploy.local.identity.flows import NoToken
from tellus import together as module
from tellus.csv_people import FileUnusable, Person
from tellus.gateway import Gateway, Refused
from tellus.registering import register
from tellus.replaying import Plan, replay
from tellus.xes.log import Trace

TRACES = [Trace(f"t{number}", (), line=number) for number in range(6)]
PEOPLE = [Person(number, {"name": f"P{number}"}) for number in range(6)]
GONE = NoToken("No identity provider answers.")


def no_token() -> str:
    raise GONE


async def fail_together(*errors: BaseException) -> None:
    met = asyncio.Barrier(len(errors))

    async def fail(error: BaseException) -> None:
        await met.wait()
        raise error

    await module.together(*(fail(error) for error in errors))


def test_of_several_errors_the_most_telling_known_one_is_told() -> None:
    refused, inner = Refused(403, {}), BaseExceptionGroup("inner", [OSError("disk"), GONE])
    for errors, told in (
        ([KeyError("bug"), OSError("disk"), GONE, refused], refused),
        ([KeyError("bug"), inner], GONE),
        ([GONE, GONE], GONE),
    ):
        with pytest.raises(type(told)) as raised:
            asyncio.run(fail_together(*errors))
        assert raised.value is told


def test_an_error_nobody_expected_comes_out_as_itself() -> None:
    with pytest.raises(KeyError, match="bug"):
        asyncio.run(fail_together(KeyError("bug"), KeyError("bug")))


@pytest.mark.parametrize("what", ["replay", "register"])
def test_a_lost_sign_in_ends_all_clients_in_one_error(what: str) -> None:
    async def run() -> None:
        transport = httpx.MockTransport(lambda _: httpx.Response(500))
        async with Gateway("http://gateway", no_token, transport=transport) as gateway:
            if what == "replay":
                plan = Plan("d", "small", {}, "old")
                await replay(TRACES, plan, gateway, clients=3, progress=lambda _: None)
            else:
                await register(PEOPLE, gateway, clients=3, stop_at_refusal=False, progress=lambda _: None)

    with pytest.raises(NoToken) as raised:
        asyncio.run(run())
    assert raised.value is GONE


def test_a_file_that_cannot_be_read_to_its_end_is_told_as_that() -> None:
    def people() -> Iterator[Person]:
        yield PEOPLE[0]
        raise FileUnusable("line 3 is no UTF-8")

    async def run() -> None:
        transport = httpx.MockTransport(
            lambda request: httpx.Response(409, json={"code": "contacts.exists", "name": json.loads(request.content)})
        )
        async with Gateway("http://gateway", lambda: "t", transport=transport) as gateway:
            await register(people(), gateway, clients=3, stop_at_refusal=False, progress=lambda _: None)

    with pytest.raises(FileUnusable, match="line 3"):
        asyncio.run(run())
