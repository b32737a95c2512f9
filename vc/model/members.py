"""What credentials and presentations have in common (VCDM 2.0 sections 4.3 to 4.6 and 11.1), member by member.

Every function here raises `ShapeError` or `UnknownContext`, naming the place; `where` is the place of the document
itself when it lies in another one.
"""

from datetime import datetime
from typing import Any, Literal

from vc.context_rules import VC1, VC2
from vc.dates import parse_datetime
from vc.errors import MalformedValue, ShapeError, UnknownContext
from vc.model.context_terms import Terms, terms_of
from vc.values import LANGUAGE, MOMENT, URI, inside, is_language, is_uri, many, missing, unnamed, wrong

Version = Literal["2.0", "1.1"]
_VERSIONS: dict[str, Version] = {VC2: "2.0", VC1: "1.1"}

# Members whose value is one object or many, each with a type -> where its id is demanded.
_TYPED: dict[str, frozenset[Version]] = {
    "credentialSchema": frozenset({"2.0", "1.1"}),
    "credentialStatus": frozenset({"1.1"}),
    "refreshService": frozenset({"1.1"}),
    "termsOfUse": frozenset(),
    "evidence": frozenset(),
    "proof": frozenset(),
}


def version_of(document: dict[str, Any]) -> Version:
    """Which data model the first context says. Raises `UnknownContext` or `ShapeError`."""
    return _version(document, "")


def check_head(document: Any, expected_type: str, where: str) -> Version:
    if not isinstance(document, dict):
        raise wrong(where, "an object", document)
    version = _version(document, where)
    terms = terms_of(document["@context"], inside(where, "@context"))
    check_id(document, where)
    _check_type(document, expected_type, terms, where)
    return version


def _version(document: dict[str, Any], where: str) -> Version:
    place = inside(where, "@context")
    if "@context" not in document:
        raise missing(place)
    listed = document["@context"]
    if not isinstance(listed, list):
        raise wrong(place, "a list of contexts", listed)
    first = listed[0] if listed else None
    version = _VERSIONS.get(first) if isinstance(first, str) else None
    if version is None:
        raise UnknownContext("The first context must be {first}.", first=VC2)
    return version


def check_id(document: dict[str, Any], where: str, *, required: bool = False) -> None:
    if "id" in document:
        if not is_uri(document["id"]):
            raise wrong(inside(where, "id"), URI, document["id"])
    elif required:
        raise missing(inside(where, "id"))


def _check_type(document: dict[str, Any], expected: str, terms: Terms, where: str) -> None:
    place = inside(where, "type")
    names = type_names(document, where)
    if expected not in names:
        raise unnamed(place, expected)
    for name in names:
        if not terms.defines(name):
            raise ShapeError("{where}: nothing says what {name} is.", where=place, name=name)


def type_names(document: dict[str, Any], where: str) -> list[str]:
    place = inside(where, "type")
    if "type" not in document:
        raise missing(place)
    names = many(document["type"])
    if not names or not all(isinstance(name, str) and name.strip() for name in names):
        raise wrong(place, "the name of a type, or several", document["type"])
    if len(set(names)) != len(names):
        raise ShapeError("{where} names a type twice.", where=place)
    return names


def check_party(value: Any, where: str) -> None:
    """An issuer or a holder: a URL, or an object with one as its id."""
    if isinstance(value, dict):
        check_id(value, where, required=True)
    elif not is_uri(value):
        raise wrong(where, "one URL, or an object with an id", value)


def check_words(document: dict[str, Any], name: str, where: str) -> None:
    """Section 11.1: a text, or one in each of several languages."""
    if name not in document:
        return
    for place, value in items(document, name, where):
        if isinstance(value, str):
            continue
        if not isinstance(value, dict) or not isinstance(value.get("@value"), str):
            raise wrong(place, "a text, or a text with its language", value)
        if extra := set(value) - {"@value", "@language", "@direction"}:
            raise ShapeError(
                "{place} is a member that a text with its language does not have.",
                place=inside(place, min(extra, key=str)),
            )
        if "@language" in value and not is_language(value["@language"]):
            raise wrong(inside(place, "@language"), LANGUAGE, value["@language"])
        if value.get("@direction", "ltr") not in ("ltr", "rtl"):
            raise wrong(inside(place, "@direction"), "ltr or rtl", value["@direction"])


def check_typed(document: dict[str, Any], version: Version, where: str) -> None:
    for name, with_id in _TYPED.items():
        for place, value in items(document, name, where):
            if not isinstance(value, dict):
                raise wrong(place, "an object", value)
            type_names(value, place)
            check_id(value, place, required=version in with_id)


def moment(document: dict[str, Any], name: str, where: str) -> datetime:
    try:
        return parse_datetime(document[name])
    except MalformedValue as error:
        raise wrong(inside(where, name), MOMENT, document[name]) from error


def items(document: dict[str, Any], name: str, where: str) -> list[tuple[str, Any]]:
    """One or many values of a member, each with its place; none when there is no such member."""
    place = inside(where, name)
    if name not in document:
        return []
    value = document[name]
    if isinstance(value, list):
        return [(inside(place, index), item) for index, item in enumerate(value)]
    return [(place, value)]
