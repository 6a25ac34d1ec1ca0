"""Why this provider cannot be started where it would be dangerous."""

from urllib.parse import urlsplit

from deploy.local.identity.settings import Settings
from deploy.local.loopback import is_loopback


class NotForHere(RuntimeError):
    """The provider refuses to start; the message says why and what to use instead."""


def refuse_unless_local(settings: Settings) -> None:
    """Return only when the provider is bound to loopback and a person said that this is development."""
    if not settings.development:
        raise NotForHere(
            "The local identity provider signs tokens for made-up people who share one password. It starts only where "
            "someone has said that this is a development machine: set IDENTITY_DEVELOPMENT=yes. Anywhere else, point "
            "the gateway at a real issuer."
        )
    for name, host in (("IDENTITY_HOST", settings.host), ("IDENTITY_ISSUER", urlsplit(settings.issuer).hostname or "")):
        if not is_loopback(host):
            raise NotForHere(
                f"The local identity provider is reachable only from its own machine, but {name} names {host!r}. Use "
                "127.0.0.1, or point the gateway at a real issuer if others must sign in."
            )
