"""Makes the keys an instance signs with: one per service for transaction tokens, one for the audit log."""

import base64
import json
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from joserfc.jwk import OKPKey

from deploy.local.errors import LocalError
from deploy.local.identity.client_keys import make_client_key
from deploy.local.places import Places
from deploy.local.private_files import write_private
from deploy.local.settings import REPOSITORY
from deploy.local.suite import SERVICES
from shared.storage.keys import new_keys

AUDIT_LOG_NAME: Final = "tellus.local/audit"


class KeyMakingError(LocalError):
    """A key could not be made."""


def make_transaction_keys(places: Places) -> int:
    """Each service has its private key, and all public keys stand in one key set; returns how many were new."""
    public, fresh = [], 0
    for service in SERVICES:
        secret = places.secrets / f"{service}_signing_key"
        if not secret.exists():
            key = OKPKey.generate_key("Ed25519", {"kid": service, "use": "sig", "alg": "Ed25519"}, private=True)
            write_private(secret, json.dumps(key.as_dict(private=True)))
            fresh += 1
        public.append(OKPKey.import_key(json.loads(secret.read_text(encoding="utf-8"))).as_dict(private=False))
    key_set = places.keys / "transaction.jwks.json"
    write_private(key_set, json.dumps({"keys": public}, indent=2))
    key_set.chmod(0o644)
    return fresh


def make_gateway_client_key(places: Places) -> Path:
    """The gateway has the key by which the identity provider knows it; returns where its public half is registered."""
    key_set = places.run_dir / "identity" / "clients" / "tellus-gateway.jwks.json"
    make_client_key(places.secrets / "gateway_client_key", key_set)
    return key_set


def make_gateway_session_key(places: Places) -> bool:
    """The gateway has a key that seals what it keeps of browser sessions; returns whether it is new."""
    secret = places.secrets / "gateway_session_key"
    if secret.exists():
        return False
    write_private(secret, json.dumps({"1": base64.b64encode(secrets.token_bytes(32)).decode("ascii")}))
    return True


def make_gateway_storage_keys(places: Places) -> bool:
    """The gateway has the key that wraps the keys of the files it keeps; returns whether it is new."""
    secret = places.secrets / "gateway_storage_keys"
    if secret.exists():
        return False
    write_private(secret, new_keys("1"))
    return True


def make_audit_log_key(places: Places) -> bool:
    """The audit log has its signing key; returns whether it is new. Audit itself says what such a key looks like.

    The public half, which everyone who checks the log needs, is keys/audit_log_key.pub.
    """
    secret = places.secrets / "audit_log_key"
    if secret.exists():
        return False
    with tempfile.TemporaryDirectory(dir=places.secrets) as folder:
        made = Path(folder) / secret.name
        outcome = subprocess.run(
            [sys.executable, "-m", "services.audit.processes.generate_key", AUDIT_LOG_NAME, str(made)],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        if outcome.returncode:
            raise KeyMakingError(f"The audit log's key could not be made: {outcome.stderr.strip()}")
        made.with_name(f"{made.name}.pub").replace(places.keys / f"{secret.name}.pub")
        made.replace(secret)  # last: its being there says that both are
    return True
