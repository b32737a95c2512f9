"""Credential formats: how a credential is secured. One file each, and one line in this table.

    secured = read(data)                                                        # nothing is proved yet
    verified = verify(secured, dereference=dereference, expected=Expected(now=now))

A format is told by the content; the table is the allow-list.
"""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from vc.errors import MalformedValue, ParsingError
from vc.formats import data_integrity, vc_jwt
from vc.securing import Dereference, Expected, Secured, Verified


class Format(Protocol):
    """What a file of this folder offers."""

    def recognizes(self, data: bytes, /) -> bool:
        """Whether `data` looks like it. Cheap; says nothing about its soundness."""

    def read(self, data: bytes, /) -> Secured:
        """What it says, by the rules of the format. Raises `Invalid` or `NotSupported`."""

    def verify(self, secured: Secured, *, dereference: Dereference, expected: Expected) -> Verified:
        """Raises `Invalid` or `Unavailable` unless its whole proof holds."""


FORMATS: Mapping[str, Format] = {
    "data_integrity": data_integrity,
    "vc_jwt": vc_jwt,
}


def read(data: bytes) -> Secured:
    """Raises `ParsingError` for anything that is in none of the formats."""
    for one in FORMATS.values():
        if one.recognizes(data):
            return one.read(data)
    raise ParsingError("This is no credential: neither a JSON object nor a form that is known here.")


def unwrap(enveloped: Any) -> Secured:
    """A credential inside a document: a compact text, or an `EnvelopedVerifiableCredential` (VCDM 2.0 section 4.12.1).
    Raises `MalformedValue` for anything else."""
    if not isinstance(enveloped, str | dict):
        raise MalformedValue("A credential is an object or a signed token, not {value}.", value=repr(enveloped)[:40])
    return read(enveloped.encode() if isinstance(enveloped, str) else json.dumps(enveloped).encode())


def verify(secured: Secured, *, dereference: Dereference, expected: Expected) -> Verified:
    return FORMATS[secured.format].verify(secured, dereference=dereference, expected=expected)
