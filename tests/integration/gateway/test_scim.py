"""Provisioning by SCIM: an independent tester finds nothing, leavers are out at once, and nothing is loose."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from scim2_tester import Status, check_server

from deploy.local.bringing_up import Servers
from tests.integration.gateway.test_recording import plain
from tests.support.processes import Keys, starting
from tests.support.revoking import Replicas, replicas
from tests.support.scim import OverHttp
from tests.support.servers import fresh_databases, fresh_vhost

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture(scope="module")
def whole_file(servers: Servers, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    """One gateway and its directory for all of these tests."""
    more = {"GATEWAY_SCIM_DEPARTMENTS": json.dumps(["city.permits", "city.parking"])}
    with (
        fresh_databases(servers) as fresh,
        fresh_vhost(servers) as vhost,
        starting(tmp_path_factory.mktemp("scim"), keys) as starter,
        replicas(starter, vhost, fresh("gateway"), count=1, more=more) as running,
    ):
        yield running


@pytest.fixture
def one(whole_file: Replicas) -> Replicas:
    """The same, with an empty directory."""
    with psycopg.connect(plain(whole_file.store.owner_url)) as connection:
        connection.execute("TRUNCATE staff, team, team_member, assignment, outbox CASCADE")
    return whole_file


@pytest.fixture
def scim(one: Replicas) -> Iterator[httpx.Client]:
    with client(one, one.token("system", sub="hr-scim", scope="provision_staff")) as made:
        yield made


def client(one: Replicas, token: str) -> httpx.Client:
    address = f"http://127.0.0.1:{one.ports[0]}/scim/v2"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
    return httpx.Client(base_url=address, headers=headers, timeout=10)


def user(name: str, **more: Any) -> dict[str, Any]:
    return {
        "schemas": [USER, ENTERPRISE],
        "userName": name,
        "displayName": "Carl Example",
        "active": True,
        ENTERPRISE: {"department": "city.permits"},
        **more,
    }


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": list(operations)}


def test_an_independent_tester_finds_nothing(scim: httpx.Client) -> None:
    results = check_server(OverHttp(scim))
    bad = [result for result in results if result.status in (Status.ERROR, Status.CRITICAL)]
    assert not bad, "\n".join(f"{result.title} {result.resource_type}: {result.reason}" for result in bad)
    assert sum(result.status == Status.SUCCESS for result in results) > 30


def test_a_joiner_a_mover_and_a_leaver(one: Replicas, scim: httpx.Client) -> None:
    made = scim.post("/Users", json=user("carl", externalId="carl", nickName="nobody keeps this"))
    assert made.status_code == 201, made.text
    carl = made.json()
    assert made.headers["location"] == carl["meta"]["location"]
    assert made.headers["etag"] == carl["meta"]["version"] == 'W/"v1"'
    his = one.token("agent", sub="carl")
    me = one.ask("GET", "/v1/me", token=his).json()
    assert (me["id"], me["department"]) == (carl["id"], "city.permits")

    path = f"/Users/{carl['id']}"
    moved = patch({"op": "replace", "path": f"{ENTERPRISE}:department", "value": "city.parking"})
    assert scim.patch(path, json=moved, headers={"If-Match": 'W/"v1"'}).status_code in (200, 204)
    assert scim.patch(path, json=moved, headers={"If-Match": 'W/"v1"'}).status_code == 412
    assert scim.get(path, headers={"If-None-Match": 'W/"v2"'}).status_code == 304

    leaving = patch({"op": "Replace", "value": {"active": False}})
    took = one.seconds_until(lambda: scim.patch(path, json=leaving), his, 401)
    assert max(took) < 1.0
    assert scim.delete(path).status_code == 204
    assert scim.get(path).status_code == 404
    assert scim.delete(path).status_code == 404
    keys = [told["data"] for told in facts(one, "staff.deactivated.v1")]
    assert keys == [{"reason": "provisioning"}]


def test_groups_are_teams(scim: httpx.Client) -> None:
    ids = [scim.post("/Users", json=user(name)).json()["id"] for name in ("ann", "bea")]
    wish = {"schemas": [GROUP], "displayName": "Permits", "members": [{"value": ids[0]}]}
    made = scim.post("/Groups", json=wish)
    assert made.status_code == 201, made.text
    path = f"/Groups/{made.json()['id']}"

    adding = patch({"op": "add", "path": "members", "value": [{"value": ids[1]}]})
    assert scim.patch(path, json=adding).status_code in (200, 204)
    assert {member["value"] for member in scim.get(path).json()["members"]} == set(ids)
    assert scim.get(f"/Users/{ids[1]}").json()["groups"][0]["value"] == made.json()["id"]
    dropping = patch({"op": "remove", "path": f'members[value eq "{ids[0]}"]'})
    assert scim.patch(path, json=dropping).status_code in (200, 204)
    assert [member["value"] for member in scim.get(path).json()["members"]] == [ids[1]]
    found = scim.get("/Groups", params={"filter": f'members.value eq "{ids[1]}"'}).json()
    assert found["totalResults"] == 1
    assert scim.delete(path).status_code == 204


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ('userName eq "ANN"', ["ann"]),
        ('userName eq "ann" or userName eq "bea"', ["ann", "bea"]),
        ('not (userName eq "ann") and active eq true', ["bea"]),
        ('emails[type eq "work" and value co "@city"]', ["ann"]),
        ("emails pr", ["ann"]),
        (f'{ENTERPRISE}:department eq "city.permits"', ["ann", "bea"]),
        ('displayName sw "carl" and meta.lastModified gt "2020-01-01T00:00:00Z"', ["ann", "bea"]),
        ('userName eq "x\' or 1=1 --"', []),
    ],
)
def test_filters_find(scim: httpx.Client, asked: str, names: list[str]) -> None:
    scim.post(
        "/Users",
        json=user("ann", emails=[{"value": "ann@city.example", "type": "work", "primary": True, "display": "x"}]),
    )
    scim.post("/Users", json=user("bea"))
    found = scim.get("/Users", params={"filter": asked}).json()
    assert [one["userName"] for one in found.get("Resources", [])] == names
    assert found["totalResults"] == len(names)


def test_pages_count_what_there_is(scim: httpx.Client) -> None:
    for name in "abcde":
        scim.post("/Users", json=user(name))
    page = scim.get("/Users", params={"startIndex": "2", "count": "2"}).json()
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (5, 2, 2)
    assert [one["userName"] for one in page["Resources"]] == ["b", "c"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"schemas": [], "userName": "a", "userName": "b"}', 400),
        (b'{"userName": NaN}', 400),
        (b"[" * 10_000, 400),
        (b"not json", 400),
        (json.dumps(user("two words")).encode(), 400),
        (json.dumps(user("ann\x00")).encode(), 400),
        (json.dumps(user("x" * 300)).encode(), 400),
        (json.dumps(user("ann") | {ENTERPRISE: {"department": "No Code"}}).encode(), 400),
        (json.dumps(user("ann") | {ENTERPRISE: {"department": "state"}}).encode(), 403),
        (json.dumps(user("ann", roles=[{"value": "administrator"}])).encode(), 201),
        (json.dumps(user("ann", id=str(uuid4()), meta={"version": "9"})).encode(), 201),
    ],
)
def test_what_is_loose_is_refused_in_its_own_words(scim: httpx.Client, body: bytes, status: int) -> None:
    reply = scim.post("/Users", content=body)
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/scim+json"
    if status == 201:
        assert reply.json().get("roles") in (None, [])
        assert reply.json()["meta"]["version"] == 'W/"v1"'
    else:
        assert reply.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


@pytest.mark.parametrize(
    "asked",
    ['userName eq "', "salary gt 5", 'not (userName co "a")', " or ".join(['userName eq "a"'] * 50), "x" * 5_000],
)
def test_a_filter_that_cannot_be_is_refused(scim: httpx.Client, asked: str) -> None:
    reply = scim.get("/Users", params={"filter": asked})
    assert (reply.status_code, reply.json()["scimType"]) == (400, "invalidFilter"), reply.text


def test_nobody_provisions_who_is_not_registered_for_it(one: Replicas) -> None:
    for token in (
        one.token("system", sub="parks-portal"),
        one.token("system", sub="parks-portal", scope="provision_staff_not"),
        one.token("agent", sub="carl"),
        one.token("citizen", sub="cleo"),
    ):
        with client(one, token) as stranger:
            assert stranger.post("/Users", json=user("carl")).status_code == 403
    with client(one, "nonsense") as nobody:
        assert nobody.get("/Users").status_code == 401
        assert nobody.get("/ServiceProviderConfig").status_code == 401


def test_who_was_shown_is_on_record(one: Replicas, scim: httpx.Client) -> None:
    carl = scim.post("/Users", json=user("carl")).json()["id"]
    scim.get("/Users")
    scim.get("/ServiceProviderConfig")
    looks = facts(one, "data.accessed.v1")
    assert [(look["data"]["operation"], look["data"]["subjects"]) for look in looks] == [
        ("provision_staff", [carl]),
        ("find_staff", [carl]),
    ]


def facts(one: Replicas, key: str) -> list[dict[str, Any]]:
    with psycopg.connect(plain(one.store.url)) as connection:
        rows = connection.execute("SELECT body FROM outbox WHERE routing_key = %s ORDER BY id", [key])
        return [json.loads(row[0]) for row in rows]
