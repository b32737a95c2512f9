"""Formats of lists of known issuers. One file each, one line here; each is a pure reader.

A reader says whether bytes are of its format, and reads them. `keys` are those by which the list was asked to be
signed: a format whose entries are signed one by one checks them itself, the others ignore them, because the whole was
checked before (`verifier.issuer_lists`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from vc.keys import PublicKey
from verifier.known_issuers import MAX_ISSUERS, IssuerList, ListRefused
from verifier.registries import dcc, openid_federation, simple


class ListFormat(Protocol):
    """`SIGNED`: whether its entries carry their own signatures."""

    SIGNED: bool

    def recognizes(self, data: bytes) -> bool:
        """Whether to read it as this format; no promise that it can be read."""

    def read(self, data: bytes, *, keys: tuple[PublicKey, ...], now: datetime) -> IssuerList:
        """Raises `vc.errors.Invalid`."""


REGISTRIES: Mapping[str, ListFormat] = {
    "openid_federation": openid_federation.FORMAT,
    "dcc": dcc.FORMAT,
    "simple": simple.FORMAT,
}


def format_of(data: bytes) -> ListFormat:
    """The first format that recognizes the bytes. Raises `ListRefused`."""
    for one in REGISTRIES.values():
        if one.recognizes(data):
            return one
    raise ListRefused(
        "This is no list of known issuers that can be read; known formats: {formats}.", formats=tuple(REGISTRIES)
    )


def read(data: bytes, *, keys: tuple[PublicKey, ...] = (), now: datetime) -> IssuerList:
    """A list in any of the formats. Raises `vc.errors.Invalid`."""
    found = format_of(data).read(data, keys=keys, now=now)
    if len(found.issuers) > MAX_ISSUERS:
        raise ListRefused("The list names more than {limit} issuers.", limit=MAX_ISSUERS)
    return found
