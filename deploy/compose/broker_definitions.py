"""What RabbitMQ loads when it starts: the virtual host, who may use it, and no password that could be read back."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping

VHOST = "tellus"
_SALT_BYTES = 4


def definitions(passwords: Mapping[str, str], *, administrator: str) -> str:
    """The definitions file for these users."""
    users = [
        {
            "name": user,
            "password_hash": _hash(word),
            "hashing_algorithm": "rabbit_password_hashing_sha256",
            "tags": "administrator" if user == administrator else "monitoring",
        }
        for user, word in passwords.items()
    ]
    rights = [{"user": user, "vhost": VHOST, "configure": ".*", "write": ".*", "read": ".*"} for user in passwords]
    return json.dumps({"vhosts": [{"name": VHOST}], "users": users, "permissions": rights}, indent=1) + "\n"


def _hash(word: str) -> str:
    """As the broker keeps passwords: a salt, then the digest of salt and password."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return base64.b64encode(salt + hashlib.sha256(salt + word.encode()).digest()).decode()
