"""Credential formats: how a credential is secured. One file each, and one line in this table.

`detect` says which format the bytes of a credential are in; the table is the allow-list.
"""

from collections.abc import Mapping
from types import ModuleType

from vc.errors import NotSupported, ParsingError
from vc.formats import data_integrity

FORMATS: Mapping[str, ModuleType] = {
    "data_integrity": data_integrity,
}


def detect(credential: bytes) -> str:
    """The format's name. Raises `ParsingError` for anything that is in none of them."""
    if credential.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return "data_integrity"
    if credential.count(b".") == 2:
        raise NotSupported("This is a credential as a JSON Web Token; this verifier cannot read that form yet.")
    raise ParsingError("This is no credential: neither a JSON object nor a form that is known here.")
