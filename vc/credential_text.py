"""The text of one secured credential, as containers carry it and people paste it.

A credential travels as one of two texts: a JSON object with an embedded proof (Data Integrity 1.0), or a compact
JWS (RFC 7515 section 7.1), which an SD-JWT (RFC 9901) lengthens by `~` and its disclosures. This module tells the
two apart by their first letters and refuses anything else; whether the text is a sound credential is left to
`vc.strict_json` and `vc.formats`.

    >>> kind(b'{"type": ["VerifiableCredential"]}'), kind(b"eyJhbGciOiJFZERTQSJ9.e30.c2ln"), kind(b"hello")
    ('json', 'jwt', None)
"""

import re
from typing import Literal

from vc import strict_json
from vc.errors import ContainerError, TooLarge

MAX_BYTES = strict_json.MAX_BYTES  # bytes; a longer text would be refused by the JSON reader anyway

_BOM = b"\xef\xbb\xbf"
_WHITESPACE = b" \t\r\n"
# A JOSE header is a JSON object, so its base64url form starts with "ey", or with "ew" when a line break
# follows its brace; each part is read once, without backtracking.
_COMPACT = re.compile(rb"e[yw][\w-]+\.[\w-]*\.[\w-]+(?:~[\w.-]*)*", re.ASCII)


def kind(data: bytes) -> Literal["json", "jwt"] | None:
    """Which of the two texts `data` looks like. Nothing is parsed."""
    text = data.removeprefix(_BOM).strip(_WHITESPACE)
    if text.startswith(b"{"):
        return "json"
    return "jwt" if _COMPACT.fullmatch(text) else None


def require(data: bytes, *, container: str) -> bytes:
    """`data` if it is such a text: JSON exactly as given, a JWS without the white space around it.

    `container` names the file's kind for the reader ("PNG"). Raises `TooLarge` or `ContainerError`.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(
            "The credential in the {container} is {size} bytes long; at most {limit} are read.",
            container=container,
            size=len(data),
            limit=MAX_BYTES,
        )
    found = kind(data)
    if found is None:
        raise ContainerError(
            "The {container} holds a text where the credential should be, but it is neither JSON nor a signed token.",
            container=container,
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ContainerError(
            "The credential in the {container} is not UTF-8 (byte {position} of it).",
            container=container,
            position=error.start,
        ) from error
    return data.strip(_WHITESPACE) if found == "jwt" else data
