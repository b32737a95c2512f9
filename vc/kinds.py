"""What kind of credential a document is, and whether it has that kind's form.

A credential says its kind by its `type`. What names no type of Open Badges or CLR is a credential like any other, and
only the rules for every credential hold (`vc.model`).

    >>> kind_of({"type": ["VerifiableCredential", "OpenBadgeCredential"]})
    'achievement'
    >>> kind_of({"type": ["VerifiableCredential"]})
    'credential'
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from vc import clr, model
from vc.errors import ShapeError
from vc.openbadges import structure
from vc.values import inside, many

Kind = Literal["achievement", "endorsement", "clr", "credential"]

_TYPES: Mapping[str, Kind] = {
    "AchievementCredential": "achievement",
    "OpenBadgeCredential": "achievement",
    "EndorsementCredential": "endorsement",
    "ClrCredential": "clr",
}

KINDS: Mapping[Kind, Callable[[Any, str], object]] = {
    "achievement": structure.check_structure,
    "endorsement": structure.check_endorsement,
    "clr": clr.check_structure,
    "credential": model.check_credential,
}

# Records within records; a transcript that holds a school's record, which holds badges, has three.
MAX_NESTING = 5


def kind_of(document: Any, where: str = "") -> Kind:
    """Raises `ShapeError` when it claims to be two things at once."""
    names = many(document.get("type")) if isinstance(document, dict) else []
    kinds = {_TYPES[name] for name in names if isinstance(name, str) and name in _TYPES}
    if len(kinds) > 1:
        raise ShapeError("{where} names types of more than one kind of credential.", where=inside(where, "type"))
    return kinds.pop() if kinds else "credential"


def check_structure(document: Any) -> Kind:
    """The kind of a sound credential, the credentials that it contains being sound too.

    Raises `ShapeError`, `RangeError` or `UnknownContext`, naming the member.
    """
    return _check(document, "", 0)


def _check(document: Any, where: str, depth: int) -> Kind:
    if depth > MAX_NESTING:
        raise ShapeError("{where}: records within records, more than {limit} deep.", where=where, limit=MAX_NESTING)
    kind = kind_of(document, where)
    KINDS[kind](document, where)
    if kind == "clr":
        for place, inner in clr.contained(document, where):
            if model.is_enveloped(inner):
                model.check_envelope(inner, where=place)
            else:
                _check(inner, place, depth + 1)
    return kind
