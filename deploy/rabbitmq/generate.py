"""Writes the topology that contracts and handlers ask for: `python -m deploy.rabbitmq.generate > deploy/rabbitmq/topology.json`."""

import importlib
import importlib.util
import inspect
import sys

from shared.events.subscriber import subscriptions_of
from shared.events.topology import SERVICES, Subscription, Topology, design


def declared_subscriptions() -> list[Subscription]:
    """What every handler of every service hears."""
    found = []
    for service in SERVICES:
        if importlib.util.find_spec(f"services.{service}.service") is None:
            continue
        module = importlib.import_module(f"services.{service}.service")
        for _, thing in inspect.getmembers(module, inspect.isclass):
            if thing.__module__ == module.__name__ and hasattr(thing, "name"):
                found += subscriptions_of(thing)
    return found


def topology() -> Topology:
    """The suite's topology, as the code asks for it now."""
    return design(declared_subscriptions())


if __name__ == "__main__":
    sys.stdout.write(topology().dump())
