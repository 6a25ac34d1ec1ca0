"""A gateway as it runs, told of an issuer by settings alone, with a store and a virtual host of its own."""

import base64
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from deploy.local import broker
from deploy.local.bringing_up import Servers
from deploy.local.topology import apply_to
from tests.support.issuers import RunningIssuer
from tests.support.processes import Keys, Process, Starter
from tests.support.servers import FreshDatabase, FreshVhost, fresh_databases


@dataclass
class LiveGateway:
    """The process and what is behind it."""

    issuer: RunningIssuer
    process: Process
    store: FreshDatabase

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the gateway's own store answers, as its superuser."""
        url = self.store.url_as("postgres").replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            done = connection.execute(statement.encode(), values)
            return list(done.fetchall()) if done.description else []

    def facts(self, key: str) -> list[dict[str, Any]]:
        """What it told of this kind, oldest first."""
        return [
            json.loads(row[0]) for row in self.sql("SELECT body FROM outbox WHERE routing_key = %s ORDER BY id", key)
        ]


@contextmanager
def serving(issuer: RunningIssuer, servers: Servers, keys: Keys, folder: Path) -> Iterator[LiveGateway]:
    """A gateway on the address that the issuer knows, ready."""
    vhost = FreshVhost(f"test-{secrets.token_hex(6)}", servers)
    broker.create_vhost(servers.rabbitmq, vhost.name)
    starter = Starter(folder, keys)
    try:
        apply_to(vhost.amqp_url, vhost.management_url)
        with fresh_databases(servers) as database:
            store = database("gateway")
            environment = {
                "PREFIX": "gateway",
                "GATEWAY_DATABASE_URL": store.url,
                "GATEWAY_AMQP_URL": vhost.amqp_url,
                "GATEWAY_SIGNING_KEY": keys.private["gateway"],
                "GATEWAY_ISSUERS": f"[{issuer.settings.model_dump_json()}]",
                "GATEWAY_CLIENT_KEY": json.dumps(issuer.gateway_key.as_dict(private=True)),
                "GATEWAY_SESSION_KEY": json.dumps({"1": base64.b64encode(secrets.token_bytes(32)).decode()}),
                "GATEWAY_PORT": str(urlsplit(issuer.gateway).port),
                "GATEWAY_KEY_RETRY_SECONDS": "0.2",
                "GATEWAY_QUOTAS": '{"scale": 100}',
            }
            process = starter.start("gateway", "-m", "services.gateway.processes.serve", environment=environment)
            yield LiveGateway(issuer, process.await_ready(), store)
            process.stop()
    finally:
        for process in starter.started:
            if process.popen.poll() is None:
                process.kill()
        broker.drop_vhost(servers.rabbitmq, vhost.name)
