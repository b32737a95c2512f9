"""JSON Canonicalization Scheme (RFC 8785): one text for one value, whatever its white space and order.

>>> canonical({"b": 1.0, "a": "é"})
b'{"a":"\\xc3\\xa9","b":1}'
"""

from typing import Any

import rfc8785

from vc.errors import MalformedValue


def canonical(value: Any) -> bytes:
    """Raises `MalformedValue` for what the scheme cannot write: integers beyond 2**53 - 1, lone surrogates."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise MalformedValue(
            "The document cannot be written in canonical JSON: {reason}", reason=str(error)[:100]
        ) from error
