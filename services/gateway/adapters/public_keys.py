"""Public keys as systems bring them: checked to be real points, and named by their thumbprint (RFC 7638)."""

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from services.gateway.domain.client_errors import KeyUnusable
from shared.contracts.gateway.clients import PublicKey


class JosePublicKeys:
    """Reads keys with the library that will verify with them."""

    def canonical(self, key: PublicKey) -> tuple[str, str]:
        """Its thumbprint, and its canonical JSON; raises KeyUnusable where it is not on its curve."""
        said = key.model_dump(exclude_none=True)
        try:
            if (key.kty, key.crv) == ("EC", "P-256") and key.y is not None:
                read: ECKey | OKPKey = ECKey.import_key(said)
            elif (key.kty, key.crv) == ("OKP", "Ed25519") and key.y is None:
                read = OKPKey.import_key(said)
            else:
                raise KeyUnusable(errors=[{"pointer": "/key", "detail": "mixes two kinds of key"}])
        except (JoseError, ValueError, TypeError) as error:
            raise KeyUnusable(errors=[{"pointer": "/key", "detail": "is no point of its curve"}]) from error
        return read.thumbprint(), orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()
