"""The endorsements inside a credential (Open Badges 3.0, EndorsementCredential): of it, of its achievement, of people.

Each is a credential of its own, embedded (`endorsement`) or as a signed token (`endorsementJwt`), and may be bad
without any fault of the credential that it endorses.

    >>> list(embedded({"issuer": {"endorsementJwt": ["ey.ey.c2ln"]}}))
    [('issuer.endorsementJwt[0]', 'ey.ey.c2ln')]
"""

from collections.abc import Iterator
from typing import Any

from vc.shapes import inside

_NAMES = ("endorsement", "endorsementJwt")
# These are credentials of their own, and so are their endorsements.
_APART = (*_NAMES, "verifiableCredential", "proof")


def embedded(value: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Each endorsement, an object or a text, with its place; not those inside other credentials."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from embedded(item, inside(where, index))
    elif isinstance(value, dict):
        for name, member in value.items():
            place = inside(where, name)
            if name not in _APART:
                yield from embedded(member, place)
            elif name in _NAMES:
                yield from _each(member, place)


def _each(member: Any, where: str) -> Iterator[tuple[str, Any]]:
    if isinstance(member, list):
        yield from ((inside(where, index), item) for index, item in enumerate(member))
    else:
        yield where, member
