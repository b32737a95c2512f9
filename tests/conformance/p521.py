"""Keys of the curve P-521 and ES512, which the JOSE and COSE suite uses and this project does not.

What verifies and signs here stands on an allow-list (`vc.keys.KINDS`, `vc.jose.ALGORITHMS`) without them. The command
of the suite is a process of its own, and in the profile `proof-only` it adds them to the lists of that process:

    with p521.allowed():
        PublicKey.from_jwk({"kty": "EC", "crv": "P-521", …})
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, cast
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ec import SECP521R1
from cryptography.hazmat.primitives.hashes import SHA512

from vc import jose
from vc.elliptic import Curve
from vc.keys import KINDS

NAME, ALG = "P-521", "ES512"


class P521:
    """As a file of `vc/keys/`."""

    MULTICODEC = b"\x82\x24"
    KTY, CRV = "EC", NAME
    ALGORITHMS = frozenset({ALG})

    _curve = Curve(NAME, 66, SECP521R1(), SHA512())
    matches = _curve.matches
    from_jwk = _curve.from_jwk
    to_jwk = _curve.to_jwk

    def check(self, raw: bytes) -> None:
        self._curve.point(raw)


@contextmanager
def allowed() -> Iterator[None]:
    tables: tuple[tuple[Any, dict[str, Any]], ...] = (
        (KINDS, {NAME: P521()}),
        (jose.ALGORITHMS, {ALG: NAME}),
        (jose.ALGORITHM_OF, {NAME: ALG}),
    )
    with ExitStack() as stack:
        for table, more in tables:
            stack.enter_context(patch.dict(cast(dict[str, Any], table), more))
        yield
