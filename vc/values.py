"""What single values look like, and the sentences that say where one does not.

Places are written as a programmer would write them: `credentialSubject.result[2].status`.

    >>> is_uri("did:example:abc"), is_uri("https ://not-a-url/1")
    (True, False)
    >>> raise wrong("id", "an absolute URL or URI", 7)
    Traceback (most recent call last):
    vc.errors.ShapeError: id must be an absolute URL or URI, not 7.
"""

import json
import re
from functools import lru_cache
from typing import Any

from vc.errors import ShapeError

# RFC 3987 with what RFC 3986 demands of http: a host. Characters that no IRI has would end it early in N-Quads.
_IRI_CHARACTER = r"""[^\s\x00-\x20<>"{}|\\^`]"""
_URI = re.compile(rf"(?:https?://(?![/?#])|(?!https?:)[a-z][a-z0-9+.-]*:){_IRI_CHARACTER}+", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")  # BCP 47, as far as its form goes
_SHORT = 256  # characters; longer ones are looked at each time, so that what is remembered stays within a few MB
URI = "an absolute URL or URI"
LANGUAGE = "a language tag such as en"
MOMENT = "a date and time with a time zone"


def is_uri(value: Any) -> bool:
    """Whether it is an absolute URI or IRI; an http or https one has a host."""
    if not isinstance(value, str):
        return False
    return _is_uri(value) if len(value) <= _SHORT else _URI.fullmatch(value) is not None


@lru_cache(maxsize=4_096)  # most of the URIs of a credential are those of the one before it: contexts, achievements
def _is_uri(value: str) -> bool:
    return _URI.fullmatch(value) is not None


def is_language(value: Any) -> bool:
    return isinstance(value, str) and _LANGUAGE.fullmatch(value) is not None


def many(value: Any) -> list[Any]:
    """One or many, as many."""
    return [] if value is None else value if isinstance(value, list) else [value]


def inside(where: str, step: str | int) -> str:
    """The place of a member or an item."""
    return f"{where}[{step}]" if isinstance(step, int) else f"{where}.{step}" if where else step


def missing(where: str) -> ShapeError:
    return ShapeError("{place} is missing.", place=where)


def wrong(where: str, expected: str, value: Any) -> ShapeError:
    return ShapeError(
        "{where} must be {expected}, not {value}.",
        where=where or "The document",
        expected=expected,
        value=_short(value),
    )


def unnamed(where: str, types: str) -> ShapeError:
    """`type` (at `where`) lacks one of `types`."""
    return ShapeError("{where} must name {types}.", where=where, types=types)


def _short(value: Any) -> str:
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case None | True | False:
            return json.dumps(value)
        case _:
            return repr(value)[:60]
