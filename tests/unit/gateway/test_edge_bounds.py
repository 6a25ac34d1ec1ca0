"""What is held at once is bounded, and a body that is still arriving takes nobody's place."""

import asyncio
from typing import Any

import pytest

from services.gateway.edge.bounds import Bounds
from services.gateway.edge.forwarding import CLIENT
from shared.errors import TooMany, Unavailable


class Door:
    """Bounds before an endpoint that reads a body and then answers."""

    def __init__(self, **most: int) -> None:
        self.refused: list[str] = []
        self.answers: list[int] = []
        self.bounds = Bounds(self._endpoint, **({"most": 2, "most_bodies": 3, "most_bodies_each": 2} | most))

    async def _endpoint(self, _: Any, receive: Any, send: Any) -> None:
        try:
            while (await receive()).get("more_body", False):
                pass
        except (TooMany, Unavailable) as error:
            self.refused.append(error.error_code)
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def enter(self, client: str, piece: "asyncio.Future[Any]") -> None:
        """One request of this client, whose body is what comes."""

        async def receive() -> Any:
            return await piece

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.answers.append(message["status"])

        scope = {"type": "http", "method": "POST", "path": "/", "headers": (), CLIENT: client}
        await self.bounds(scope, receive, send)


WHOLE = {"type": "http.request", "body": b"{}", "more_body": False}


@pytest.mark.parametrize(
    ("clients", "refused"),
    [("aa", []), ("aaa", ["too_many_bodies"]), ("abc", []), ("abcd", ["busy"]), ("aaaab", ["too_many_bodies"] * 2)],
)
def test_so_many_bodies_arrive_at_once_of_one_client_and_of_all(clients: str, refused: list[str]) -> None:
    async def scene() -> Door:
        door, piece = Door(), asyncio.get_running_loop().create_future()
        entered = [asyncio.create_task(door.enter(client, piece)) for client in clients]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert door.bounds.serving == 0  # though more requests are under way than are served at once
        piece.set_result(WHOLE)
        await asyncio.gather(*entered)
        return door

    door = asyncio.run(scene())

    assert door.refused == refused
    assert door.answers == [200] * (len(clients) - len(refused))
    assert door.bounds.serving == 0


def test_a_body_that_is_given_up_makes_room() -> None:
    async def scene() -> Door:
        door = Door(most_bodies_each=1)
        never: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        waiting = asyncio.create_task(door.enter("a", never))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        there: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        there.set_result(WHOLE)
        await door.enter("a", there)
        return door

    door = asyncio.run(scene())

    assert (door.refused, door.answers) == ([], [200])


def test_an_answer_in_pieces_leaves_its_place_to_others() -> None:
    async def scene() -> list[int]:
        counted: list[int] = []
        read = asyncio.Event()

        async def endpoint(_: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            counted.append(bounds.serving)
            await send({"type": "http.response.body", "body": b"a", "more_body": True})
            counted.append(bounds.serving)
            await receive()
            counted.append(bounds.serving)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        async def receive() -> Any:
            await read.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            del message

        bounds = Bounds(endpoint, most=1, most_bodies=1, most_bodies_each=1)
        following = asyncio.create_task(bounds({"type": "http", CLIENT: "a"}, receive, send))
        await asyncio.sleep(0)
        read.set()
        await following
        return [*counted, bounds.serving]

    assert asyncio.run(scene()) == [1, 0, 0, 0]
