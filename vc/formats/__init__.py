"""Credential formats: how a credential is secured. One file each, and one line in this table.

    secured = read(data)                                                        # nothing is proved yet
    verified = verify(secured, dereference=dereference, expected=Expected(now=now))

A format is told by the content; the table is the allow-list.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from vc import enveloped
from vc.errors import MalformedValue, NotSupported, ParsingError
from vc.formats import cose, data_integrity, sd_jwt, vc_jwt
from vc.jwt_claims import is_presentation
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
    "sd_jwt": sd_jwt,
    "cose": cose,
}


def read(data: bytes) -> Secured:
    """Raises `ParsingError` for anything that is in none of the formats, and what the format's own `read` raises. A
    token in an envelope comes without the envelope, which nobody signed."""
    for name, one in FORMATS.items():
        if one.recognizes(data):
            secured = one.read(data)
            return secured if name != data_integrity.NAME else _opened(secured)
    raise ParsingError("This is no credential: neither a JSON object nor a form that is known here.")


def unwrap(credential: Any) -> Secured:
    """A credential inside a document: an object with a proof, an `EnvelopedVerifiableCredential` (VCDM 2.0 section
    4.12.1), or a compact text. Raises `MalformedValue` for anything else."""
    if isinstance(credential, dict):
        return _opened(Secured(data_integrity.NAME, credential))
    if isinstance(credential, str):
        return read(credential.encode())
    raise MalformedValue("A credential is an object or a signed token, not {value}.", value=repr(credential)[:40])


def _opened(secured: Secured) -> Secured:
    """A JSON object, or what it envelops."""
    document = secured.document
    if "payload" in document and document.keys() & {"signature", "signatures"}:
        raise NotSupported("This is a signed token in its JSON form; only the compact form is read here yet.")
    if not enveloped.is_one(document):
        return secured
    token = enveloped.unwrap(document)
    inner = FORMATS[token.format].read(token.data)
    if is_presentation(inner.document) != token.presentation:
        raise MalformedValue("What stands in the envelope is not of the kind that it says.")
    return inner


def verify(secured: Secured, *, dereference: Dereference, expected: Expected) -> Verified:
    return FORMATS[secured.format].verify(secured, dereference=dereference, expected=expected)
