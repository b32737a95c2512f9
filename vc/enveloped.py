"""A token that stands in a document: `EnvelopedVerifiableCredential` and `…Presentation` (VCDM 2.0 section 4.12.1).

    unwrap({"@context": [VC2], "id": "data:application/vc+jwt,eyJ…", "type": "EnvelopedVerifiableCredential"})

gives `Token("vc_jwt", b"eyJ…")`. The envelope is not signed, so nothing may stand in it but the token: no name, no
picture, no other type.
"""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vc.context_rules import VC2
from vc.errors import MalformedValue, NotSupported, ParsingError, UnsignedData
from vc.jwt_claims import first_context


@dataclass(frozen=True)
class Token:
    """`format`: a line of `vc.formats.FORMATS`. `presentation`: what the envelope says that it holds."""

    format: str
    data: bytes
    presentation: bool = False


TYPES: Mapping[str, str] = {"EnvelopedVerifiableCredential": "vc", "EnvelopedVerifiablePresentation": "vp"}

# Media type after `vc+` or `vp+` -> the format; COSE is bytes, and written in base64 (VC-JOSE-COSE section 3.3.1).
_FORMATS: Mapping[str, str] = {"jwt": "vc_jwt", "sd-jwt": "sd_jwt", "cose": "cose"}


def is_one(document: Mapping[str, Any]) -> bool:
    types = document.get("type")
    return any(isinstance(name, str) and name in TYPES for name in (types if isinstance(types, list) else [types]))


def unwrap(document: Mapping[str, Any]) -> Token:
    """Raises `UnsignedData` for anything beside the token, `MalformedValue`, `ParsingError`,
    `NotSupported` for another media type."""
    for name in document:
        if name not in ("@context", "id", "type"):
            raise UnsignedData("The envelope holds {name} beside the token, which nobody signed.", name=repr(name)[:60])
    types = document.get("type")
    only = types[0] if isinstance(types, list) and len(types) == 1 else types
    if not isinstance(only, str) or only not in TYPES:
        raise MalformedValue("An envelope has one type only.")
    if first_context(document) != VC2:
        raise MalformedValue("An envelope is of the data model 2.0, and this one's context is another.")
    url = document.get("id")
    head, comma, token = url.partition(",") if isinstance(url, str) else ("", "", "")
    if not comma or not head.startswith("data:"):
        raise MalformedValue("The id of an envelope is a data: URL that holds the token.")
    media_type, semicolon, parameters = head.removeprefix("data:").partition(";")
    kind, _, suffix = media_type.removeprefix("application/").partition("+")
    if not media_type.startswith("application/") or kind != TYPES[only] or suffix not in _FORMATS:
        raise NotSupported("An envelope with {type} in it is not read here.", type=media_type[:60])
    if semicolon + parameters != (";base64" if suffix == "cose" else ""):
        raise MalformedValue("The data: URL of the envelope has parameters that are not accepted here.")
    data = _base64(token) if suffix == "cose" else token.encode("utf-8")
    return Token(_FORMATS[suffix], data, presentation=kind == "vp")


def _base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise ParsingError("The token in the envelope is not base64.") from error
